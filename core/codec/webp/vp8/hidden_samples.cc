// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8/hidden_samples.h"

#include <algorithm>
#include <cstddef>

namespace imagepacker::vp8 {
namespace {

constexpr std::uint8_t kGray = 128;
constexpr std::size_t kStride = 16;

/// `size` × `size` samples with a stride of 16. `is_seen`: by x and y.
template <typename IsSeen>
void even_out(std::uint8_t* samples, std::size_t size, IsSeen is_seen) {
  std::uint32_t sum = 0;
  std::uint32_t count = 0;
  for (std::size_t y = 0; y < size; ++y) {
    for (std::size_t x = 0; x < size; ++x) {
      const bool seen = is_seen(x, y);
      sum += seen ? samples[y * kStride + x] : 0;
      count += seen ? 1 : 0;
    }
  }
  const auto mean = count == 0 ? kGray : static_cast<std::uint8_t>((sum + count / 2) / count);
  for (std::size_t y = 0; y < size; ++y) {
    for (std::size_t x = 0; x < size; ++x) {
      if (!is_seen(x, y)) {
        samples[y * kStride + x] = mean;
      }
    }
  }
}

}  // namespace

void even_out_hidden(const AlphaSamples& alpha, MacroblockSamples& samples) {
  if (std::ranges::find(alpha, 0) == alpha.end()) {
    return;
  }
  even_out(samples.luma.data(), 16, [&](std::size_t x, std::size_t y) { return alpha[y * kStride + x] != 0; });
  const auto is_chroma_seen = [&](std::size_t x, std::size_t y) {
    const std::uint8_t* const pixels = &alpha[2 * y * kStride + 2 * x];
    return (pixels[0] | pixels[1] | pixels[kStride] | pixels[kStride + 1]) != 0;
  };
  even_out(samples.chroma.data(), 8, is_chroma_seen);
  even_out(samples.chroma.data() + 8, 8, is_chroma_seen);
}

}  // namespace imagepacker::vp8
