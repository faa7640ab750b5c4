// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/bit_emitter.h"

#include <bit>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/jpeg/bit_emitter.cc"
#include <hwy/foreach_target.h>
// The order matters: Highway's functions are made anew for every target.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imagepacker::jpeg::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Tokens whose bits are gathered before they are copied with stuffing.
constexpr std::size_t kBatchTokens = 1024;
constexpr std::size_t kMaxTokenBits = kMaxCodeBits + kTokenExtraBits;
/// Bytes that are looked at for 0xFF at once.
constexpr std::size_t kStuffedLanes = 32;

HWY_INLINE void StoreBigEndian(std::uint64_t bits, std::uint8_t* out) {
  if constexpr (std::endian::native == std::endian::little) {
    bits = __builtin_bswap64(bits);
  }
  std::memcpy(out, &bits, sizeof bits);
}

/// The bits of `tokens` without stuffing. Hardly a branch depends on them: a word is stored after every four tokens,
/// and as much of it is kept as there are whole bytes. Writes up to eight bytes behind the end.
HWY_INLINE std::uint8_t* StoreBits(std::span<const Token> tokens, const TokenCodes& codes, BitState& state,
                                   std::uint8_t* out) {
  static_assert(7 + 2 * kMaxTokenBits <= 63 && 4 * kMaxTokenBits <= kCodeCountMask);
  std::uint64_t buffer = state.bits;
  unsigned bit_count = state.bit_count;
  const auto put = [&](std::uint64_t bits, unsigned count) HWY_ATTR {
    bit_count += count;
    // In two steps, since 64 - bit_count may be 64, by which no shift is defined.
    buffer |= bits << 1 << (63 - bit_count);
    StoreBigEndian(buffer, out);
    out += bit_count / 8;
    buffer <<= bit_count & ~7U;
    bit_count &= 7;
  };
  // Shifts look at the lower six bits of their count only, and sums of entries have the sum of counts below.
  const auto entry = [&](std::size_t i)
                         HWY_ATTR { return std::uint64_t{codes[std::uint32_t{tokens[i]} & kTokenSymbolMask]}; };
  const auto bits_of = [&](std::size_t i, std::uint64_t entry_of)
                           HWY_ATTR { return entry_of >> kCodeShift | std::uint64_t{tokens[i]} >> kTokenExtraShift; };
  const auto joined = [](std::uint64_t first, std::uint64_t second, std::uint64_t second_entry)
                          HWY_ATTR { return first << (second_entry & 63) | second; };
  std::size_t i = 0;
  for (; i + 3 < tokens.size(); i += 4) {
    const std::uint64_t e0 = entry(i);
    const std::uint64_t e1 = entry(i + 1);
    const std::uint64_t e2 = entry(i + 2);
    const std::uint64_t e3 = entry(i + 3);
    const std::uint64_t first = joined(bits_of(i, e0), bits_of(i + 1, e1), e1);
    const std::uint64_t second = joined(bits_of(i + 2, e2), bits_of(i + 3, e3), e3);
    const auto count = static_cast<unsigned>(e0 + e1 + e2 + e3) & kCodeCountMask;
    // Four tokens take 20 bits or so.
    if (HWY_LIKELY(count <= 63 - 7)) {
      put(joined(first, second, e2 + e3), count);
    } else {
      put(first, static_cast<unsigned>(e0 + e1) & kCodeCountMask);
      put(second, static_cast<unsigned>(e2 + e3) & kCodeCountMask);
    }
  }
  for (; i < tokens.size(); ++i) {
    put(bits_of(i, entry(i)), static_cast<unsigned>(entry(i)) & kCodeCountMask);
  }
  state = {buffer, bit_count};
  return out;
}

/// Copies `bytes`, behind which a vector more may be read, and adds a zero after every 0xFF.
HWY_INLINE std::uint8_t* CopyStuffed(const std::uint8_t* bytes, std::size_t count, std::uint8_t* out) {
  const hn::CappedTag<std::uint8_t, kStuffedLanes> d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t at = 0; at < count; at += lanes) {
    const auto values = hn::LoadU(d, bytes + at);
    const std::size_t present = count - at < lanes ? count - at : lanes;
    if (HWY_LIKELY(hn::AllFalse(d, hn::Eq(values, hn::Set(d, 0xFF))))) {
      hn::StoreU(values, d, out);
      out += present;
      continue;
    }
    for (std::size_t i = 0; i < present; ++i) {
      out[0] = bytes[at + i];
      out[1] = 0;
      out += bytes[at + i] == 0xFF ? 2 : 1;
    }
  }
  return out;
}

std::uint8_t* EmitTokens(std::span<const Token> tokens, const TokenCodes& codes, BitState& state, std::uint8_t* out) {
  std::uint8_t plain[kBatchTokens * kMaxTokenBits / 8 + 64];
  for (std::size_t at = 0; at < tokens.size(); at += kBatchTokens) {
    const auto batch = tokens.subspan(at, tokens.size() - at < kBatchTokens ? tokens.size() - at : kBatchTokens);
    std::uint8_t* const end = StoreBits(batch, codes, state, plain);
    // The vector that is read behind the end chooses the way only, but shall not do so by chance.
    std::memset(end, 0, kStuffedLanes);
    out = CopyStuffed(plain, static_cast<std::size_t>(end - plain), out);
  }
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
      const unsigned size = symbol & 15;
      const unsigned extra_bits = size <= kTokenExtraBits ? size : size - kTokenExtraBits;
      const unsigned total_bits = codes.length_bits[symbol] + extra_bits;
      // Symbols with more extra bits than a baseline coefficient has never come.
      if (codes.length_bits[symbol] != 0 && size <= 11) {
        result[table * 256 + symbol] = (std::uint32_t{codes.code[symbol]} << extra_bits) << kCodeShift | total_bits;
      }
    }
  }
  result[kRawBits] = kTokenExtraBits;
  return result;
}

std::uint64_t token_bits(const TokenCounts& counts, const TokenCodes& codes) {
  std::uint64_t bits = 0;
  for (std::size_t symbol = 0; symbol < counts.size(); ++symbol) {
    bits += std::uint64_t{counts[symbol]} * (codes[symbol] & kCodeCountMask);
  }
  return bits;
}

std::uint8_t* emit_tokens(std::span<const Token> tokens, const TokenCodes& codes, BitState& state, std::uint8_t* out) {
  return HWY_DYNAMIC_DISPATCH(EmitTokens)(tokens, codes, state, out);
}

std::uint8_t* flush_bits(BitState& state, std::uint8_t* out) {
  if (state.bit_count > 0) {
    const auto byte = static_cast<std::uint8_t>(state.bits >> 56 | 0xFFU >> state.bit_count);
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
