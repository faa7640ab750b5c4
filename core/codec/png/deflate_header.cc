// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/deflate_header.h"

#include <algorithm>
#include <span>

#include "codec/png/huffman_code.h"

namespace imagepacker {
namespace {

constexpr int kMaxItemBits = 7;
constexpr int kMaxDistanceBits = 15;

// Symbols of RFC 1951 clause 3.2.7 and the runs they stand for.
constexpr std::uint8_t kRepeat = 16;
constexpr std::size_t kMinRepeat = 3, kMaxRepeat = 6;
constexpr std::uint8_t kZeros = 17;
constexpr std::size_t kMinZeros = 3;
constexpr std::uint8_t kManyZeros = 18;
constexpr std::size_t kMinManyZeros = 11, kMaxManyZeros = 138;

constexpr CodeLengths make_fixed_code_lengths() {
  CodeLengths lengths;
  for (int symbol = 0; symbol < deflate::kLiteralSymbols; ++symbol) {
    lengths.literals_and_lengths[symbol] = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8;
  }
  lengths.distances.fill(5);
  return lengths;
}

/// Symbols up to the last that is used.
std::uint32_t used_count(std::span<const std::uint8_t> lengths) {
  std::size_t count = lengths.size();
  while (count > 0 && lengths[count - 1] == 0) {
    --count;
  }
  return static_cast<std::uint32_t>(count);
}

}  // namespace

constinit const CodeLengths kFixedCodeLengths = make_fixed_code_lengths();

CodeLengths dynamic_code_lengths(const SymbolCounts& counts) {
  CodeLengths lengths;
  huffman_lengths(counts.literals_and_lengths, kMaxLiteralBits, lengths.literals_and_lengths);
  auto distances = counts.distances;
  for (std::size_t symbol = 0; std::ranges::count(distances, 0U) > deflate::kDistanceSymbols - 2; ++symbol) {
    distances[symbol] = std::max(distances[symbol], 1U);
  }
  huffman_lengths(distances, kMaxDistanceBits, lengths.distances);
  return lengths;
}

BlockHeader::BlockHeader(const CodeLengths& lengths)
    : literal_count_(std::max(kMinLiteralCount, used_count(lengths.literals_and_lengths))),
      distance_count_(std::max(1U, used_count(lengths.distances))) {
  std::array<std::uint8_t, deflate::kLiteralSymbols + deflate::kDistanceSymbols> all;
  auto* const end_of_literals = std::copy_n(lengths.literals_and_lengths.begin(), literal_count_, all.begin());
  auto* const end = std::copy_n(lengths.distances.begin(), distance_count_, end_of_literals);
  for (auto* at = all.begin(); at != end;) {
    auto* const run_end = std::find_if(at, end, [at](std::uint8_t length) { return length != *at; });
    add_run(*at, static_cast<std::size_t>(run_end - at));
    at = run_end;
  }
  huffman_lengths(item_frequencies_, kMaxItemBits, item_lengths_);
  huffman_words(item_lengths_, item_words_);
  while (order_count_ > kMinOrderCount && item_lengths_[kItemOrder[order_count_ - 1]] == 0) {
    --order_count_;
  }
}

void BlockHeader::add(std::uint8_t symbol, std::size_t extra) {
  items_[item_count_++] = {symbol, static_cast<std::uint8_t>(extra)};
  ++item_frequencies_[symbol];
}

void BlockHeader::add_run(std::uint8_t length, std::size_t count) {
  if (length == 0) {
    while (count >= kMinManyZeros) {
      const std::size_t part = std::min(count, kMaxManyZeros);
      add(kManyZeros, part - kMinManyZeros);
      count -= part;
    }
    if (count >= kMinZeros) {
      add(kZeros, count - kMinZeros);
      count = 0;
    }
  } else {
    add(length);
    --count;
    while (count >= kMinRepeat) {
      const std::size_t part = std::min(count, kMaxRepeat);
      add(kRepeat, part - kMinRepeat);
      count -= part;
    }
  }
  for (; count > 0; --count) {
    add(length);
  }
}

std::uint64_t BlockHeader::size_bits() const {
  std::uint64_t bits = 0;
  for_each_field([&bits](std::uint32_t, unsigned count) { bits += count; });
  return bits;
}

}  // namespace imagepacker
