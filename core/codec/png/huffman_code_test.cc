// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/huffman_code.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <queue>
#include <random>
#include <vector>

namespace imagepacker {
namespace {

using Frequencies = std::vector<std::uint32_t>;

std::vector<std::uint8_t> lengths_of(const Frequencies& frequencies, int limit) {
  std::vector<std::uint8_t> lengths(frequencies.size());
  huffman_lengths(frequencies, limit, lengths);
  return lengths;
}

std::uint64_t cost(const Frequencies& frequencies, const std::vector<std::uint8_t>& lengths) {
  return std::inner_product(frequencies.begin(), frequencies.end(), lengths.begin(), std::uint64_t{0});
}

/// Sum of the inner nodes' weights of a tree built the textbook way: the bits of an optimal code.
std::uint64_t optimal_cost(const Frequencies& frequencies) {
  std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> nodes;
  for (const std::uint32_t frequency : frequencies) {
    if (frequency != 0) {
      nodes.push(frequency);
    }
  }
  std::uint64_t bits = 0;
  while (nodes.size() > 1) {
    const std::uint64_t first = nodes.top();
    nodes.pop();
    const std::uint64_t sum = first + nodes.top();
    nodes.pop();
    nodes.push(sum);
    bits += sum;
  }
  return bits;
}

/// The share of all words that the lengths take, in units of 2^-15.
std::uint32_t kraft_sum(const std::vector<std::uint8_t>& lengths) {
  std::uint32_t sum = 0;
  for (const std::uint8_t length : lengths) {
    sum += length == 0 ? 0 : std::uint32_t{1} << (15 - length);
  }
  return sum;
}

constexpr std::uint32_t kComplete = std::uint32_t{1} << 15;

TEST(HuffmanCode, IsOptimalWhereTheLimitDoesNotBind) {
  std::minstd_rand random(3);
  for (int round = 0; round < 200; ++round) {
    Frequencies frequencies(2 + random() % 285);
    for (auto& frequency : frequencies) {
      frequency = random() % 5 == 0 ? 0 : 20 + random() % 500;
    }
    frequencies[0] = frequencies[1] = 27;
    const auto lengths = lengths_of(frequencies, 15);
    EXPECT_EQ(kraft_sum(lengths), kComplete);
    EXPECT_EQ(cost(frequencies, lengths), optimal_cost(frequencies));
  }
}

TEST(HuffmanCode, KeepsTheLimitAndCompletesTheCode) {
  Frequencies fibonacci = {1, 1};
  while (fibonacci.size() < 40) {
    fibonacci.push_back(fibonacci.back() + fibonacci[fibonacci.size() - 2]);
  }
  for (const int limit : {6, 7, 14, 15}) {
    const auto lengths = lengths_of(fibonacci, limit);
    EXPECT_LE(*std::max_element(lengths.begin(), lengths.end()), limit);
    EXPECT_EQ(kraft_sum(lengths), kComplete);
  }
  Frequencies full(128, 1);
  full[5] = 1000000;
  EXPECT_EQ(kraft_sum(lengths_of(full, 7)), kComplete);
}

TEST(HuffmanCode, CodesFewSymbols) {
  EXPECT_EQ(lengths_of({0, 0, 0}, 15), (std::vector<std::uint8_t>{0, 0, 0}));
  EXPECT_EQ(lengths_of({0, 9, 0}, 15), (std::vector<std::uint8_t>{0, 1, 0}));
  EXPECT_EQ(lengths_of({4000000000, 0, 1}, 15), (std::vector<std::uint8_t>{1, 0, 1}));
}

TEST(HuffmanCode, NumbersWordsAsTheRfcDoes) {
  // RFC 1951 clause 3.2.2: A..H with lengths 3 3 3 3 3 2 4 4 are 010 011 100 101 110 00 1110 1111.
  const std::vector<std::uint8_t> lengths = {3, 3, 3, 3, 3, 2, 4, 4};
  std::vector<std::uint16_t> words(8);
  huffman_words(lengths, words);
  EXPECT_EQ(words, (std::vector<std::uint16_t>{0b010, 0b110, 0b001, 0b101, 0b011, 0b00, 0b0111, 0b1111}));
}

}  // namespace
}  // namespace imagepacker
