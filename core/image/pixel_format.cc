// SPDX-License-Identifier: LGPL-2.1-or-later
#include "imagepacker/pixel_format.h"

#include <algorithm>
#include <bit>
#include <iterator>

namespace imagepacker {
namespace {

using Components = std::array<PixelComponent, 4>;
using PF = PixelFormat;

struct Chroma {
  std::uint8_t log2_w, log2_h;
};
constexpr Chroma k420{1, 1};
constexpr Chroma k422{1, 0};
constexpr Chroma k411{2, 0};
constexpr Chroma k444{0, 0};

constexpr Packing kNativeWords = std::endian::native == std::endian::little ? Packing::words_le : Packing::words_be;

constexpr int sample_bytes(Packing packing) {
  return packing == Packing::bytes ? 1 : 2;
}

/// Every component in a plane of its own, in the order first plane to last given by `planes` (component -> plane).
constexpr PixelFormatInfo planar(PF format, std::string_view name, ColorModel model, Packing packing, int depth,
                                 Chroma chroma, bool has_alpha, std::array<std::uint8_t, 4> planes) {
  const int color_count = model == ColorModel::gray ? 1 : 3;
  Components components{};
  for (int c = 0; c < 4; ++c) {
    if (c < color_count || (c == 3 && has_alpha)) {
      components[c] = {planes[c], 0, static_cast<std::uint8_t>(sample_bytes(packing)), 0,
                       static_cast<std::uint8_t>(depth)};
    }
  }
  return {format,
          name,
          model,
          packing,
          static_cast<std::uint8_t>(depth),
          chroma.log2_w,
          chroma.log2_h,
          static_cast<std::uint8_t>(color_count + (has_alpha ? 1 : 0)),
          has_alpha,
          components};
}

constexpr std::array<std::uint8_t, 4> kYuvPlanes{0, 1, 2, 3};
constexpr std::array<std::uint8_t, 4> kGbrPlanes{2, 0, 1, 3};

constexpr PixelFormatInfo yuv_planar(PF format, std::string_view name, int depth, Chroma chroma,
                                     bool has_alpha = false) {
  return planar(format, name, ColorModel::yuv, depth == 8 ? Packing::bytes : Packing::words_le, depth, chroma,
                has_alpha, kYuvPlanes);
}

constexpr PixelFormatInfo gbr_planar(PF format, std::string_view name, int depth, bool has_alpha) {
  return planar(format, name, ColorModel::rgb, depth == 8 ? Packing::bytes : Packing::words_le, depth, k444, has_alpha,
                kGbrPlanes);
}

constexpr PixelFormatInfo gray(PF format, std::string_view name, Packing packing, int depth) {
  return planar(format, name, ColorModel::gray, packing, depth, k444, false, {0, 0, 0, 0});
}

/// Luma in one plane, chroma pairs in another; `cb`, `cr`: positions in the pair. Values sit in the high bits of words.
constexpr PixelFormatInfo semi_planar(PF format, std::string_view name, int depth, Chroma chroma, int cb, int cr) {
  const Packing packing = depth == 8 ? Packing::bytes : Packing::words_le;
  const int size = sample_bytes(packing);
  const auto shift = static_cast<std::uint8_t>(depth == 8 ? 0 : 16 - depth);
  const auto bits = static_cast<std::uint8_t>(depth);
  const auto chroma_at = [&](int position) {
    return PixelComponent{1, static_cast<std::uint8_t>(position * size), static_cast<std::uint8_t>(2 * size), shift,
                          bits};
  };
  return {format,
          name,
          ColorModel::yuv,
          packing,
          bits,
          chroma.log2_w,
          chroma.log2_h,
          2,
          false,
          {PixelComponent{0, 0, static_cast<std::uint8_t>(size), shift, bits}, chroma_at(cb), chroma_at(cr), {}}};
}

/// All components side by side in one plane, a pixel every `pixel_samples` samples; `positions`: of R G B A or Y Cb Cr
/// A in the pixel, -1 = no alpha. Values sit in the high bits of words.
constexpr PixelFormatInfo packed(PF format, std::string_view name, ColorModel model, Packing packing, int depth,
                                 int pixel_samples, std::array<int, 4> positions) {
  const int size = sample_bytes(packing);
  const auto shift = static_cast<std::uint8_t>(packing == Packing::bytes ? 0 : 16 - depth);
  Components components{};
  for (int c = 0; c < 4; ++c) {
    if (positions[c] >= 0) {
      components[c] = {0, static_cast<std::uint8_t>(positions[c] * size),
                       static_cast<std::uint8_t>(pixel_samples * size), shift, static_cast<std::uint8_t>(depth)};
    }
  }
  return {format, name, model, packing, static_cast<std::uint8_t>(depth), 0, 0, 1, positions[3] >= 0, components};
}

/// 4:2:2 with two pixels in four samples; `y`, `cb`, `cr`: positions of the first luma and of the chroma samples.
constexpr PixelFormatInfo packed_422(PF format, std::string_view name, Packing packing, int depth, int y, int cb,
                                     int cr) {
  const int size = sample_bytes(packing);
  const auto shift = static_cast<std::uint8_t>(packing == Packing::bytes ? 0 : 16 - depth);
  const auto bits = static_cast<std::uint8_t>(depth);
  const auto at = [&](int position, int step) {
    return PixelComponent{0, static_cast<std::uint8_t>(position * size), static_cast<std::uint8_t>(step * size), shift,
                          bits};
  };
  return {format, name, ColorModel::yuv, packing, bits, 1, 0, 1, false, {at(y, 2), at(cb, 4), at(cr, 4), {}}};
}

/// A pixel in one 32-bit word; `shifts` of R G B A or Y Cb Cr A; ten bits each, two for alpha.
constexpr PixelFormatInfo packed_10_10_10_2(PF format, std::string_view name, ColorModel model,
                                            std::array<std::uint8_t, 4> shifts) {
  Components components{};
  for (int c = 0; c < 4; ++c) {
    components[c] = {0, 0, 4, shifts[c], static_cast<std::uint8_t>(c == 3 ? 2 : 10)};
  }
  return {format, name, model, Packing::dwords_le, 10, 0, 0, 1, true, components};
}

constexpr PixelFormatInfo rgb8(PF format, std::string_view name, int pixel_bytes, std::array<int, 4> positions) {
  return packed(format, name, ColorModel::rgb, Packing::bytes, 8, pixel_bytes, positions);
}

constexpr PixelFormatInfo rgb16(PF format, std::string_view name, Packing packing, std::array<int, 4> positions) {
  return packed(format, name, ColorModel::rgb, packing, 16, 4, positions);
}

constexpr PixelFormatInfo kFormats[] = {
    yuv_planar(PF::i420, "I420", 8, k420),
    planar(PF::yv12, "YV12", ColorModel::yuv, Packing::bytes, 8, k420, false, {0, 2, 1, 0}),
    semi_planar(PF::nv12, "NV12", 8, k420, 0, 1),
    semi_planar(PF::nv21, "NV21", 8, k420, 1, 0),
    semi_planar(PF::nv16, "NV16", 8, k422, 0, 1),
    semi_planar(PF::nv61, "NV61", 8, k422, 1, 0),
    semi_planar(PF::nv24, "NV24", 8, k444, 0, 1),
    packed_422(PF::yuy2, "YUY2", Packing::bytes, 8, 0, 1, 3),
    packed_422(PF::uyvy, "UYVY", Packing::bytes, 8, 1, 0, 2),
    packed_422(PF::yvyu, "YVYU", Packing::bytes, 8, 0, 3, 1),
    yuv_planar(PF::y41b, "Y41B", 8, k411),
    yuv_planar(PF::y42b, "Y42B", 8, k422),
    yuv_planar(PF::y444, "Y444", 8, k444),
    packed(PF::ayuv, "AYUV", ColorModel::yuv, Packing::bytes, 8, 4, {1, 2, 3, 0}),
    packed(PF::vuya, "VUYA", ColorModel::yuv, Packing::bytes, 8, 4, {2, 1, 0, 3}),
    yuv_planar(PF::a420, "A420", 8, k420, true),
    yuv_planar(PF::a422, "A422", 8, k422, true),
    yuv_planar(PF::a444, "A444", 8, k444, true),
    rgb8(PF::rgb, "RGB", 3, {0, 1, 2, -1}),
    rgb8(PF::bgr, "BGR", 3, {2, 1, 0, -1}),
    rgb8(PF::rgbx, "RGBx", 4, {0, 1, 2, -1}),
    rgb8(PF::xrgb, "xRGB", 4, {1, 2, 3, -1}),
    rgb8(PF::bgrx, "BGRx", 4, {2, 1, 0, -1}),
    rgb8(PF::xbgr, "xBGR", 4, {3, 2, 1, -1}),
    rgb8(PF::rgba, "RGBA", 4, {0, 1, 2, 3}),
    rgb8(PF::argb, "ARGB", 4, {1, 2, 3, 0}),
    rgb8(PF::bgra, "BGRA", 4, {2, 1, 0, 3}),
    rgb8(PF::abgr, "ABGR", 4, {3, 2, 1, 0}),
    gbr_planar(PF::gbr, "GBR", 8, false),
    gbr_planar(PF::gbra, "GBRA", 8, true),
    gray(PF::gray8, "GRAY8", Packing::bytes, 8),
    semi_planar(PF::p010_10le, "P010_10LE", 10, k420, 0, 1),
    semi_planar(PF::p012_le, "P012_LE", 12, k420, 0, 1),
    semi_planar(PF::p016_le, "P016_LE", 16, k420, 0, 1),
    yuv_planar(PF::i420_10le, "I420_10LE", 10, k420),
    yuv_planar(PF::i420_12le, "I420_12LE", 12, k420),
    yuv_planar(PF::i422_10le, "I422_10LE", 10, k422),
    yuv_planar(PF::i422_12le, "I422_12LE", 12, k422),
    yuv_planar(PF::y444_10le, "Y444_10LE", 10, k444),
    yuv_planar(PF::y444_12le, "Y444_12LE", 12, k444),
    yuv_planar(PF::y444_16le, "Y444_16LE", 16, k444),
    yuv_planar(PF::a420_10le, "A420_10LE", 10, k420, true),
    yuv_planar(PF::a422_10le, "A422_10LE", 10, k422, true),
    yuv_planar(PF::a444_10le, "A444_10LE", 10, k444, true),
    yuv_planar(PF::a420_12le, "A420_12LE", 12, k420, true),
    yuv_planar(PF::a422_12le, "A422_12LE", 12, k422, true),
    yuv_planar(PF::a444_12le, "A444_12LE", 12, k444, true),
    {PF::v210,
     "v210",
     ColorModel::yuv,
     Packing::v210,
     10,
     1,
     0,
     1,
     false,
     {PixelComponent{0, 0, 0, 0, 10}, PixelComponent{0, 0, 0, 0, 10}, PixelComponent{0, 0, 0, 0, 10}, {}}},
    packed_422(PF::y210, "Y210", Packing::words_le, 10, 0, 1, 3),
    packed_422(PF::y212_le, "Y212_LE", Packing::words_le, 12, 0, 1, 3),
    packed_10_10_10_2(PF::y410, "Y410", ColorModel::yuv, {10, 0, 20, 30}),
    packed(PF::y412_le, "Y412_LE", ColorModel::yuv, Packing::words_le, 12, 4, {1, 0, 2, 3}),
    gbr_planar(PF::gbr_10le, "GBR_10LE", 10, false),
    gbr_planar(PF::gbr_12le, "GBR_12LE", 12, false),
    gbr_planar(PF::gbra_10le, "GBRA_10LE", 10, true),
    gbr_planar(PF::gbra_12le, "GBRA_12LE", 12, true),
    packed_10_10_10_2(PF::rgb10a2_le, "RGB10A2_LE", ColorModel::rgb, {0, 10, 20, 30}),
    packed_10_10_10_2(PF::bgr10a2_le, "BGR10A2_LE", ColorModel::rgb, {20, 10, 0, 30}),
    packed(PF::ayuv64, "AYUV64", ColorModel::yuv, kNativeWords, 16, 4, {1, 2, 3, 0}),
    rgb16(PF::argb64, "ARGB64", kNativeWords, {1, 2, 3, 0}),
    rgb16(PF::argb64_le, "ARGB64_LE", Packing::words_le, {1, 2, 3, 0}),
    rgb16(PF::argb64_be, "ARGB64_BE", Packing::words_be, {1, 2, 3, 0}),
    rgb16(PF::abgr64_le, "ABGR64_LE", Packing::words_le, {3, 2, 1, 0}),
    rgb16(PF::abgr64_be, "ABGR64_BE", Packing::words_be, {3, 2, 1, 0}),
    rgb16(PF::bgra64_le, "BGRA64_LE", Packing::words_le, {2, 1, 0, 3}),
    rgb16(PF::bgra64_be, "BGRA64_BE", Packing::words_be, {2, 1, 0, 3}),
    rgb16(PF::rgba64_le, "RGBA64_LE", Packing::words_le, {0, 1, 2, 3}),
    rgb16(PF::rgba64_be, "RGBA64_BE", Packing::words_be, {0, 1, 2, 3}),
    gray(PF::gray10_le16, "GRAY10_LE16", Packing::words_le, 10),
    gray(PF::gray12_le16, "GRAY12_LE16", Packing::words_le, 12),
    gray(PF::gray16_le, "GRAY16_LE", Packing::words_le, 16),
    gray(PF::gray16_be, "GRAY16_BE", Packing::words_be, 16),
    packed(PF::rgb48_be, "RGB48_BE", ColorModel::rgb, Packing::words_be, 16, 3, {0, 1, 2, -1}),
};

constexpr bool table_follows_enumeration() {
  for (std::size_t i = 0; i < std::size(kFormats); ++i) {
    if (static_cast<std::size_t>(kFormats[i].format) != i) {
      return false;
    }
  }
  return static_cast<std::size_t>(PF::rgb48_be) + 1 == std::size(kFormats);
}
static_assert(table_follows_enumeration());

}  // namespace

const PixelFormatInfo& pixel_format_info(PixelFormat format) {
  return kFormats[static_cast<std::size_t>(format)];
}

std::span<const PixelFormatInfo> all_pixel_formats() {
  return kFormats;
}

std::optional<PixelFormat> pixel_format_from_name(std::string_view name) {
  const auto* const found = std::ranges::find(kFormats, name, &PixelFormatInfo::name);
  return found == std::end(kFormats) ? std::nullopt : std::optional(found->format);
}

}  // namespace imagepacker
