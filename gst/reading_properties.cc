// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reading_properties.h"

#include <gst/gst.h>

#include "properties.h"

namespace imagepacker::element {
namespace {

enum Id : guint { kMaxPixels = kFirstFreePropertyId, kMaxMemory, kDynamicRange };

constexpr auto kFlags =
    static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

}  // namespace

bool ReadingSettings::set(guint id, const GValue* value) {
  switch (id) {
    case kMaxPixels:
      limits.max_pixels = g_value_get_uint64(value);
      return true;
    case kMaxMemory:
      limits.max_memory_bytes = g_value_get_uint64(value);
      return true;
    case kDynamicRange:
      dynamic_range = static_cast<DynamicRange>(g_value_get_enum(value));
      return true;
    default:
      return false;
  }
}

bool ReadingSettings::get(guint id, GValue* value) const {
  switch (id) {
    case kMaxPixels:
      g_value_set_uint64(value, limits.max_pixels);
      return true;
    case kMaxMemory:
      g_value_set_uint64(value, limits.max_memory_bytes);
      return true;
    case kDynamicRange:
      g_value_set_enum(value, static_cast<int>(dynamic_range));
      return true;
    default:
      return false;
  }
}

void install_limit_properties(GObjectClass* object_class) {
  const UnpackLimits defaults;
  g_object_class_install_property(
      object_class, kMaxPixels,
      g_param_spec_uint64(
          "max-pixels", "Maximum pixels",
          "Images with more pixels are refused before they are decoded: a small file may claim any size", 1,
          G_MAXUINT64, defaults.max_pixels, kFlags));
  g_object_class_install_property(
      object_class, kMaxMemory,
      g_param_spec_uint64("max-memory", "Maximum memory",
                          "Bytes that a file, and its decoded picture, may take; larger ones are refused", 1,
                          G_MAXUINT64, defaults.max_memory_bytes, kFlags));
}

void install_reading_properties(GObjectClass* object_class) {
  install_limit_properties(object_class);
  g_object_class_install_property(
      object_class, kDynamicRange,
      g_param_spec_enum(
          "dynamic-range", "Dynamic range",
          "What comes out of an HDR image. auto: its main picture as it is, which in images with a gain "
          "map is SDR; sdr: SDR, tone-mapped where need be; hdr: PQ video, or an error if the image is SDR",
          dynamic_range_type(), static_cast<int>(DynamicRange::automatic), kFlags));
}

}  // namespace imagepacker::element
