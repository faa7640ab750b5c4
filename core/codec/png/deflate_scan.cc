// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/deflate_scan.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "codec/png/deflate_header.h"
#include "codec/png/deflate_tokens.h"
#include "codec/png/huffman_code.h"

namespace imagepacker {
namespace {

/// Reads bits, lowest first. Behind the end there are zeros, and is_beyond() tells.
class BitReader {
 public:
  explicit BitReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] bool is_beyond() const { return position_ > 8 * static_cast<std::uint64_t>(bytes_.size()); }

  /// The next `count` (up to 32) bits, which stay.
  [[nodiscard]] std::uint32_t peek(unsigned count) const {
    std::uint64_t word = 0;
    const std::uint64_t first = position_ / 8;
    for (std::uint64_t i = 0; i < 5 && first + i < bytes_.size(); ++i) {
      word |= std::uint64_t{bytes_[first + i]} << (8 * i);
    }
    return static_cast<std::uint32_t>(word >> (position_ % 8) & ((std::uint64_t{1} << count) - 1));
  }
  void skip(std::uint64_t count) { position_ += count; }
  std::uint32_t take(unsigned count) {
    const std::uint32_t value = peek(count);
    skip(count);
    return value;
  }
  void align() { position_ = (position_ + 7) / 8 * 8; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::uint64_t position_ = 0;
};

/// What each possible start of a bit stream means, by look-up.
class Decoder {
 public:
  explicit Decoder(std::span<const std::uint8_t> lengths)
      : longest_(*std::max_element(lengths.begin(), lengths.end())), entries_(std::size_t{1} << longest_) {
    std::array<std::uint16_t, kMaxHuffmanSymbols> words;
    huffman_words(lengths, words);
    for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
      if (lengths[symbol] == 0) {
        continue;
      }
      const std::size_t step = std::size_t{1} << lengths[symbol];
      for (std::size_t i = words[symbol]; i < entries_.size(); i += step) {
        entries_[i] = {static_cast<std::uint16_t>(symbol), lengths[symbol]};
      }
    }
  }

  /// The next symbol, or nothing where no word begins so.
  std::optional<std::uint32_t> take(BitReader& reader) const {
    const Entry entry = entries_[reader.peek(longest_)];
    if (entry.length == 0 || reader.is_beyond()) {
      return std::nullopt;
    }
    reader.skip(entry.length);
    return entry.symbol;
  }

 private:
  struct Entry {
    std::uint16_t symbol = 0;
    std::uint8_t length = 0;
  };
  unsigned longest_;
  std::vector<Entry> entries_;
};

constexpr std::uint32_t kUsedLengthSymbols = 29;

unsigned length_extra_bits(std::uint32_t symbol) {
  return symbol < 8 || symbol == kUsedLengthSymbols - 1 ? 0 : symbol / 4 - 1;
}

unsigned distance_extra_bits(std::uint32_t symbol) {
  return symbol < 4 ? 0 : symbol / 2 - 1;
}

bool skip_symbols(BitReader& reader, const CodeLengths& lengths) {
  const Decoder literals(lengths.literals_and_lengths);
  const Decoder distances(lengths.distances);
  for (;;) {
    const auto symbol = literals.take(reader);
    if (!symbol) {
      return false;
    }
    if (*symbol == deflate::kEndOfBlock) {
      return true;
    }
    if (*symbol < deflate::kEndOfBlock) {
      continue;
    }
    const std::uint32_t length = *symbol - deflate::kFirstLengthSymbol;
    if (length >= kUsedLengthSymbols) {
      return false;
    }
    reader.skip(length_extra_bits(length));
    const auto distance = distances.take(reader);
    if (!distance) {
      return false;
    }
    reader.skip(distance_extra_bits(*distance));
  }
}

/// Reads the code lengths of a dynamic block, RFC 1951 clause 3.2.7.
bool read_code_lengths(BitReader& reader, CodeLengths& lengths) {
  const std::size_t literal_count = reader.take(5) + 257;
  const std::size_t distance_count = reader.take(5) + 1;
  const std::size_t order_count = reader.take(4) + 4;
  if (literal_count > deflate::kLiteralSymbols || distance_count > deflate::kDistanceSymbols) {
    return false;
  }
  std::array<std::uint8_t, BlockHeader::kItemSymbols> item_lengths{};
  for (std::size_t i = 0; i < order_count; ++i) {
    item_lengths[BlockHeader::kItemOrder[i]] = static_cast<std::uint8_t>(reader.take(3));
  }
  const Decoder items(item_lengths);
  std::array<std::uint8_t, deflate::kLiteralSymbols + deflate::kDistanceSymbols> all{};
  std::size_t count = 0;
  while (count < literal_count + distance_count) {
    const auto item = items.take(reader);
    if (!item) {
      return false;
    }
    if (*item < 16) {
      all[count++] = static_cast<std::uint8_t>(*item);
      continue;
    }
    if (*item == 16 && count == 0) {
      return false;
    }
    const std::uint8_t repeated = *item == 16 ? all[count - 1] : 0;
    const std::size_t times = reader.take(*item == 16 ? 2 : *item == 17 ? 3 : 7) + (*item == 18 ? 11 : 3);
    if (times > literal_count + distance_count - count) {
      return false;
    }
    std::fill_n(all.begin() + count, times, repeated);
    count += times;
  }
  std::copy_n(all.begin(), literal_count, lengths.literals_and_lengths.begin());
  std::copy_n(all.begin() + literal_count, distance_count, lengths.distances.begin());
  return true;
}

bool skip_block(BitReader& reader, unsigned type) {
  if (type == 0) {
    reader.align();
    const std::uint32_t size = reader.take(16);
    reader.skip(16 + std::uint64_t{8} * size);
    return true;
  }
  CodeLengths lengths;
  if (type == 1) {
    lengths = kFixedCodeLengths;
  } else if (type != 2 || !read_code_lengths(reader, lengths)) {
    return false;
  }
  return skip_symbols(reader, lengths);
}

}  // namespace

std::optional<DeflateEnd> find_deflate_end(std::span<const std::uint8_t> stream) {
  BitReader reader(stream);
  for (;;) {
    const std::uint64_t block = reader.position();
    const bool is_last = reader.take(1) == 1;
    if (!skip_block(reader, reader.take(2)) || reader.is_beyond()) {
      return std::nullopt;
    }
    if (is_last) {
      return DeflateEnd{block, reader.position()};
    }
  }
}

}  // namespace imagepacker
