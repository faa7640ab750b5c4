// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hdr/video_codes.h"

#include "color/chroma_axis.h"
#include "color/matrix.h"

namespace imagepacker {
namespace {

VideoCodes::Upsampling upsampling(const SampleGrid& chroma) {
  const ResamplingAxis axis(chroma, kLumaGrid);
  const auto weight = [&](int phase, int sample) {
    const ResamplingAxis::Phase& taps = axis.phase(phase);
    const int tap = sample - taps.first;
    return tap >= 0 && tap < taps.tap_count ? taps.weights[static_cast<std::size_t>(tap)] : 0.0F;
  };
  return {.even_before = weight(0, -1), .even_own = weight(0, 0), .odd_own = weight(1, 0), .odd_after = weight(1, 1)};
}

}  // namespace

bool VideoCodes::reads(const ImageFormat& source) {
  const PixelFormatInfo& info = source.info();
  const bool is_420 = info.log2_chroma_w == 1 && info.log2_chroma_h == 1;
  return info.model == ColorModel::yuv && info.packing == Packing::words_le && is_420 && !info.has_alpha &&
         (source.color.matrix == Matrix::bt2020_ncl || source.color.matrix == Matrix::bt709);
}

VideoCodes::VideoCodes(const ImageFormat& source) {
  const PixelFormatInfo& info = source.info();
  const Coding coding = coding_of(info.model, info.depth, source.color);
  const auto single = [](double value) { return static_cast<float>(value); };
  has_paired_chroma = info.components[1].plane == info.components[2].plane;
  shift = info.components[0].shift;
  mask = static_cast<std::uint16_t>((1U << info.components[0].bits) - 1);
  luma_offset = single(coding.offset[0]);
  chroma_offset = single(coding.offset[1]);
  luma_scale = single(coding.to_rgb.rows[0][0]);
  red_cr = single(coding.to_rgb.rows[0][2]);
  green_cb = single(coding.to_rgb.rows[1][1]);
  green_cr = single(coding.to_rgb.rows[1][2]);
  blue_cb = single(coding.to_rgb.rows[2][1]);
  columns = upsampling(chroma_grid_x(info, source.color));
  rows = upsampling(chroma_grid_y(info, source.color));
}

}  // namespace imagepacker
