// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8/luma_dc.h"

#include <algorithm>
#include <cstdlib>

#include "codec/webp/vp8/format_tables.h"
#include "codec/webp/vp8/quantizer.h"

namespace imagepacker::vp8 {
namespace {

constexpr int kBias = 28;  ///< from which part of a step on values are rounded up, in 1/64

/// Four values to the sums and differences of clause 14.3.
void hadamard_line(const int* in, int step, int* out) {
  const int a = in[0] + in[3 * step];
  const int b = in[step] + in[2 * step];
  const int c = in[step] - in[2 * step];
  const int d = in[0] - in[3 * step];
  out[0] = a + b;
  out[step] = c + d;
  out[2 * step] = a - b;
  out[3 * step] = d - c;
}

std::array<int, 16> hadamard(const std::array<int, 16>& in) {
  std::array<int, 16> columns;
  std::array<int, 16> out;
  for (std::size_t i = 0; i < 4; ++i) {
    hadamard_line(&in[i], 4, &columns[i]);
  }
  for (std::size_t i = 0; i < 16; i += 4) {
    hadamard_line(&columns[i], 1, &out[i]);
  }
  return out;
}

}  // namespace

LumaDc code_luma_dc(const std::array<int, 16>& values, int dc_step, int ac_step) {
  const std::array<int, 16> transformed = hadamard(values);
  std::array<int, 16> quantized;
  std::array<int, 16> levels;
  for (std::size_t i = 0; i < 16; ++i) {
    const int step = i == 0 ? dc_step : ac_step;
    const int divisor = step * kCoefficientScale;
    const int level = (std::abs(transformed[i]) / 2 + divisor * kBias / 64) / divisor;
    levels[i] = transformed[i] < 0 ? -level : level;
    quantized[i] = levels[i] * step;
  }
  LumaDc result{};
  for (std::size_t i = 0; i < 16; ++i) {
    result.levels[i] = static_cast<std::int16_t>(levels[kZigzag[i]]);
    if (result.levels[i] != 0) {
      result.count = static_cast<int>(i) + 1;
    }
  }
  const std::array<int, 16> inverse = hadamard(quantized);
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    const int value = (inverse[i] + 3) >> 3;
    result.values[i] = static_cast<std::int16_t>(value);
    const int rest = values[i] - value * kCoefficientScale;
    sum += static_cast<std::uint32_t>(rest * rest) >> 6;
  }
  result.distortion = sum;
  return result;
}

}  // namespace imagepacker::vp8
