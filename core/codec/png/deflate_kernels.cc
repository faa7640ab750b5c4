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

/// Writes the literals of four entries: up to four, entries of none being 0.
HWY_INLINE void write_four(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d, BitBuffer& out) {
  const std::uint64_t ab = a >> 16 | behind(a, b >> 16);
  const std::uint64_t cd = c >> 16 | behind(c, d >> 16);
  out.add(ab | behind(a + b, cd), (a + b + c + d) & 0xFFFF);
  out.flush();
}

/// Returns the end of those written: all but up to three.
HWY_INLINE const std::uint8_t* write_fours(const std::uint8_t* bytes, std::size_t count, const BlockCode& code,
                                           BitBuffer& out) {
  const std::uint8_t* const end = bytes + count / 4 * 4;
  for (; bytes != end; bytes += 4) {
    write_four(code.literals[bytes[0]], code.literals[bytes[1]], code.literals[bytes[2]], code.literals[bytes[3]], out);
  }
  return bytes;
}

/// Literals with three bytes behind them, that a match covers: how many there are then needs no branch.
HWY_INLINE void write_literals_before_match(const std::uint8_t* bytes, std::size_t count, const BlockCode& code,
                                            BitBuffer& out) {
  const std::uint8_t* const rest = write_fours(bytes, count, code, out);
  const std::size_t left = count % 4;
  const auto entry_if = [&](bool is_there, std::uint8_t value) {
    return code.literals[value] & (std::uint32_t{0} - std::uint32_t{is_there});
  };
  write_four(entry_if(left > 0, rest[0]), entry_if(left > 1, rest[1]), entry_if(left > 2, rest[2]), 0, out);
}

HWY_INLINE void write_last_literals(const std::uint8_t* bytes, std::size_t count, const BlockCode& code,
                                    BitBuffer& out) {
  const std::uint8_t* const end = bytes + count;
  for (bytes = write_fours(bytes, count, code, out); bytes != end; ++bytes) {
    write_four(code.literals[*bytes], 0, 0, 0, out);
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
    if (HWY_UNLIKELY(sequence.match_length == 0)) {
      write_last_literals(at, sequence.literal_count, code, out);
    } else {
      write_literals_before_match(at, sequence.literal_count, code, out);
      write_match(sequence, code, out);
    }
    at += sequence.literal_count + sequence.match_length;
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

/// Several counters per value, so that a byte need not wait for the counter of an equal one before it.
using Counters = std::array<std::array<std::uint32_t, 256>, 8>;

void count_bytes(const std::uint8_t* at, std::size_t count, Counters& counters) {
  const std::uint8_t* const end = at + count;
  for (; end - at >= 8; at += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, at, sizeof eight);
    for (std::size_t i = 0; i < 8; ++i) {
      ++counters[i][eight >> (8 * i) & 0xFF];
    }
  }
  for (; at < end; ++at) {
    ++counters[0][*at];
  }
}

/// Takes what a match covers out of the counts of bytes.
void discount(const std::uint8_t* covered, const Sequence& sequence, Counters& counters) {
  if (sequence.distance == 1) {
    counters[0][*covered] -= sequence.match_length;
    return;
  }
  for (std::size_t i = 0; i < sequence.match_length; ++i) {
    --counters[i % 8][covered[i]];
  }
}

void count_literals(std::span<const std::uint8_t> bytes, std::span<const Sequence> sequences, Counters& counters) {
  std::size_t literals = 0;
  for (const Sequence& sequence : sequences) {
    literals += sequence.literal_count;
  }
  // Where many are literals, all bytes less the covered ones are sooner counted than pieces.
  const bool counts_all = literals > bytes.size() / 4;
  if (counts_all) {
    count_bytes(bytes.data(), bytes.size(), counters);
  }
  const std::uint8_t* at = bytes.data();
  for (const Sequence& sequence : sequences) {
    if (!counts_all) {
      count_bytes(at, sequence.literal_count, counters);
    } else if (sequence.match_length != 0) {
      discount(at + sequence.literal_count, sequence, counters);
    }
    at += sequence.literal_count + sequence.match_length;
  }
}

}  // namespace

void count_symbols(std::span<const std::uint8_t> bytes, std::span<const Sequence> sequences, SymbolCounts& counts) {
  Counters counters{};
  count_literals(bytes, sequences, counters);
  for (std::size_t value = 0; value < 256; ++value) {
    for (const auto& counter : counters) {
      counts.literals_and_lengths[value] += counter[value];
    }
  }
  std::array<std::uint32_t, kMaxMatchLength + 1> length_counts{};
  for (const Sequence& sequence : sequences) {
    if (sequence.match_length != 0) {
      ++length_counts[sequence.match_length];
      const RangeSymbol distance = deflate::distance_symbol(sequence.distance);
      ++counts.distances[distance.symbol];
      counts.extra_bits += distance.extra_bits;
    }
  }
  for (std::size_t length = kMinMatchLength; length <= kMaxMatchLength; ++length) {
    const RangeSymbol symbol = deflate::kLengthSymbols[length];
    counts.literals_and_lengths[deflate::kFirstLengthSymbol + symbol.symbol] += length_counts[length];
    counts.extra_bits += std::uint64_t{length_counts[length]} * symbol.extra_bits;
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
