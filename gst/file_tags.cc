// SPDX-License-Identifier: LGPL-2.1-or-later
#include "file_tags.h"

#include <gst/tag/tag.h>

#include <cstring>

#include "capture_time.h"
#include "imagepacker/metadata_meta.h"
#include "picture_metadata.h"

namespace imagepacker::element {
namespace {

constexpr const char* kMark = "imagepacker-file-tags";

/// The caller owns the buffer.
GstBuffer* copy_of(const Bytes& bytes) {
  GstBuffer* const buffer = gst_buffer_new_allocate(nullptr, bytes.size(), nullptr);
  gst_buffer_fill(buffer, 0, bytes.data(), bytes.size());
  return buffer;
}

void merge_parsed(GstTagList* tags, const Bytes& bytes, GstTagList* (*parse)(GstBuffer*)) {
  if (bytes.empty()) {
    return;
  }
  GstBuffer* const buffer = copy_of(bytes);
  if (GstTagList* const parsed = parse(buffer)) {
    gst_tag_list_insert(tags, parsed, GST_TAG_MERGE_KEEP);
    gst_tag_list_unref(parsed);
  }
  gst_buffer_unref(buffer);
}

/// libgsttag takes the time of Exif for one of this machine's time zone, to the second.
void correct_capture_time(GstTagList* tags, const Bytes& exif) {
  const auto time = exif_capture_time(exif);
  if (GstDateTime* const exact = time ? date_time_of(*time) : nullptr) {
    gst_tag_list_add(tags, GST_TAG_MERGE_REPLACE, GST_TAG_DATE_TIME, exact, nullptr);
    gst_date_time_unref(exact);
  }
}

}  // namespace

void register_file_tags() {
  if (!gst_tag_exists(kMark)) {
    gst_tag_register_static(kMark, GST_TAG_FLAG_META, G_TYPE_BOOLEAN, "tags of the image file",
                            "these tags stand in the metadata of the image file that the frames come from", nullptr);
  }
}

GstTagList* file_tags(const Metadata& metadata, const char* codec) {
  GstTagList* const tags = gst_tag_list_new(GST_TAG_VIDEO_CODEC, codec, GST_TAG_IMAGE_ORIENTATION,
                                            orientation_word(metadata.orientation), nullptr);
  gst_tag_list_add(tags, GST_TAG_MERGE_REPLACE, kMark, TRUE, nullptr);
  merge_parsed(tags, metadata.exif, gst_tag_list_from_exif_buffer_with_tiff_header);
  correct_capture_time(tags, metadata.exif);
  merge_parsed(tags, metadata.xmp, gst_tag_list_from_xmp_buffer);
  return tags;
}

bool are_file_tags(const GstTagList* tags) {
  return gst_tag_list_get_value_index(tags, kMark, 0) != nullptr;
}

void attach_metadata(GstBuffer* frame, const Metadata& metadata) {
  if (metadata.exif.empty() && metadata.xmp.empty() && metadata.icc.empty()) {
    return;
  }
  GstCustomMeta* const meta = gst_buffer_add_custom_meta(frame, IMAGEPACKER_METADATA_META);
  if (meta == nullptr) {
    return;
  }
  const auto attach = [&](const char* field, const Bytes& bytes) {
    if (!bytes.empty()) {
      GstBuffer* const blob = copy_of(bytes);
      gst_structure_set(gst_custom_meta_get_structure(meta), field, GST_TYPE_BUFFER, blob, nullptr);
      gst_buffer_unref(blob);
    }
  };
  attach(IMAGEPACKER_METADATA_EXIF, metadata.exif);
  attach(IMAGEPACKER_METADATA_XMP, metadata.xmp);
  attach(IMAGEPACKER_METADATA_ICC, metadata.icc);
}

}  // namespace imagepacker::element
