// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/bit_emitter.h"

#include <bit>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/jpeg/bit_emitter.cc"
#include <hwy/foreach_target.h>
// The order matters: Highway's functions are made anew for every target.
#include <hwy/highway.h>

// No vectors here: compiled per target for the shift instructions that come with them (BMI2).

HWY_BEFORE_NAMESPACE();
namespace imagepacker::jpeg::HWY_NAMESPACE {

/// Eight bytes, the first in the highest bits, each 0xFF followed by a zero.
HWY_INLINE std::uint8_t* WriteWord(std::uint64_t word, std::uint8_t* out) {
  // A byte of 0xFF is one whose complement is zero; the test may also hit a neighbour, which costs time only.
  const std::uint64_t complement = ~word;
  if (HWY_UNLIKELY(((complement - 0x0101010101010101U) & ~complement & 0x8080808080808080U) != 0)) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      const auto byte = static_cast<std::uint8_t>(word >> shift);
      *out++ = byte;
      if (byte == 0xFF) {
        *out++ = 0;
      }
    }
    return out;
  }
  if constexpr (std::endian::native == std::endian::little) {
    word = __builtin_bswap64(word);
  }
  std::memcpy(out, &word, sizeof word);
  return out + sizeof word;
}

std::uint8_t* EmitTokens(std::span<const Token> tokens, const TokenCodes& codes, BitState& state, std::uint8_t* out) {
  std::uint64_t buffer = state.bits;
  int free_bits = state.free_bits;
  const auto put = [&](std::uint64_t bits, int count) HWY_ATTR {
    free_bits -= count;
    if (free_bits < 0) {
      // 0 < count + free_bits <= 63: there is always room for one bit.
      out = WriteWord(buffer << (count + free_bits) | bits >> -free_bits, out);
      buffer = bits;
      free_bits += 64;
    } else {
      buffer = buffer << count | bits;
    }
  };
  const auto bits_of = [&](Token token, std::uint32_t entry)
                           HWY_ATTR { return std::uint64_t{entry >> 5 | token >> kTokenExtraShift}; };
  std::size_t i = 0;
  for (; i + 1 < tokens.size(); i += 2) {
    const std::uint32_t first = codes[tokens[i] & kTokenSymbolMask];
    const std::uint32_t second = codes[tokens[i + 1] & kTokenSymbolMask];
    const int second_bits = static_cast<int>(second & 31);
    put(bits_of(tokens[i], first) << second_bits | bits_of(tokens[i + 1], second),
        static_cast<int>(first & 31) + second_bits);
  }
  if (i < tokens.size()) {
    const std::uint32_t last = codes[tokens[i] & kTokenSymbolMask];
    put(bits_of(tokens[i], last), static_cast<int>(last & 31));
  }
  state = {buffer, free_bits};
  return out;
}

}  // namespace imagepacker::jpeg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker::jpeg {

HWY_EXPORT(EmitTokens);

TokenCodes token_codes(std::span<const JpegHuffmanSpec, kHuffmanTables> specs) {
  TokenCodes result{};
  for (std::size_t table = 0; table < kHuffmanTables; ++table) {
    const HuffmanCodes codes = huffman_codes(specs[table]);
    for (std::size_t symbol = 0; symbol < 256; ++symbol) {
      const unsigned extra_bits = symbol & 15;
      const unsigned total_bits = codes.length_bits[symbol] + extra_bits;
      // Symbols with more extra bits than a baseline coefficient has never come; they have no room either.
      if (codes.length_bits[symbol] != 0 && extra_bits <= 11) {
        result[table * 256 + symbol] = (std::uint32_t{codes.code[symbol]} << extra_bits) << 5 | total_bits;
      }
    }
  }
  return result;
}

std::uint64_t token_bits(const TokenCounts& counts, const TokenCodes& codes) {
  std::uint64_t bits = 0;
  for (std::size_t symbol = 0; symbol < counts.size(); ++symbol) {
    bits += std::uint64_t{counts[symbol]} * (codes[symbol] & 31);
  }
  return bits;
}

std::uint8_t* emit_tokens(std::span<const Token> tokens, const TokenCodes& codes, BitState& state, std::uint8_t* out) {
  return HWY_DYNAMIC_DISPATCH(EmitTokens)(tokens, codes, state, out);
}

std::uint8_t* flush_bits(BitState& state, std::uint8_t* out) {
  const int used = 64 - state.free_bits;
  const int padding = (8 - used % 8) % 8;
  std::uint64_t bits = used == 64 ? state.bits : state.bits & ((std::uint64_t{1} << used) - 1);
  if (padding > 0) {
    bits = bits << padding | ((1U << padding) - 1);
  }
  for (int shift = used + padding - 8; shift >= 0; shift -= 8) {
    const auto byte = static_cast<std::uint8_t>(bits >> shift);
    *out++ = byte;
    if (byte == 0xFF) {
      *out++ = 0;
    }
  }
  state = {};
  return out;
}

}  // namespace imagepacker::jpeg
#endif
