// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "kernels/pixel_rows.h"

namespace imagepacker {

/// Pixels of several bytes, three of which are R, G and B.
struct PackedRgb {
  int pixel_bytes = 3;  ///< 3 or 4
  std::array<std::uint8_t, 3> byte_of_component = {0, 1, 2};
};

/// Two rows of a 4:2:0 picture with the chroma that they share. The luma rows may be the same one.
struct Rows420 {
  std::array<std::uint8_t*, 2> luma{};
  std::array<std::uint8_t*, 2> chroma{};
};

/// Weights of R, G and B and what is added, in fixed point, modulo 2^32.
struct FixedMix {
  std::array<std::uint32_t, 3> weights{};
  std::uint32_t bias = 0;
};

/// What rgb_to_420() reckons with. Against exact numbers a code is off by less than 0.0003 before it is rounded.
struct Rgb420Mix {
  static constexpr int kLumaFraction = 24;    ///< bits behind the point of a luma code
  static constexpr int kChromaFraction = 23;  ///< the same for chroma, which reads sums of four pixels

  FixedMix luma;
  std::array<FixedMix, 2> chroma;

  /// Nothing when luma could leave 0 … 255, or chroma 0 … 256, before it is clamped.
  static std::optional<Rgb420Mix> of(const std::array<ByteMix, 3>& mixes);
};

/// Two rows of packed pixels to 4:2:0, rounded to the nearest code: luma of each pixel, chroma of the average of two by
/// two; the last column counts twice where `width` is odd. The rows may be the same one.
void rgb_to_420(const PackedRgb& layout, const std::array<const std::uint8_t*, 2>& rows, const Rgb420Mix& mix,
                std::size_t width, const Rows420& out);

}  // namespace imagepacker
