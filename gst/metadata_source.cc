// SPDX-License-Identifier: LGPL-2.1-or-later
#include "metadata_source.h"

#include <utility>

#include "base/try.h"
#include "capture_time.h"
#include "exif_tags.h"
#include "file_tags.h"
#include "imagepacker/metadata.h"
#include "picture_metadata.h"
#include "sink/photo_order.h"
#include "tag_value.h"

namespace imagepacker::element {
namespace {

void check_type(const GstTagList* tags, const gchar* tag, gpointer notices) {
  const guint count = gst_tag_list_get_tag_size(tags, tag);
  for (guint i = 0; i < count; ++i) {
    tag_value(tags, tag, i, gst_tag_get_type(tag), *static_cast<std::vector<Notice>*>(notices));
  }
}

}  // namespace

MetadataSource::~MetadataSource() {
  clear();
  g_clear_pointer(&tags_, gst_tag_list_unref);
  g_clear_pointer(&all_tags_, gst_tag_list_unref);
}

void MetadataSource::add(const GstTagList* tags) {
  // Merging drops values of the wrong type without a word on the bus.
  constexpr std::size_t kMostNotices = 64;
  if (stream_notices_.size() < kMostNotices) {
    gst_tag_list_foreach(tags, check_type, &stream_notices_);
  }
  GstTagList*& known = are_file_tags(tags) ? file_tags_ : stream_tags_;
  // Another file says all anew.
  GstTagList* const merged =
      gst_tag_list_merge(known, tags, &known == &file_tags_ ? GST_TAG_MERGE_REPLACE_ALL : GST_TAG_MERGE_REPLACE);
  g_clear_pointer(&known, gst_tag_list_unref);
  known = merged;
  shared_.reset();
}

void MetadataSource::clear() {
  g_clear_pointer(&stream_tags_, gst_tag_list_unref);
  stream_notices_.clear();
  g_clear_pointer(&file_tags_, gst_tag_list_unref);
}

void MetadataSource::update(GstVideoEncoder* encoder) {
  GstTagSetter* const setter = GST_TAG_SETTER(encoder);
  GstTagList* merged =
      gst_tag_list_merge(gst_tag_setter_get_tag_list(setter), stream_tags_, gst_tag_setter_get_tag_merge_mode(setter));
  const GValue* const turn =
      file_tags_ != nullptr ? gst_tag_list_get_value_index(file_tags_, GST_TAG_IMAGE_ORIENTATION, 0) : nullptr;
  if (turn != nullptr) {
    merged = merged != nullptr ? gst_tag_list_make_writable(merged) : gst_tag_list_new_empty();
    gst_tag_list_add_value(merged, GST_TAG_MERGE_KEEP, GST_TAG_IMAGE_ORIENTATION, turn);
  }
  if (merged != nullptr && gst_tag_list_is_empty(merged)) {
    g_clear_pointer(&merged, gst_tag_list_unref);
  }
  GstTagList* const all = gst_tag_list_merge(merged, file_tags_, GST_TAG_MERGE_KEEP);
  const bool is_same = (all == nullptr && all_tags_ == nullptr) ||
                       (all != nullptr && all_tags_ != nullptr && gst_tag_list_is_equal(all, all_tags_));
  if (!is_same) {
    shared_.reset();
  }
  g_clear_pointer(&tags_, gst_tag_list_unref);
  g_clear_pointer(&all_tags_, gst_tag_list_unref);
  tags_ = merged;
  all_tags_ = all;
}

Orientation MetadataSource::orientation() const {
  std::vector<Notice> told_by_metadata_for;
  return orientation_of(tags_, told_by_metadata_for);
}

Result<MetadataSource::Made> MetadataSource::make(GstBuffer* frame) const {
  Made made{.metadata = {}, .notices = stream_notices_, .has_time = false};
  IP_ASSIGN(Metadata metadata, metadata_of(has_metadata(frame) ? tags_ : all_tags_, frame, made.notices));
  made.has_time = has_exif_tag(metadata.exif, "Exif.Photo.DateTimeOriginal");
  made.metadata = std::make_shared<const Metadata>(std::move(metadata));
  return made;
}

Result<std::shared_ptr<const Metadata>> MetadataSource::metadata_for(GstVideoEncoder* encoder,
                                                                     const GstVideoCodecFrame* frame,
                                                                     std::vector<Notice>& notices) {
  std::optional<Made> own;
  if (has_metadata(frame->input_buffer)) {
    IP_ASSIGN(own, make(frame->input_buffer));
  } else if (!shared_) {
    IP_ASSIGN(shared_, make(frame->input_buffer));
  }
  const Made& made = own ? *own : *shared_;
  notices = made.notices;
  // The wall clock is asked only for photographs that tell other things of themselves, and those in a gallery, whose
  // names it stands in: others give equal bytes for equal frames.
  GstBuffer* const buffer = frame->input_buffer;
  const PhotoOrderPtr order = photo_order_of(buffer);
  const bool tells_time = !made.metadata->exif.empty() || (order != nullptr && order->destination->is_gallery()) ||
                          stated_capture_time(buffer);
  if (made.has_time || !tells_time) {
    return made.metadata;
  }
  const CaptureTime time =
      order != nullptr ? order->capture_time : capture_time_of(GST_ELEMENT(encoder), encoder->input_segment, buffer);
  std::vector<ExifEdit> edits;
  if (GstDateTime* const date_time = date_time_of(time)) {
    append_capture_time(date_time, edits);
    gst_date_time_unref(date_time);
  }
  Metadata timed = *made.metadata;
  IP_ASSIGN(timed.exif, edit_exif(timed.exif, edits, notices));
  return std::make_shared<const Metadata>(std::move(timed));
}

}  // namespace imagepacker::element
