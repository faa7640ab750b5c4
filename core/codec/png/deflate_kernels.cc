// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/deflate_kernels.h"

#include <bit>
#include <cstring>

// No vectors here, but the CPU's instructions for variable shifts halve the time of the bit buffer.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/png/deflate_kernels.cc"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imagepacker {
namespace HWY_NAMESPACE {
namespace {

/// The bit buffer of a stream, in registers.
struct BitBuffer {
  std::uint8_t* next;
  std::uint64_t bits;
  unsigned count;

  HWY_INLINE void add(std::uint64_t word, unsigned length) {
    bits |= word << count;
    count += length;
  }
  /// Writes the whole bytes. Eight bytes from `next` are touched.
  HWY_INLINE void flush() {
    const std::uint64_t little_endian = std::endian::native == std::endian::little ? bits : __builtin_bswap64(bits);
    std::memcpy(next, &little_endian, sizeof little_endian);
    next += count >> 3;
    bits >>= count & 56;
    count &= 7;
  }
};

/// `word` moved up by the length in the low bits of `entries`, a literal's entry or the sum of some.
HWY_INLINE std::uint64_t behind(std::uint32_t entries, std::uint64_t word) {
  return word << (entries & 63);
}

HWY_INLINE void write_literals(const std::uint8_t* bytes, std::size_t count, const BlockCode& code, BitBuffer& out) {
  const std::uint8_t* const end = bytes + count;
  for (; end - bytes >= 4; bytes += 4) {
    const std::uint32_t a = code.literals[bytes[0]];
    const std::uint32_t b = code.literals[bytes[1]];
    const std::uint32_t c = code.literals[bytes[2]];
    const std::uint32_t d = code.literals[bytes[3]];
    const std::uint64_t ab = a >> 16 | behind(a, b >> 16);
    const std::uint64_t cd = c >> 16 | behind(c, d >> 16);
    out.add(ab | behind(a + b, cd), (a + b + c + d) & 0xFFFF);
    out.flush();
  }
  for (; bytes < end; ++bytes) {
    out.add(code.literals[*bytes] >> 16, code.literals[*bytes] & 0xFFFF);
    out.flush();
  }
}

HWY_INLINE void write_match(const Sequence& sequence, const BlockCode& code, BitBuffer& out) {
  const CodeWord length = code.lengths[sequence.match_length];
  const RangeSymbol range = deflate::distance_symbol(sequence.distance);
  const CodeWord distance = code.distances[range.symbol];
  out.add(length.bits, length.length);
  out.add(distance.bits | std::uint64_t{static_cast<std::uint32_t>(sequence.distance - range.base)} << distance.length,
          distance.length + range.extra_bits);
  out.flush();
}

BitPosition write_symbols(std::span<const std::uint8_t> bytes, std::span<const Sequence> sequences,
                          const BlockCode& code, BitPosition position) {
  BitBuffer out{position.next, position.bits, position.count};
  const std::uint8_t* at = bytes.data();
  for (const Sequence& sequence : sequences) {
    write_literals(at, sequence.literal_count, code, out);
    at += sequence.literal_count;
    if (sequence.match_length != 0) {
      write_match(sequence, code, out);
      at += sequence.match_length;
    }
  }
  out.add(code.end_of_block.bits, code.end_of_block.length);
  out.flush();
  return {out.next, out.bits, out.count};
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imagepacker
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker {
namespace {

/// Four counters per value, so that a byte need not wait for the counter of an equal one before it.
using Counters = std::array<std::array<std::uint32_t, 256>, 4>;

void count_literals(const std::uint8_t* bytes, std::size_t count, Counters& counters) {
  const std::uint8_t* const end = bytes + count;
  for (; end - bytes >= 8; bytes += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, bytes, sizeof eight);
    for (int i = 0; i < 8; ++i) {
      ++counters[i % 4][eight >> (8 * i) & 0xFF];
    }
  }
  for (; bytes < end; ++bytes) {
    ++counters[0][*bytes];
  }
}

}  // namespace

void count_symbols(std::span<const std::uint8_t> bytes, std::span<const Sequence> sequences, SymbolCounts& counts) {
  Counters counters{};
  const std::uint8_t* at = bytes.data();
  for (const Sequence& sequence : sequences) {
    count_literals(at, sequence.literal_count, counters);
    at += sequence.literal_count;
    if (sequence.match_length != 0) {
      at += sequence.match_length;
      const RangeSymbol length = deflate::kLengthSymbols[sequence.match_length];
      const RangeSymbol distance = deflate::distance_symbol(sequence.distance);
      ++counts.literals_and_lengths[deflate::kFirstLengthSymbol + length.symbol];
      ++counts.distances[distance.symbol];
      counts.extra_bits += length.extra_bits + distance.extra_bits;
    }
  }
  for (std::size_t value = 0; value < 256; ++value) {
    for (const auto& counter : counters) {
      counts.literals_and_lengths[value] += counter[value];
    }
  }
  ++counts.literals_and_lengths[deflate::kEndOfBlock];
}

HWY_EXPORT(write_symbols);

BitPosition write_symbols(std::span<const std::uint8_t> bytes, std::span<const Sequence> sequences,
                          const BlockCode& code, BitPosition position) {
  return HWY_DYNAMIC_DISPATCH(write_symbols)(bytes, sequences, code, position);
}

}  // namespace imagepacker
#endif
