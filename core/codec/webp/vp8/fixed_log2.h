// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <bit>
#include <cstdint>

namespace imagepacker::vp8 {

/// 256 · log2(value), rounded, of a value from 1 on. Without floating point, so that it is the same everywhere.
constexpr int fixed_log2(std::uint32_t value) {
  const int whole = std::bit_width(value) - 1;
  // 1 to 2, in 1/2^32; a square that reaches 2 is a bit of the result.
  std::uint64_t x = std::uint64_t{value} << (32 - whole);
  int fraction = 0;
  for (int i = 0; i < 9; ++i) {
    x = (x >> 1) * (x >> 1) >> 30;
    fraction <<= 1;
    if (x >= std::uint64_t{1} << 33) {
      x >>= 1;
      fraction |= 1;
    }
  }
  return whole * 256 + (fraction + 1) / 2;
}

}  // namespace imagepacker::vp8
