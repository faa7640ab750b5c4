// SPDX-License-Identifier: LGPL-2.1-or-later
#include "picture_metadata.h"

#include <gst/video/gstvideometa.h>

#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "exif_tags.h"
#include "imagepacker/metadata.h"
#include "imagepacker/metadata_meta.h"
#include "tag_value.h"
#include "xmp_tags.h"

namespace imagepacker::element {
namespace {

/// By Exif's numbers, from 1.
constexpr const char* kOrientationWords[] = {"rotate-0",        "flip-rotate-0", "rotate-180",     "flip-rotate-180",
                                             "flip-rotate-270", "rotate-90",     "flip-rotate-90", "rotate-270"};

Bytes bytes_of(GstBuffer* buffer) {
  Bytes bytes;
  GstMapInfo map;
  if (buffer != nullptr && gst_buffer_map(buffer, &map, GST_MAP_READ)) {
    const auto* const data = reinterpret_cast<const std::byte*>(map.data);
    bytes.assign(data, data + map.size);
    gst_buffer_unmap(buffer, &map);
  }
  return bytes;
}

void drop(std::vector<Notice>& notices, std::string message) {
  notices.push_back({Notice::Kind::metadata_dropped, std::move(message)});
}

/// Takes a blob over from where it came with a frame or a tag; an empty one adds a notice.
void take_blob(GstBuffer* buffer, std::string_view origin, Bytes& blob, std::vector<Notice>& notices) {
  Bytes bytes = bytes_of(buffer);
  if (bytes.empty()) {
    drop(notices, text(origin, " is left out: it is empty"));
    return;
  }
  blob = std::move(bytes);
}

/// The blobs among the attachments, by the names of their caps. Attachments of other kinds are not ours.
void read_attachments(const GstTagList* tags, Metadata& metadata, std::vector<Notice>& notices) {
  const guint count = gst_tag_list_get_tag_size(tags, GST_TAG_ATTACHMENT);
  for (guint i = 0; i < count; ++i) {
    const GValue* const value = tag_value(tags, GST_TAG_ATTACHMENT, i, GST_TYPE_SAMPLE, notices);
    GstSample* const sample = value != nullptr ? gst_value_get_sample(value) : nullptr;
    GstCaps* const caps = sample != nullptr ? gst_sample_get_caps(sample) : nullptr;
    if (caps == nullptr || gst_caps_get_size(caps) == 0) {
      continue;
    }
    const std::string_view name = gst_structure_get_name(gst_caps_get_structure(caps, 0));
    Bytes* const blob = name == IMAGEPACKER_EXIF_CAPS  ? &metadata.exif
                        : name == IMAGEPACKER_XMP_CAPS ? &metadata.xmp
                        : name == IMAGEPACKER_ICC_CAPS ? &metadata.icc
                                                       : nullptr;
    if (blob != nullptr) {
      take_blob(gst_sample_get_buffer(sample), text("the attachment ", name), *blob, notices);
    }
  }
}

void read_meta(GstBuffer* frame, Metadata& metadata, std::vector<Notice>& notices) {
  GstCustomMeta* const meta = gst_buffer_get_custom_meta(frame, IMAGEPACKER_METADATA_META);
  if (meta == nullptr) {
    return;
  }
  const GstStructure* const structure = gst_custom_meta_get_structure(meta);
  const auto read = [&](const char* field, Bytes& blob) {
    const GValue* const value = gst_structure_get_value(structure, field);
    if (value == nullptr) {
      return;
    }
    const std::string origin = text("the field ", field, " of ", IMAGEPACKER_METADATA_META);
    if (GST_VALUE_HOLDS_BUFFER(value)) {
      take_blob(gst_value_get_buffer(value), origin, blob, notices);
    } else {
      drop(notices, text(origin, " is left out: it holds a ", G_VALUE_TYPE_NAME(value), ", not a GstBuffer"));
    }
  };
  read(IMAGEPACKER_METADATA_EXIF, metadata.exif);
  read(IMAGEPACKER_METADATA_XMP, metadata.xmp);
  read(IMAGEPACKER_METADATA_ICC, metadata.icc);
}

std::optional<Orientation> stated_orientation(const GstTagList* tags, std::vector<Notice>& notices) {
  const GValue* const value =
      tags != nullptr ? tag_value(tags, GST_TAG_IMAGE_ORIENTATION, 0, G_TYPE_STRING, notices) : nullptr;
  if (value == nullptr) {
    return std::nullopt;
  }
  const std::string_view word = g_value_get_string(value);
  for (std::size_t i = 0; i < std::size(kOrientationWords); ++i) {
    if (word == kOrientationWords[i]) {
      return static_cast<Orientation>(i + 1);
    }
  }
  drop(notices, text("the tag ", GST_TAG_IMAGE_ORIENTATION, " is left out: \"", word.substr(0, 80),
                     "\" is none of its words, such as rotate-90"));
  return std::nullopt;
}

Status merge_tags(const GstTagList* tags, Metadata& metadata, std::vector<Notice>& notices) {
  const auto edits = exif_edits_of(tags, notices);
  if (!edits.empty()) {
    IP_ASSIGN(metadata.exif, edit_exif(metadata.exif, edits, notices));
  }
  const auto properties = xmp_edits_of(tags, notices);
  if (!properties.empty()) {
    IP_ASSIGN(metadata.xmp, edit_xmp(metadata.xmp, properties, notices));
  }
  return {};
}

gboolean copy_meta(GstBuffer* target, GstCustomMeta* meta, GstBuffer*, GQuark type, gpointer data, gpointer) {
  // A part of the picture is described by what describes the whole but for its size, which every encoder states anew.
  if (!GST_META_TRANSFORM_IS_COPY(type) || data == nullptr) {
    return FALSE;
  }
  GstCustomMeta* const copy = gst_buffer_add_custom_meta(target, IMAGEPACKER_METADATA_META);
  if (copy == nullptr) {
    return FALSE;
  }
  const auto copy_field = [](GQuark field, const GValue* value, gpointer structure) -> gboolean {
    gst_structure_id_set_value(static_cast<GstStructure*>(structure), field, value);
    return TRUE;
  };
  gst_structure_foreach(gst_custom_meta_get_structure(meta), copy_field, gst_custom_meta_get_structure(copy));
  return TRUE;
}

}  // namespace

Metadata blobs_of(const GstTagList* tags, GstBuffer* frame, std::vector<Notice>& notices) {
  Metadata metadata;
  if (tags != nullptr) {
    read_attachments(tags, metadata, notices);
  }
  read_meta(frame, metadata, notices);
  return metadata;
}

Result<Metadata> metadata_of(const GstTagList* tags, GstBuffer* frame, std::vector<Notice>& notices) {
  Metadata metadata = blobs_of(tags, frame, notices);
  if (tags != nullptr) {
    IP_TRY(merge_tags(tags, metadata, notices));
  }
  const std::optional<Orientation> stated = stated_orientation(tags, notices);
  metadata.orientation = stated.value_or(Orientation::normal);
  metadata.overrides_exif_orientation = stated.has_value();
  return metadata;
}

bool has_metadata(GstBuffer* frame) {
  return gst_buffer_get_custom_meta(frame, IMAGEPACKER_METADATA_META) != nullptr;
}

void remove_metadata(GstBuffer* frame) {
  if (GstCustomMeta* const meta = gst_buffer_get_custom_meta(frame, IMAGEPACKER_METADATA_META)) {
    gst_buffer_remove_meta(frame, &meta->meta);
  }
}

Orientation orientation_of(const GstTagList* tags, std::vector<Notice>& notices) {
  return stated_orientation(tags, notices).value_or(Orientation::normal);
}

const char* orientation_word(Orientation orientation) {
  return kOrientationWords[static_cast<std::size_t>(orientation) - 1];
}

bool is_metadata_meta(const GstMeta* meta) {
  return gst_meta_info_is_custom(meta->info) &&
         gst_custom_meta_has_name(reinterpret_cast<GstCustomMeta*>(const_cast<GstMeta*>(meta)),
                                  IMAGEPACKER_METADATA_META);
}

bool is_about_places(const GstMeta* meta) {
  return gst_meta_api_type_has_tag(meta->info->api, g_quark_from_static_string(GST_META_TAG_VIDEO_SIZE_STR)) != FALSE;
}

void register_metadata_meta() {
  static const bool is_registered = [] {
    const gchar* const no_tags[] = {nullptr};
    return gst_meta_get_info(IMAGEPACKER_METADATA_META) != nullptr ||
           gst_meta_register_custom(IMAGEPACKER_METADATA_META, const_cast<const gchar**>(no_tags), copy_meta, nullptr,
                                    nullptr) != nullptr;
  }();
  (void)is_registered;
}

}  // namespace imagepacker::element
