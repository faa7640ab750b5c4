// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "imagepacker/image.h"

namespace imagepacker::testing {

/// What a frame shows, before a layout cuts it down: full-size planes of 16-bit codes, Y Cb Cr A or R G B A. A layout
/// of n bits keeps the n highest, one with subsampled chroma the chroma at even positions (multiples of four in 4:1:1).
struct FrameContent {
  Size size;
  std::array<std::vector<std::uint16_t>, 4> planes;
};

/// Every code of every component, alpha included, equally probable: far outside of what cameras give. The first pixel
/// is not opaque.
FrameContent noise(Size size, std::uint32_t seed);

/// tests/data/coffee.jpg, mirrored at its edges to fill `size`, in the matrix and range of `color` (gray: its luma).
/// Alpha falls from opaque to half transparent from left to right, or is opaque throughout.
FrameContent photograph(Size size, ColorModel model, const ColorSpace& color, bool opaque);

/// One colour everywhere, opaque. `rgb`: R'G'B' in 0..1. Codes are exact for `depth` bits: rounded there, low bits
/// zero.
FrameContent solid(Size size, ColorModel model, const ColorSpace& color, int depth, const std::array<double, 3>& rgb);

}  // namespace imagepacker::testing
