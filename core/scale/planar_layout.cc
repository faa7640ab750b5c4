// SPDX-License-Identifier: LGPL-2.1-or-later
#include "scale/planar_layout.h"

namespace imagepacker {
namespace {

bool is_planar_and_little_endian(const PixelFormatInfo& info) {
  const int components = info.color_component_count() + (info.has_alpha ? 1 : 0);
  return info.plane_count == components && (info.packing == Packing::bytes || info.packing == Packing::words_le);
}

}  // namespace

PixelFormat planar_layout(const ImageFormat& format) {
  const PixelFormatInfo& from = format.info();
  for (const PixelFormatInfo& info : all_pixel_formats()) {
    if (is_planar_and_little_endian(info) && info.model == from.model && info.depth == from.depth &&
        info.log2_chroma_w == from.log2_chroma_w && info.log2_chroma_h == from.log2_chroma_h &&
        info.has_alpha == format.has_alpha()) {
      return info.format;
    }
  }
  return format.layout;
}

}  // namespace imagepacker
