// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/huffman_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <queue>
#include <random>

namespace imagepacker::jpeg {
namespace {

using Counts = std::array<std::uint64_t, 256>;

std::uint64_t bits_for(const Counts& counts, const HuffmanCodes& codes) {
  std::uint64_t bits = 0;
  for (std::size_t symbol = 0; symbol < counts.size(); ++symbol) {
    bits += counts[symbol] * codes.length_bits[symbol];
  }
  return bits;
}

/// What a Huffman code without length limit takes, the reserved code included.
std::uint64_t unlimited_bits(const Counts& counts) {
  std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> queue;
  queue.push(0);
  for (const std::uint64_t count : counts) {
    if (count > 0) {
      queue.push(count);
    }
  }
  std::uint64_t bits = 0;
  while (queue.size() > 1) {
    const std::uint64_t first = queue.top();
    queue.pop();
    const std::uint64_t sum = first + queue.top();
    queue.pop();
    queue.push(sum);
    bits += sum;
  }
  return bits;
}

void expect_valid(const Counts& counts, const JpegHuffmanSpec& spec) {
  const HuffmanCodes codes = huffman_codes(spec);
  double kraft = 0;
  for (std::size_t symbol = 0; symbol < counts.size(); ++symbol) {
    const int bits = codes.length_bits[symbol];
    if (counts[symbol] > 0) {
      ASSERT_GT(bits, 0);
    }
    ASSERT_LE(bits, kMaxCodeBits);
    if (bits > 0) {
      kraft += 1.0 / (1 << bits);
      EXPECT_NE(codes.code[symbol], (1 << bits) - 1) << "the code of all ones is reserved";
    }
  }
  EXPECT_LT(kraft, 1.0);
}

TEST(OptimalHuffman, IsAsShortAsHuffmansWhenTheLimitDoesNotMatter) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    Counts counts{};
    const unsigned used = 1 + random() % 256;
    for (unsigned i = 0; i < used; ++i) {
      counts[random() % 256] = 1 + random() % 1000;
    }
    const JpegHuffmanSpec spec = optimal_huffman_spec(counts);
    expect_valid(counts, spec);
    EXPECT_EQ(bits_for(counts, huffman_codes(spec)), unlimited_bits(counts));
  }
}

TEST(OptimalHuffman, KeepsToSixteenBitsWithFibonacciCounts) {
  Counts counts{};
  std::uint64_t previous = 1, current = 1;
  for (int symbol = 0; symbol < 60; ++symbol) {
    counts[static_cast<std::size_t>(symbol)] = current;
    const std::uint64_t next = previous + current;
    previous = current;
    current = next;
  }
  expect_valid(counts, optimal_huffman_spec(counts));
}

TEST(OptimalHuffman, HasATableForEveryNumberOfSymbols) {
  for (std::size_t used = 0; used <= 256; ++used) {
    Counts counts{};
    std::fill_n(counts.begin(), used, 1);
    const JpegHuffmanSpec spec = optimal_huffman_spec(counts);
    EXPECT_EQ(spec.symbol_count(), static_cast<int>(std::max<std::size_t>(used, 1)));
    expect_valid(counts, spec);
  }
}

TEST(StandardHuffman, HasCodesForAllThatBaselineNeeds) {
  for (const bool is_chroma : {false, true}) {
    EXPECT_EQ(standard_huffman_spec(false, is_chroma).symbol_count(), 12);
    EXPECT_EQ(standard_huffman_spec(true, is_chroma).symbol_count(), 162);
    Counts counts{};
    counts[0x00] = counts[0xF0] = 1;
    for (std::size_t run = 0; run < 16; ++run) {
      for (std::size_t size = 1; size <= 10; ++size) {
        counts[run * 16 + size] = 1;
      }
    }
    expect_valid(counts, standard_huffman_spec(true, is_chroma));
  }
}

}  // namespace
}  // namespace imagepacker::jpeg
