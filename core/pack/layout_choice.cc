// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pack/layout_choice.h"

#include <algorithm>
#include <compare>
#include <optional>

#include "base/text.h"

namespace imagepacker {
namespace {

/// What a layout would lose of the source, then what it would waste; compared in this order.
struct Loss {
  int alpha = 0;
  int depth_bits = 0;
  int chroma = 0;
  int model = 0;
  int bits_per_pixel = 0;

  friend auto operator<=>(const Loss&, const Loss&) = default;
};

int chroma_shift(const PixelFormatInfo& info) {
  return info.model == ColorModel::yuv ? info.log2_chroma_w + info.log2_chroma_h : 0;
}

int bits_per_pixel(const PixelFormatInfo& info) {
  const int sample_bits = info.depth > 8 ? 16 : 8;
  const int chroma_bits = info.model == ColorModel::gray ? 0 : (2 * sample_bits) >> chroma_shift(info);
  return sample_bits + chroma_bits + (info.has_alpha ? sample_bits : 0);
}

Loss loss_of(const ImageFormat& source, const PixelFormatInfo& target) {
  const PixelFormatInfo& from = source.info();
  const bool is_gray = from.model == ColorModel::gray;
  return {.alpha = source.has_alpha() && !target.has_alpha ? 1 : 0,
          .depth_bits = std::max(from.depth - target.depth, 0),
          .chroma = is_gray ? 0 : std::max(chroma_shift(target) - chroma_shift(from), 0),
          .model = from.model == target.model ? 0 : 1,
          .bits_per_pixel = bits_per_pixel(target)};
}

/// What the samples mean in another colour model: JPEG's matrix and full range where they become YCbCr, so that no
/// code is lost.
ColorSpace color_in(const PixelFormatInfo& target, const ImageFormat& source) {
  ColorSpace color = source.color;
  if (target.model == source.info().model) {
    return color;
  }
  color.range = Range::full;
  color.matrix = target.model == ColorModel::rgb ? Matrix::rgb : Matrix::bt601;
  color.chroma_site = target.model == ColorModel::yuv ? ChromaSite::center : ChromaSite::unspecified;
  return color;
}

}  // namespace

Result<ImageFormat> choose_unpacked_layout(const ImageFormat& source, std::span<const PixelFormat> layouts) {
  if (layouts.empty() || std::ranges::find(layouts, source.layout) != layouts.end()) {
    return source;
  }
  const PixelFormatInfo* best = nullptr;
  for (const PixelFormat layout : layouts) {
    const PixelFormatInfo& info = pixel_format_info(layout);
    const bool keeps_color = info.model != ColorModel::gray || source.info().model == ColorModel::gray;
    // ConversionPlan reads v210 but does not make it.
    if (keeps_color && info.packing != Packing::v210 &&
        (best == nullptr || loss_of(source, info) < loss_of(source, *best))) {
      best = &info;
    }
  }
  if (best == nullptr) {
    return make_error(Errc::unsupported,
                      text("the image has colour (", source.info().name,
                           "), and none of the raw formats that are accepted can hold it; accept RGB or I420 too"));
  }
  ImageFormat target = source;
  target.layout = best->format;
  target.color = color_in(*best, source);
  target.alpha = best->has_alpha ? source.alpha : Alpha::none;
  return target;
}

}  // namespace imagepacker
