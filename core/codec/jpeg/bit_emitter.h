// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "codec/jpeg/block_tokens.h"
#include "codec/jpeg/huffman_table.h"

namespace imagepacker::jpeg {

/// What a token becomes, by its symbol. Bits 0..6: how many bits code and the token's extra bits take together (0: no
/// code), with room for the sum of four. From bit 7 on: the code, shifted up by the number of extra bits.
using TokenCodes = std::array<std::uint32_t, kTokenSymbols>;
inline constexpr int kCodeShift = 7;
inline constexpr unsigned kCodeCountMask = (1U << kCodeShift) - 1;

/// `specs` by huffman_table_index().
TokenCodes token_codes(std::span<const JpegHuffmanSpec, kHuffmanTables> specs);

/// Bits that `counts` of tokens take with `codes`.
std::uint64_t token_bits(const TokenCounts& counts, const TokenCodes& codes);

/// Bits at the end of a stream that are not yet a whole byte.
struct BitState {
  std::uint64_t bits = 0;  ///< from the highest bit down, the rest is 0
  unsigned bit_count = 0;  ///< 0..7
};

/// Most bytes that `token_count` tokens can become, stuffing included.
constexpr std::size_t max_emitted_bytes(std::size_t token_count) {
  return token_count * 2 * 3 + 64;
}

/// Appends the codes of `tokens` to the entropy-coded segment at `out`, with a zero byte after every 0xFF (ITU-T T.81
/// clause F.1.2.3). `out` has room for max_emitted_bytes(tokens.size()). Returns the end of what was written.
std::uint8_t* emit_tokens(std::span<const Token> tokens, const TokenCodes& codes, BitState& state, std::uint8_t* out);

/// Ends the segment: ones up to the next whole byte. At most 2 bytes.
std::uint8_t* flush_bits(BitState& state, std::uint8_t* out);

}  // namespace imagepacker::jpeg
