// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>

namespace imagepacker::vp8 {

/// The DC values of a macroblock's 16 luma blocks, coded as a block of their own.
struct LumaDc {
  std::array<std::int16_t, 16> levels;  ///< in zigzag order
  int count;                            ///< up to the last level that isn't 0
  std::array<std::int16_t, 16> values;  ///< what a decoder has for the blocks, row by row
  std::uint32_t distortion;             ///< in 1/16 of a sample's squared error
};

/// `values`: times kCoefficientScale, row by row.
LumaDc code_luma_dc(const std::array<int, 16>& values, int dc_step, int ac_step);

}  // namespace imagepacker::vp8
