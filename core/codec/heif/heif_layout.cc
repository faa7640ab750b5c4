// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/heif_layout.h"

#include <algorithm>
#include <array>

namespace imagepacker::heif {
namespace {

/// Layouts of 8, 10 and 12 bit.
using ByDepth = std::array<PixelFormat, 3>;

/// The planar layouts of one sampling, without and with alpha.
struct Sampling {
  ColorModel model;
  int log2_chroma_w, log2_chroma_h;
  ByDepth opaque;
  ByDepth with_alpha;
};

using PF = PixelFormat;

constexpr ByDepth kGray = {PF::gray8, PF::gray10_le16, PF::gray12_le16};

constexpr std::array<Sampling, 5> kSamplings = {{
    {ColorModel::yuv, 1, 1, {PF::i420, PF::i420_10le, PF::i420_12le}, {PF::a420, PF::a420_10le, PF::a420_12le}},
    {ColorModel::yuv, 1, 0, {PF::y42b, PF::i422_10le, PF::i422_12le}, {PF::a422, PF::a422_10le, PF::a422_12le}},
    {ColorModel::yuv, 0, 0, {PF::y444, PF::y444_10le, PF::y444_12le}, {PF::a444, PF::a444_10le, PF::a444_12le}},
    {ColorModel::rgb, 0, 0, {PF::gbr, PF::gbr_10le, PF::gbr_12le}, {PF::gbra, PF::gbra_10le, PF::gbra_12le}},
    {ColorModel::gray, 0, 0, kGray, kGray},
}};

const Sampling& find_sampling(ColorModel model, int log2_chroma_w, int log2_chroma_h) {
  return *std::ranges::find_if(kSamplings, [=](const Sampling& each) {
    return each.model == model && each.log2_chroma_w == log2_chroma_w && each.log2_chroma_h == log2_chroma_h;
  });
}

const Sampling& choose_sampling(const PixelFormatInfo& source, const PackingOptions& options) {
  if (source.model == ColorModel::gray) {
    return find_sampling(ColorModel::gray, 0, 0);
  }
  switch (options.chroma_subsampling) {
    case ChromaSubsampling::yuv420:
      return find_sampling(ColorModel::yuv, 1, 1);
    case ChromaSubsampling::yuv422:
      return find_sampling(ColorModel::yuv, 1, 0);
    case ChromaSubsampling::yuv444:
      // RGB planes are 4:4:4 too, and the only ones that keep RGB exactly.
      return find_sampling(options.lossless ? source.model : ColorModel::yuv, 0, 0);
    case ChromaSubsampling::automatic:
      break;
  }
  if (source.model == ColorModel::rgb) {
    return options.lossless ? find_sampling(ColorModel::rgb, 0, 0) : find_sampling(ColorModel::yuv, 1, 1);
  }
  if (source.log2_chroma_w > 1) {
    // HEVC has no 4:1:1. 4:2:0 has as many chroma samples, 4:2:2 keeps all of its rows.
    return find_sampling(ColorModel::yuv, 1, options.lossless ? 0 : 1);
  }
  return find_sampling(ColorModel::yuv, source.log2_chroma_w, source.log2_chroma_h);
}

std::size_t choose_depth(int source_depth, bool lossless) {
  if (source_depth <= 8) {
    return 0;
  }
  if (source_depth <= 10 || (source_depth > 12 && !lossless)) {
    return 1;
  }
  return 2;
}

ColorSpace choose_color(ColorSpace color, ColorModel source, ColorModel target) {
  if (source == ColorModel::rgb && target == ColorModel::yuv) {
    // BT.2100 has one matrix; readers of HDR rely on it.
    color.matrix = is_hdr(color.transfer) ? Matrix::bt2020_ncl : Matrix::bt601;
    color.range = Range::full;
    color.chroma_site = ChromaSite::center;
  } else if (target == ColorModel::rgb) {
    color.range = Range::full;
  } else if (target == ColorModel::yuv && color.matrix == Matrix::unspecified) {
    color.matrix = Matrix::bt601;
  }
  return color;
}

PixelFormat without_alpha(const PixelFormatInfo& layout, const ByDepth& (*pick)(const Sampling&)) {
  const auto depth = static_cast<std::size_t>((layout.depth - 8) / 2);
  return pick(find_sampling(layout.model, layout.log2_chroma_w, layout.log2_chroma_h))[depth];
}

}  // namespace

ImageFormat choose_input(const ImageFormat& source, const PackingOptions& options) {
  const PixelFormatInfo& info = source.info();
  const Sampling& sampling = choose_sampling(info, options);
  // HDR of 8 bits bands, and few readers know it.
  constexpr int kHdrDepth = 10;
  const int least_depth = is_hdr(source.color.transfer) ? kHdrDepth : 0;
  const std::size_t depth = choose_depth(std::max(int{info.depth}, least_depth), options.lossless);
  const bool has_alpha = source.has_alpha();
  return {.layout = has_alpha ? sampling.with_alpha[depth] : sampling.opaque[depth],
          .size = source.size,
          .color = choose_color(source.color, info.model, sampling.model),
          .alpha = has_alpha ? Alpha::straight : Alpha::none,
          .hdr = source.hdr};
}

std::optional<PixelFormat> coded_layout(int chroma_format_idc, bool is_rgb, int depth, bool has_alpha) {
  if (depth > 12) {
    return std::nullopt;
  }
  const std::size_t index = choose_depth(depth, true);
  if (chroma_format_idc == 0 && !has_alpha) {
    return kGray[index];
  }
  const bool is_halved = chroma_format_idc < 3;
  const Sampling& sampling = find_sampling(is_rgb && !is_halved ? ColorModel::rgb : ColorModel::yuv, is_halved ? 1 : 0,
                                           chroma_format_idc < 2 ? 1 : 0);
  return has_alpha ? sampling.with_alpha[index] : sampling.opaque[index];
}

ImageFormat color_format(const ImageFormat& format) {
  ImageFormat result = format;
  result.layout = without_alpha(format.info(), [](const Sampling& each) -> const ByDepth& { return each.opaque; });
  result.alpha = Alpha::none;
  return result;
}

ImageFormat alpha_format(const ImageFormat& format) {
  return {.layout = without_alpha(format.info(), [](const Sampling&) -> const ByDepth& { return kGray; }),
          .size = format.size,
          // Values, not light: only the range is stated.
          .color = {.primaries = Primaries::unspecified,
                    .transfer = Transfer::unspecified,
                    .matrix = Matrix::unspecified,
                    .range = Range::full,
                    .chroma_site = ChromaSite::unspecified},
          .alpha = Alpha::none,
          .hdr = {}};
}

}  // namespace imagepacker::heif
