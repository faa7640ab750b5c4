// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace imagepacker::jpeg {

/// A Huffman symbol and bits behind its code. Bits 0..9: table × 256 + symbol, bits 10..15: the extra bits, as many as
/// the low four bits of the symbol say. Where these are more than kTokenExtraBits, the token has the upper ones and a
/// token of the symbol kRawBits follows, which has no code and brings the lower kTokenExtraBits. Two bytes are enough
/// that way, and a picture's tokens go to memory and back.
using Token = std::uint16_t;

inline constexpr std::size_t kHuffmanTables = 4;
inline constexpr std::size_t kTokenSymbols = kHuffmanTables * 256;
inline constexpr unsigned kTokenSymbolMask = kTokenSymbols - 1;
inline constexpr int kTokenExtraShift = 10;
inline constexpr int kTokenExtraBits = 6;
/// Among the symbols of DC luma, where baseline JPEG ends with 11.
inline constexpr unsigned kRawBits = 16;

/// Number of the table of DC differences or AC runs: DC luma, AC luma, DC chroma, AC chroma.
constexpr std::size_t huffman_table_index(bool is_ac, bool is_chroma) {
  return (is_chroma ? 2 : 0) + (is_ac ? 1 : 0);
}

/// How often every token symbol occurs.
using TokenCounts = std::array<std::uint32_t, kTokenSymbols>;

/// A block has at most two tokens for each of 64 coefficients.
inline constexpr std::size_t kMaxBlockTokens = 128;

/// tokenize_mcus() may write so many tokens behind those it returns.
inline constexpr std::size_t kTokenSlack = 32;

/// One of the blocks that make up an MCU, for a run of MCUs: the block of MCU m is `first + m × step`.
struct McuSlot {
  const std::int16_t* coefficients = nullptr;  ///< 64 of each block in zigzag order
  const std::uint64_t* nonzero = nullptr;      ///< bit k: coefficient k is not 0
  int first = 0;
  int step = 1;
  int component = 0;
  bool is_chroma = false;
};

/// DC predictors of the components.
using DcPredictors = std::array<int, 3>;

/// The tokens of `mcu_count` MCUs, each made of `slots` in order; `predictors` move on. `out` has room for
/// mcu_count × slots.size() × kMaxBlockTokens + kTokenSlack. Returns the number of tokens.
std::size_t tokenize_mcus(std::span<const McuSlot> slots, int mcu_count, DcPredictors& predictors, Token* out);

/// The same in plain code: the specification.
std::size_t tokenize_mcus_scalar(std::span<const McuSlot> slots, int mcu_count, DcPredictors& predictors, Token* out);

/// Adds `tokens` to `counts`, in turns to the first and the second of them, so that a symbol that comes twice in a row
/// does not wait for its own count. Their sum is what counts.
void count_tokens(std::span<const Token> tokens, std::array<TokenCounts, 2>& counts);

}  // namespace imagepacker::jpeg
