// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "imagepacker/export.h"

namespace imagepacker {

/// Raw layouts, named as GStreamer's GstVideoFormat names them. One with a remark is ours alone; some others have a
/// GStreamer name only in versions after 1.22.
enum class PixelFormat : std::uint8_t {
  // 8 bit
  i420,
  yv12,
  nv12,
  nv21,
  nv16,
  nv61,
  nv24,
  yuy2,
  uyvy,
  yvyu,
  y41b,
  y42b,
  y444,
  ayuv,
  vuya,
  a420,
  a422,
  a444,
  rgb,
  bgr,
  rgbx,
  xrgb,
  bgrx,
  xbgr,
  rgba,
  argb,
  bgra,
  abgr,
  gbr,
  gbra,
  gray8,
  // more than 8 bit
  p010_10le,
  p012_le,
  p016_le,
  i420_10le,
  i420_12le,
  i422_10le,
  i422_12le,
  y444_10le,
  y444_12le,
  y444_16le,
  a420_10le,
  a422_10le,
  a444_10le,
  a420_12le,
  a422_12le,
  a444_12le,
  v210,
  y210,
  y212_le,
  y410,
  y412_le,
  gbr_10le,
  gbr_12le,
  gbra_10le,
  gbra_12le,
  rgb10a2_le,
  bgr10a2_le,
  ayuv64,
  argb64,
  argb64_le,
  argb64_be,
  abgr64_le,
  abgr64_be,
  bgra64_le,
  bgra64_be,
  rgba64_le,
  rgba64_be,
  gray10_le16,
  gray12_le16,
  gray16_le,
  gray16_be,
  rgb48_be,  ///< three big-endian words R, G, B per pixel: the samples of a 16-bit PNG
};

enum class ColorModel : std::uint8_t { gray, yuv, rgb };

/// How samples lie in memory.
enum class Packing : std::uint8_t {
  bytes,      ///< one byte per sample
  words_le,   ///< one little-endian 16-bit word per sample, value in `bits` bits from `shift`
  words_be,   ///< one big-endian 16-bit word per sample, value in `bits` bits from `shift`
  dwords_le,  ///< one little-endian 32-bit word per pixel, components at `shift` inside it
  v210,       ///< six 4:2:2 pixels of 10 bit in four little-endian 32-bit words
};

/// One colour component of a pixel format.
struct PixelComponent {
  std::uint8_t plane = 0;
  std::uint8_t offset_bytes = 0;  ///< of the first sample in its row
  std::uint8_t step_bytes = 0;    ///< from a sample to its right neighbour of the same component
  std::uint8_t shift = 0;         ///< of the value inside its word
  std::uint8_t bits = 0;          ///< significant bits
};

/// Everything the library knows of a pixel format. Components are Y, Cb, Cr or R, G, B (gray: one), then alpha at [3].
struct PixelFormatInfo {
  PixelFormat format;
  std::string_view name;  ///< GStreamer's
  ColorModel model;
  Packing packing;
  std::uint8_t depth;          ///< bits of the colour components, 8..16
  std::uint8_t log2_chroma_w;  ///< chroma columns = ceil(width / 2^this)
  std::uint8_t log2_chroma_h;  ///< chroma rows = ceil(height / 2^this)
  std::uint8_t plane_count;    ///< 1..4
  bool has_alpha;
  std::array<PixelComponent, 4> components;

  [[nodiscard]] constexpr int color_component_count() const { return model == ColorModel::gray ? 1 : 3; }
  /// True when `plane` holds subsampled chroma, so that its rows are counted in chroma rows.
  [[nodiscard]] constexpr bool is_chroma_plane(int plane) const {
    return model == ColorModel::yuv && components[0].plane != plane && (!has_alpha || components[3].plane != plane);
  }
};

/// The description of `format`; lives as long as the program.
IMAGEPACKER_API const PixelFormatInfo& pixel_format_info(PixelFormat format);

/// All formats, in the order of the enumeration.
IMAGEPACKER_API std::span<const PixelFormatInfo> all_pixel_formats();

/// The format with GStreamer's name `name` (exact case), if the library knows it.
IMAGEPACKER_API std::optional<PixelFormat> pixel_format_from_name(std::string_view name);

}  // namespace imagepacker
