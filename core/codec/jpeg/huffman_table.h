// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "container/jpeg_segments.h"

namespace imagepacker::jpeg {

/// The longest code JPEG allows, in bits.
inline constexpr int kMaxCodeBits = 16;

/// The code of every symbol; length 0 where there is none.
struct HuffmanCodes {
  std::array<std::uint16_t, 256> code{};
  std::array<std::uint8_t, 256> length_bits{};
};

/// The typical tables of ITU-T T.81 annex K.3, which RFC 2435 and Motion JPEG without tables imply.
const JpegHuffmanSpec& standard_huffman_spec(bool is_ac, bool is_chroma);

/// A table with the fewest bits for symbols that occur `counts` times, codes at most kMaxCodeBits long and the code of
/// all ones left free, as clause C.2 demands. Symbols with count 0 get no code; without any symbol there is one code,
/// for symbol 0. Equal counts give equal tables.
JpegHuffmanSpec optimal_huffman_spec(std::span<const std::uint64_t, 256> counts);

/// The codes that a table states, clause C.2.
HuffmanCodes huffman_codes(const JpegHuffmanSpec& spec);

}  // namespace imagepacker::jpeg
