// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>

#include "codec/png/deflate_kernels.h"

namespace imagepacker {

/// Costs are counted in these parts of a bit.
inline constexpr std::uint32_t kCostUnit = 16;
/// No literal costs more.
inline constexpr std::uint32_t kMaxLiteralCost = 14 * kCostUnit;

/// log2(value) in kCostUnit, for `value` from 1 to 2²⁷. In integers, since no two mathematical libraries agree in all
/// bits.
constexpr std::uint32_t log2_cost(std::uint32_t value) {
  const int exponent = std::bit_width(value) - 1;
  std::uint64_t mantissa = (std::uint64_t{value} << 28) >> exponent;  // 1 to 2, as 2²⁸ to 2²⁹
  std::uint32_t result = static_cast<std::uint32_t>(exponent);
  for (std::uint32_t unit = kCostUnit; unit > 1; unit /= 2) {
    mantissa = mantissa * mantissa >> 28;
    const std::uint32_t bit = mantissa >> 29 != 0 ? 1 : 0;
    mantissa >>= bit;
    result = 2 * result + bit;
  }
  return result;
}

/// What the literals of a block are likely to cost.
struct LiteralCosts {
  std::array<std::uint32_t, 256> each;
  std::uint32_t mean;
};

/// About what the symbols of a block cost that were so counted, fewer than 2²⁷ of each kind.
std::uint64_t estimate_cost(const SymbolCounts& counts);

/// Estimates from a sample of `block`, which is not empty.
LiteralCosts estimate_literal_costs(std::span<const std::uint8_t> block);

}  // namespace imagepacker
