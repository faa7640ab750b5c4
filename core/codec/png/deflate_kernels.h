// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "codec/png/deflate_tokens.h"

namespace imagepacker {

/// How often each symbol occurs in a block.
struct SymbolCounts {
  std::array<std::uint32_t, deflate::kLiteralSymbols> literals_and_lengths{};
  std::array<std::uint32_t, deflate::kDistanceSymbols> distances{};
  std::uint64_t extra_bits = 0;
};

/// A code word, first bit lowest, and its length.
struct CodeWord {
  std::uint32_t bits = 0;
  std::uint32_t length = 0;
};

/// Everything needed to write a block's symbols.
struct BlockCode {
  std::array<std::uint32_t, 256> literals;            ///< see literal_entry
  std::array<CodeWord, kMaxMatchLength + 1> lengths;  ///< with their extra bits
  std::array<CodeWord, deflate::kDistanceSymbols> distances;
  CodeWord end_of_block;
};

/// Four literals go into the bit buffer at once, beside up to seven bits that wait in it.
inline constexpr int kMaxLiteralBits = 14;

/// A literal's word above its length, which is at most kMaxLiteralBits: entries can be added up to add their lengths.
constexpr std::uint32_t literal_entry(std::uint32_t bits, std::uint32_t length) {
  return bits << 16 | length;
}

/// Bytes that write_symbols may write behind what it returns.
inline constexpr std::size_t kBitWriterPaddingBytes = 16;

/// A place in a bit stream: whole bytes before `next`, then `count` (0 to 7) bits.
struct BitPosition {
  std::uint8_t* next = nullptr;
  std::uint64_t bits = 0;
  unsigned count = 0;
};

/// Counts the symbols of a block. The literals and matches of `sequences` cover `bytes`.
void count_symbols(std::span<const std::uint8_t> bytes, std::span<const Sequence> sequences, SymbolCounts& counts);

/// Writes a block's symbols and its end.
BitPosition write_symbols(std::span<const std::uint8_t> bytes, std::span<const Sequence> sequences,
                          const BlockCode& code, BitPosition position);

}  // namespace imagepacker
