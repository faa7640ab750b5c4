// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/pixel_tokens.h"

#include <bit>
#include <cstring>

#include "codec/png/huffman_code.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/png/pixel_tokens.cc"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#ifndef IMAGEPACKER_CODEC_PNG_PIXEL_TOKENS_CC
#define IMAGEPACKER_CODEC_PNG_PIXEL_TOKENS_CC
namespace imagepacker {

/// Bits of a token's part above their count. The lowest six bits of sums of entries are the sum of counts.
using PartEntries = std::array<std::uint32_t, PixelToken::kIndexCount>;
inline constexpr unsigned kPartCountBits = 6;

}  // namespace imagepacker
#endif

HWY_BEFORE_NAMESPACE();
namespace imagepacker {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// The vectors make two parts of a token as one word whose low half comes first.
#if HWY_TARGET == HWY_SCALAR || HWY_HAVE_SCALABLE || __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
void make_tokens(PixelBytes pixel_bytes, const std::uint32_t* marks, const std::uint32_t* pixels, std::size_t count,
                 PixelToken* tokens) {
  make_tokens_scalar(pixel_bytes, marks, pixels, count, tokens);
}
#else
template <PixelBytes kBytes>
HWY_INLINE void make_tokens_of(const std::uint32_t* marks, const std::uint32_t* pixels, std::size_t count,
                               PixelToken* tokens) {
  using T = PixelToken;
  const hn::CappedTag<std::uint32_t, kTokenPadding / 4> d;
  const hn::RebindToSigned<decltype(d)> as_signed;
  const hn::RebindToFloat<decltype(d)> as_float;
  const auto set = [d](std::uint32_t value) { return hn::Set(d, value); };
  const auto both = [](auto low, auto high) { return hn::Or(low, hn::ShiftLeft<16>(high)); };
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto mark = hn::LoadU(d, marks + i);
    const auto pixel = hn::LoadU(d, pixels + i);
    const auto cells = hn::Sub(hn::ShiftRight<16>(hn::LoadU(d, marks + i + 1)), hn::ShiftRight<16>(mark));
    const auto length = hn::Mul(hn::And(cells, set(0xFFFF)), set(static_cast<std::uint32_t>(kBytes)));
    const auto distance = hn::And(mark, set(0xFFFF));
    // The exponent of a distance and the bit behind the leading one are its symbol, but for the first two.
    const auto value = hn::Sub(distance, set(1));
    const auto as_bits = hn::BitCast(as_signed, hn::ConvertTo(as_float, hn::BitCast(as_signed, value)));
    const auto exponent = hn::Sub(hn::ShiftRight<22>(as_bits), hn::Set(as_signed, 254));
    const auto symbol = hn::BitCast(d, hn::Max(exponent, hn::BitCast(as_signed, hn::Min(value, set(1)))));
    const auto extra = hn::Sub(hn::Max(hn::ShiftRight<1>(symbol), set(1)), set(1));
    const auto extra_value = hn::AndNot(hn::Shl(set(0xFFFFFFFF), extra), value);
    const auto match_low =
        both(hn::Add(length, set(T::kFirstLength - kMinMatchLength)), hn::Add(symbol, set(T::kFirstDistance)));
    const auto match_high = both(hn::Add(extra, set(T::kFirstExtra)), extra_value);
    const auto literal_low = hn::Or(hn::And(pixel, set(0xFF)), hn::ShiftLeft<8>(hn::And(pixel, set(0xFF00))));
    const auto literal_high = hn::ShiftRight<16>(kBytes == PixelBytes::three ? pixel : hn::And(pixel, set(0xFFFFFF)));
    const auto is_match = hn::Eq(hn::Min(distance, set(kMaxMatchDistance)), distance);
    const auto is_lone = hn::Eq(distance, set(PixelEvent::kLoneByte));
    const auto lone_or_literal_low = hn::IfThenElse(is_lone, hn::Or(pixel, set(T::kNothing << 16)), literal_low);
    const auto lone_or_literal_high = hn::IfThenElse(is_lone, set(T::kNothing), literal_high);
    const auto low = hn::IfThenElse(is_match, match_low, lone_or_literal_low);
    const auto high = hn::IfThenElse(is_match, match_high, lone_or_literal_high);
    if constexpr (kBytes == PixelBytes::three) {
      hn::StoreInterleaved2(low, high, d, reinterpret_cast<std::uint32_t*>(tokens + i));
    } else {
      const auto is_literal = hn::Eq(distance, set(PixelEvent::kLiterals));
      const auto alpha = hn::IfThenElse(is_literal, hn::ShiftRight<24>(pixel), set(T::kNothing));
      hn::StoreInterleaved4(low, high, both(alpha, set(T::kNothing)), set(T::kNothing), d,
                            reinterpret_cast<std::uint32_t*>(tokens + 2 * i));
    }
  }
}

void make_tokens(PixelBytes pixel_bytes, const std::uint32_t* marks, const std::uint32_t* pixels, std::size_t count,
                 PixelToken* tokens) {
  pixel_bytes == PixelBytes::three ? make_tokens_of<PixelBytes::three>(marks, pixels, count, tokens)
                                   : make_tokens_of<PixelBytes::four>(marks, pixels, count, tokens);
}
#endif

template <PixelBytes kBytes>
HWY_INLINE void count_parts_of(std::span<const PixelToken> tokens, PartCounters& counters) {
  constexpr std::size_t kStep = tokens_per_event(kBytes);
  const auto add = [&](const PixelToken* token, std::size_t parity) {
    ++counters[3 * parity][token->first];
    ++counters[3 * parity + 1][token->second];
    ++counters[3 * parity + 2][token->third];
    if constexpr (kBytes == PixelBytes::four) {
      ++counters[6 + parity][token[1].first];
    }
  };
  std::size_t i = 0;
  for (; i + 2 * kStep <= tokens.size(); i += 2 * kStep) {
    add(&tokens[i], 0);
    add(&tokens[i + kStep], 1);
  }
  if (i < tokens.size()) {
    add(&tokens[i], 0);
  }
}

void count_parts(PixelBytes pixel_bytes, std::span<const PixelToken> tokens, PartCounters& counters) {
  pixel_bytes == PixelBytes::three ? count_parts_of<PixelBytes::three>(tokens, counters)
                                   : count_parts_of<PixelBytes::four>(tokens, counters);
}

HWY_INLINE void write_part_bits(std::uint64_t word, unsigned length, std::uint8_t*& next, std::uint64_t& bits,
                                unsigned& count) {
  bits |= word << count;
  count += length;
  const std::uint64_t little_endian = std::endian::native == std::endian::little ? bits : __builtin_bswap64(bits);
  std::memcpy(next, &little_endian, sizeof little_endian);
  next += count >> 3;
  bits >>= count & 56;
  count &= 7;
}

template <PixelBytes kBytes>
HWY_INLINE BitPosition write_parts_of(std::span<const PixelToken> tokens, const PartEntries& entries,
                                      BitPosition position) {
  static_assert(4 * kMaxLiteralBits + 7 < 64, "four literals must fit behind the bits of a byte");
  std::uint8_t* next = position.next;
  std::uint64_t bits = position.bits;
  unsigned count = position.count;
  for (std::size_t i = 0; i < tokens.size(); i += tokens_per_event(kBytes)) {
    const PixelToken& token = tokens[i];
    const std::uint32_t first = entries[token.first];
    const std::uint32_t second = entries[token.second];
    const std::uint32_t third = entries[token.third];
    const std::uint64_t second_word = second >> kPartCountBits;
    const std::uint64_t third_word = (third >> kPartCountBits) + token.extra_bits;
    std::uint64_t word = first >> kPartCountBits | second_word << (first & 63) | third_word << ((first + second) & 63);
    std::uint32_t sum = first + second + third;
    if constexpr (kBytes == PixelBytes::four) {
      const std::uint32_t alpha = entries[tokens[i + 1].first];
      word |= std::uint64_t{alpha >> kPartCountBits} << (sum & 63);
      sum += alpha;
    }
    write_part_bits(word, sum & 63, next, bits, count);
  }
  return {next, bits, count};
}

BitPosition write_parts(PixelBytes pixel_bytes, std::span<const PixelToken> tokens, const PartEntries& entries,
                        BitPosition position) {
  return pixel_bytes == PixelBytes::three ? write_parts_of<PixelBytes::three>(tokens, entries, position)
                                          : write_parts_of<PixelBytes::four>(tokens, entries, position);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imagepacker
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker {

HWY_EXPORT(make_tokens);
HWY_EXPORT(count_parts);
HWY_EXPORT(write_parts);

void make_tokens(PixelBytes pixel_bytes, const std::uint32_t* marks, const std::uint32_t* pixels, std::size_t count,
                 PixelToken* tokens) {
  HWY_DYNAMIC_DISPATCH(make_tokens)(pixel_bytes, marks, pixels, count, tokens);
}

void count_parts(PixelBytes pixel_bytes, std::span<const PixelToken> tokens, PartCounters& counters) {
  HWY_DYNAMIC_DISPATCH(count_parts)(pixel_bytes, tokens, counters);
}

SymbolCounts symbols_of(const PartCounters& counters) {
  SymbolCounts counts;
  const auto total = [&](std::size_t index) {
    std::uint32_t sum = 0;
    for (const auto& counter : counters) {
      sum += counter[index];
    }
    return sum;
  };
  for (std::size_t value = 0; value < PixelToken::kFirstLength; ++value) {
    counts.literals_and_lengths[value] += total(value);
  }
  for (std::size_t length = kMinMatchLength; length <= kMaxMatchLength; ++length) {
    const RangeSymbol symbol = deflate::kLengthSymbols[length];
    const std::uint32_t count = total(PixelToken::kFirstLength + length - kMinMatchLength);
    counts.literals_and_lengths[deflate::kFirstLengthSymbol + symbol.symbol] += count;
    counts.extra_bits += std::uint64_t{count} * symbol.extra_bits;
  }
  for (std::uint32_t symbol = 0; symbol < deflate::kDistanceSymbols; ++symbol) {
    counts.distances[symbol] += total(PixelToken::kFirstDistance + symbol);
  }
  for (std::uint32_t bits = 1; bits < PixelToken::kIndexCount - PixelToken::kFirstExtra; ++bits) {
    counts.extra_bits += std::uint64_t{total(PixelToken::kFirstExtra + bits)} * bits;
  }
  ++counts.literals_and_lengths[deflate::kEndOfBlock];
  return counts;
}

BitPosition write_tokens(const PixelTokens& tokens, const CodeLengths& lengths, BitPosition position) {
  const auto entry = [](std::uint32_t bits, std::uint32_t count) { return bits << kPartCountBits | count; };
  PartEntries entries;
  std::array<std::uint16_t, kMaxHuffmanSymbols> words;
  huffman_words(lengths.literals_and_lengths, words);
  for (std::size_t value = 0; value < PixelToken::kFirstLength; ++value) {
    entries[value] = entry(words[value], lengths.literals_and_lengths[value]);
  }
  for (std::size_t length = kMinMatchLength; length <= kMaxMatchLength; ++length) {
    const RangeSymbol range = deflate::kLengthSymbols[length];
    const std::size_t symbol = deflate::kFirstLengthSymbol + std::size_t{range.symbol};
    const std::uint32_t word_length = lengths.literals_and_lengths[symbol];
    const std::uint32_t extra = static_cast<std::uint32_t>(length) - range.base;
    entries[PixelToken::kFirstLength + length - kMinMatchLength] =
        entry(words[symbol] | extra << word_length, word_length + range.extra_bits);
  }
  const std::uint32_t end_word = words[deflate::kEndOfBlock];
  huffman_words(lengths.distances, words);
  for (std::size_t symbol = 0; symbol < deflate::kDistanceSymbols; ++symbol) {
    entries[PixelToken::kFirstDistance + symbol] = entry(words[symbol], lengths.distances[symbol]);
  }
  for (std::uint32_t bits = 0; bits < PixelToken::kIndexCount - PixelToken::kFirstExtra; ++bits) {
    entries[PixelToken::kFirstExtra + bits] = entry(0, bits);
  }
  BitPosition end = HWY_DYNAMIC_DISPATCH(write_parts)(tokens.pixel_bytes, tokens.tokens, entries, position);
  end.bits |= std::uint64_t{end_word} << end.count;
  end.count += lengths.literals_and_lengths[deflate::kEndOfBlock];
  for (; end.count >= 8; end.count -= 8) {
    *end.next++ = static_cast<std::uint8_t>(end.bits);
    end.bits >>= 8;
  }
  return end;
}

}  // namespace imagepacker
#endif
