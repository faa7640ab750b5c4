// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <bit>
#include <cstdint>

#include "codec/jpeg/block_tokens.h"

// Plain code that both the specification and the vector code are made of.

namespace imagepacker::jpeg {

/// Appends a symbol whose low four bits are the size of `value` (ITU-T T.81 clauses F.1.2.1, F.1.2.2), and its extra
/// bits.
inline Token* append_value(unsigned table_and_run, int value, Token* out) {
  const auto magnitude = static_cast<unsigned>(value < 0 ? -value : value);
  const auto size = static_cast<unsigned>(std::bit_width(magnitude));
  const unsigned extra = static_cast<unsigned>(value < 0 ? value - 1 : value) & ((1U << size) - 1);
  if (size <= kTokenExtraBits) {
    *out++ = static_cast<Token>(extra << kTokenExtraShift | table_and_run | size);
  } else {
    *out++ = static_cast<Token>(extra >> kTokenExtraBits << kTokenExtraShift | table_and_run | size);
    *out++ = static_cast<Token>(extra << kTokenExtraShift | kRawBits);
  }
  return out;
}

inline Token* append_dc(int difference, bool is_chroma, Token* out) {
  return append_value(static_cast<unsigned>(huffman_table_index(false, is_chroma)) << 8, difference, out);
}

/// AC tokens; bit 0 of `nonzero` is not looked at.
inline Token* append_ac(const std::int16_t* coefficients, std::uint64_t nonzero, bool is_chroma, Token* out) {
  constexpr unsigned kSixteenZeros = 0xF0;
  constexpr unsigned kEndOfBlock = 0x00;
  const auto table = static_cast<unsigned>(huffman_table_index(true, is_chroma)) << 8;
  int last = 0;
  for (std::uint64_t rest = nonzero & ~std::uint64_t{1}; rest != 0; rest &= rest - 1) {
    const int k = std::countr_zero(rest);
    int run = k - last - 1;
    for (; run > 15; run -= 16) {
      *out++ = static_cast<Token>(table | kSixteenZeros);
    }
    out = append_value(table | static_cast<unsigned>(run) << 4, coefficients[k], out);
    last = k;
  }
  if (last != 63) {
    *out++ = static_cast<Token>(table | kEndOfBlock);
  }
  return out;
}

}  // namespace imagepacker::jpeg
