// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/deflate_writer.h"

#include <algorithm>
#include <cstring>

#include "codec/png/deflate_header.h"
#include "codec/png/deflate_scan.h"
#include "codec/png/huffman_code.h"

namespace imagepacker {
namespace {

enum BlockType : unsigned { kStored = 0, kFixed = 1, kDynamic = 2 };
constexpr unsigned kBlockHeadBits = 3;
constexpr std::size_t kMaxStoredBytes = 65535;
constexpr std::size_t kStoredHeadBytes = 5;
/// Memory for most strips, of which only what is written is taken from the system.
constexpr std::size_t kMinCapacityBytes = std::size_t{1} << 19;

std::uint64_t symbol_bits(const SymbolCounts& counts, const CodeLengths& lengths) {
  std::uint64_t bits = counts.extra_bits;
  for (std::size_t i = 0; i < counts.literals_and_lengths.size(); ++i) {
    bits += std::uint64_t{counts.literals_and_lengths[i]} * lengths.literals_and_lengths[i];
  }
  for (std::size_t i = 0; i < counts.distances.size(); ++i) {
    bits += std::uint64_t{counts.distances[i]} * lengths.distances[i];
  }
  return bits;
}

BlockCode block_code(const CodeLengths& lengths) {
  std::array<std::uint16_t, kMaxHuffmanSymbols> words;
  huffman_words(lengths.literals_and_lengths, words);
  BlockCode code;
  for (std::size_t value = 0; value < code.literals.size(); ++value) {
    code.literals[value] = literal_entry(words[value], lengths.literals_and_lengths[value]);
  }
  code.end_of_block = {words[deflate::kEndOfBlock], lengths.literals_and_lengths[deflate::kEndOfBlock]};
  for (std::size_t length = kMinMatchLength; length <= kMaxMatchLength; ++length) {
    const RangeSymbol range = deflate::kLengthSymbols[length];
    const std::size_t symbol = deflate::kFirstLengthSymbol + std::size_t{range.symbol};
    const std::uint32_t word_length = lengths.literals_and_lengths[symbol];
    code.lengths[length] = {words[symbol] | static_cast<std::uint32_t>(length - range.base) << word_length,
                            word_length + range.extra_bits};
  }
  huffman_words(lengths.distances, words);
  for (std::size_t symbol = 0; symbol < code.distances.size(); ++symbol) {
    code.distances[symbol] = {words[symbol], lengths.distances[symbol]};
  }
  return code;
}

}  // namespace

void DeflateWriter::clear() {
  position_ = {memory_.get(), 0, 0};
}

std::span<const std::uint8_t> DeflateWriter::bytes() const {
  return {memory_.get(), static_cast<std::size_t>(position_.next - memory_.get())};
}

void DeflateWriter::reserve(std::size_t more_bytes) {
  const std::size_t used = bytes().size();
  const std::size_t needed = used + more_bytes + kBitWriterPaddingBytes;
  if (needed <= capacity_bytes_) {
    return;
  }
  const std::size_t capacity = std::max({needed, capacity_bytes_ * 2, kMinCapacityBytes});
  auto memory = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
  std::copy_n(memory_.get(), used, memory.get());
  memory_ = std::move(memory);
  capacity_bytes_ = capacity;
  position_.next = memory_.get() + used;
}

void DeflateWriter::put(std::uint64_t bits, unsigned count) {
  position_.bits |= bits << position_.count;
  position_.count += count;
  for (; position_.count >= 8; position_.count -= 8) {
    *position_.next++ = static_cast<std::uint8_t>(position_.bits);
    position_.bits >>= 8;
  }
}

void DeflateWriter::finish_byte() {
  if (position_.count > 0) {
    put(0, 8 - position_.count);
  }
}

void DeflateWriter::append(std::span<const std::uint8_t> bytes) {
  reserve(bytes.size());
  position_.next = std::copy(bytes.begin(), bytes.end(), position_.next);
}

Status DeflateWriter::append_stream(std::span<const std::uint8_t> stream, bool is_final) {
  const std::size_t begin = bytes().size();
  append(stream);
  if (is_final) {
    return {};
  }
  const auto end = find_deflate_end(stream);
  if (!end) {
    return make_error(Errc::internal, "a strip's deflate stream can't be read");
  }
  std::uint8_t* const first = memory_.get() + begin;
  first[end->last_block / 8] &= static_cast<std::uint8_t>(~(1U << (end->last_block % 8)));
  // What waits of the last byte goes back into the bit buffer.
  const auto count = static_cast<unsigned>(end->end % 8);
  position_.next = first + end->end / 8;
  position_.count = count;
  position_.bits = count == 0 ? 0 : *position_.next & ((1U << count) - 1);
  return {};
}

void DeflateWriter::write_stored(std::span<const std::uint8_t> bytes, bool is_final) {
  do {
    const auto part = bytes.first(std::min(bytes.size(), kMaxStoredBytes));
    bytes = bytes.subspan(part.size());
    reserve(kStoredHeadBytes + 1);
    put((is_final && bytes.empty() ? 1U : 0U) | kStored << 1, kBlockHeadBits);
    finish_byte();
    put(part.size(), 16);
    put(~part.size() & 0xFFFF, 16);
    append(part);
  } while (!bytes.empty());
}

void DeflateWriter::flush_to_byte() {
  write_stored({}, false);
}

template <class WriteSymbols>
void DeflateWriter::write_block_of(std::span<const std::uint8_t> bytes, const SymbolCounts& counts, bool is_final,
                                   const WriteSymbols& write_symbols) {
  CodeLengths lengths = dynamic_code_lengths(counts);
  const BlockHeader header(lengths);
  const std::uint64_t dynamic_bits = header.size_bits() + symbol_bits(counts, lengths);
  const std::uint64_t fixed_bits = symbol_bits(counts, kFixedCodeLengths);
  const std::size_t stored_parts = bytes.size() / kMaxStoredBytes + 1;
  const std::uint64_t stored_bits = 8 * (bytes.size() + stored_parts * kStoredHeadBytes);
  const std::uint64_t bits = std::min(dynamic_bits, fixed_bits);
  if (stored_bits <= bits) {
    return write_stored(bytes, is_final);
  }
  reserve(static_cast<std::size_t>(bits / 8) + 1);
  const bool is_dynamic = dynamic_bits < fixed_bits;
  put((is_final ? 1U : 0U) | (is_dynamic ? kDynamic : kFixed) << 1, kBlockHeadBits);
  if (is_dynamic) {
    header.for_each_field([this](std::uint32_t value, unsigned count) { put(value, count); });
  } else {
    lengths = kFixedCodeLengths;
  }
  position_ = write_symbols(lengths);
  if (is_final) {
    finish_byte();
  }
}

void DeflateWriter::write_block(std::span<const std::uint8_t> bytes, std::span<const Sequence> sequences,
                                bool is_final) {
  SymbolCounts counts;
  count_symbols(bytes, sequences, counts);
  write_block_of(bytes, counts, is_final, [&](const CodeLengths& lengths) {
    return write_symbols(bytes, sequences, block_code(lengths), position_);
  });
}

void DeflateWriter::write_block(std::span<const std::uint8_t> bytes, const PixelTokens& tokens, bool is_final) {
  write_block_of(bytes, tokens.counts, is_final,
                 [&](const CodeLengths& lengths) { return write_tokens(tokens, lengths, position_); });
}

}  // namespace imagepacker
