// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8/block_prediction.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace imagepacker::vp8 {
namespace {

constexpr std::size_t kStride = 16;

std::uint8_t average(const BlockEdge& edge, int size) {
  int sum = 0;
  int count = 0;
  for (int i = 0; i < size; ++i) {
    sum += (edge.has_above ? edge.above[i] : 0) + (edge.has_left ? edge.left[i] : 0);
  }
  count = (edge.has_above ? size : 0) + (edge.has_left ? size : 0);
  return static_cast<std::uint8_t>(count == 0 ? 128 : (sum + count / 2) / count);
}

void predict_true_motion(const BlockEdge& edge, std::size_t size, std::uint8_t* prediction) {
  for (std::size_t y = 0; y < size; ++y) {
    const int base = edge.left[y] - edge.corner;
    for (std::size_t x = 0; x < size; ++x) {
      prediction[y * kStride + x] = static_cast<std::uint8_t>(std::clamp(base + edge.above[x], 0, 255));
    }
  }
}

}  // namespace

void predict_block(BlockMode mode, const BlockEdge& edge, int size, std::uint8_t* prediction) {
  const auto count = static_cast<std::size_t>(size);
  if (mode == BlockMode::true_motion) {
    predict_true_motion(edge, count, prediction);
    return;
  }
  const std::uint8_t dc = mode == BlockMode::dc ? average(edge, size) : 0;
  for (std::size_t y = 0; y < count; ++y) {
    std::uint8_t* const row = prediction + y * kStride;
    if (mode == BlockMode::vertical) {
      std::memcpy(row, edge.above, count);
    } else {
      std::memset(row, mode == BlockMode::dc ? dc : edge.left[y], count);
    }
  }
}

}  // namespace imagepacker::vp8
