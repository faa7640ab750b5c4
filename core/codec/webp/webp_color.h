// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/color_space.h"

namespace imagepacker::webp {

/// What libwebp's Y'CbCr means: its decoder applies the BT.601 matrix for limited range and interpolates chroma from
/// the middle of each 2×2 block (libwebp's dsp/yuv.h and "fancy" upsampler).
inline ColorSpace lossy_color(ColorSpace color) {
  color.matrix = Matrix::bt601;
  color.range = Range::limited;
  color.chroma_site = ChromaSite::center;
  return color;
}

inline ColorSpace lossless_color(ColorSpace color) {
  color.matrix = Matrix::rgb;
  color.range = Range::full;
  color.chroma_site = ChromaSite::unspecified;
  return color;
}

}  // namespace imagepacker::webp
