// SPDX-License-Identifier: LGPL-2.1-or-later
#include "metadata_source.h"

#include <utility>

#include "base/try.h"
#include "capture_time.h"
#include "exif_tags.h"
#include "imagepacker/metadata.h"
#include "picture_metadata.h"

namespace imagepacker::element {

MetadataSource::~MetadataSource() {
  g_clear_pointer(&stream_tags_, gst_tag_list_unref);
  g_clear_pointer(&tags_, gst_tag_list_unref);
}

void MetadataSource::add(const GstTagList* tags) {
  GstTagList* const merged = gst_tag_list_merge(stream_tags_, tags, GST_TAG_MERGE_REPLACE);
  g_clear_pointer(&stream_tags_, gst_tag_list_unref);
  stream_tags_ = merged;
}

void MetadataSource::clear() {
  g_clear_pointer(&stream_tags_, gst_tag_list_unref);
}

void MetadataSource::update(GstVideoEncoder* encoder) {
  GstTagSetter* const setter = GST_TAG_SETTER(encoder);
  GstTagList* merged =
      gst_tag_list_merge(gst_tag_setter_get_tag_list(setter), stream_tags_, gst_tag_setter_get_tag_merge_mode(setter));
  if (merged != nullptr && gst_tag_list_is_empty(merged)) {
    g_clear_pointer(&merged, gst_tag_list_unref);
  }
  const bool is_same = (merged == nullptr && tags_ == nullptr) ||
                       (merged != nullptr && tags_ != nullptr && gst_tag_list_is_equal(merged, tags_));
  if (!is_same) {
    shared_.reset();
  }
  g_clear_pointer(&tags_, gst_tag_list_unref);
  tags_ = merged;
}

Orientation MetadataSource::orientation() const {
  return orientation_of(tags_);
}

Result<std::shared_ptr<const Metadata>> MetadataSource::metadata_for(GstVideoEncoder* encoder,
                                                                     const GstVideoCodecFrame* frame,
                                                                     std::vector<Notice>& notices) {
  const bool is_own = has_metadata(frame->input_buffer);
  if (!shared_ || is_own) {
    std::vector<Notice> found;
    IP_ASSIGN(Metadata made, metadata_of(tags_, frame->input_buffer, found));
    auto metadata = std::make_shared<const Metadata>(std::move(made));
    if (is_own) {
      notices = std::move(found);
      return metadata;
    }
    shared_ = std::move(metadata);
    shared_notices_ = std::move(found);
  }
  notices = shared_notices_;
  // A photograph that tells anything of itself tells when it was taken; one that doesn't gives equal bytes for equal
  // pixels.
  if (shared_->exif.empty() || has_capture_time(tags_)) {
    return shared_;
  }
  std::vector<ExifEdit> edits;
  if (GstDateTime* const time = capture_time_of(encoder, frame)) {
    append_capture_time(time, edits);
    gst_date_time_unref(time);
  }
  Metadata timed = *shared_;
  IP_ASSIGN(timed.exif, edit_exif(timed.exif, edits, notices));
  return std::make_shared<const Metadata>(std::move(timed));
}

}  // namespace imagepacker::element
