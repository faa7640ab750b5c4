// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "codec/webp/vp8/macroblock.h"

namespace imagepacker::vp8 {

/// How busy a macroblock's luma is: log2 of its blocks' variance in 1/16, mean over the blocks, 0..kMaxActivity. The
/// mean of logarithms counts a few edges in a smooth place, which hide little, as little.
int luma_activity(const MacroblockSamples& samples);
inline constexpr int kMaxActivity = 255;

/// Classes of macroblocks that are coded with steps of their own.
struct Segmentation {
  std::array<std::uint8_t, kMaxActivity + 1> segment_of{};  ///< by activity
  std::array<int, 4> quant_indices{};
  /// What is added to the indices for the DC values of chroma: finer steps where even areas, as drawn ones are, would
  /// show that their colour is a little off.
  int chroma_dc_delta = 0;
};

/// Puts what hides errors into segments with coarser steps, and what shows them into such with finer ones.
/// `activities`: of all macroblocks, at least one. `quant_index`, 0..127: the one whose step is the middle's.
Segmentation make_segmentation(std::span<const std::uint8_t> activities, double quant_index);

}  // namespace imagepacker::vp8
