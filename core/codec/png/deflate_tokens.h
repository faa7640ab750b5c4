// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace imagepacker {

/// Limits of RFC 1951 clause 3.2.5.
inline constexpr std::size_t kMinMatchLength = 3;
inline constexpr std::size_t kMaxMatchLength = 258;
inline constexpr std::size_t kMaxMatchDistance = 32768;

/// Bytes as they are, then a repetition of what stood `distance` bytes before. The last of a block may have
/// match_length 0: no repetition.
struct Sequence {
  std::uint32_t literal_count = 0;
  std::uint16_t match_length = 0;
  std::uint16_t distance = 0;
};

/// How a length or distance is coded: symbol, and how many bits follow it.
struct RangeSymbol {
  std::uint8_t symbol;  ///< for lengths less 257
  std::uint8_t extra_bits;
  std::uint16_t base;  ///< the smallest value of the symbol
};

namespace deflate {

/// Literals, end of block, lengths, and two that only the fixed code has.
inline constexpr int kLiteralSymbols = 288;
inline constexpr int kDistanceSymbols = 30;
inline constexpr int kEndOfBlock = 256;
inline constexpr int kFirstLengthSymbol = 257;

constexpr std::array<RangeSymbol, kMaxMatchLength + 1> make_length_symbols() {
  std::array<RangeSymbol, kMaxMatchLength + 1> table{};
  int length = kMinMatchLength;
  for (int symbol = 0; symbol < 28; ++symbol) {
    const int extra = symbol < 8 ? 0 : symbol / 4 - 1;
    const int base = length;
    for (; length < base + (1 << extra) && length < static_cast<int>(kMaxMatchLength); ++length) {
      table[length] = {static_cast<std::uint8_t>(symbol), static_cast<std::uint8_t>(extra),
                       static_cast<std::uint16_t>(base)};
    }
  }
  table[kMaxMatchLength] = {28, 0, kMaxMatchLength};
  return table;
}

/// Symbol of every match length.
inline constexpr std::array<RangeSymbol, kMaxMatchLength + 1> kLengthSymbols = make_length_symbols();

/// Symbol of `distance`, 1 to kMaxMatchDistance.
constexpr RangeSymbol distance_symbol(std::uint32_t distance) {
  const std::uint32_t value = distance - 1;
  if (value < 4) {
    return {static_cast<std::uint8_t>(value), 0, static_cast<std::uint16_t>(distance)};
  }
  const int top_bit = 31 - __builtin_clz(value);
  const int extra = top_bit - 1;
  const auto symbol = static_cast<std::uint8_t>(2 * top_bit + static_cast<int>(value >> extra & 1));
  return {symbol, static_cast<std::uint8_t>(extra), static_cast<std::uint16_t>((value >> extra << extra) + 1)};
}

}  // namespace deflate
}  // namespace imagepacker
