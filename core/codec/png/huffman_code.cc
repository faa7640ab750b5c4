// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/huffman_code.h"

#include <algorithm>
#include <array>

namespace imagepacker {
namespace {

constexpr int kMaxLength = 15;
/// No tree of frequencies below 2³² is deeper.
constexpr int kMaxTreeDepth = 48;

/// Depths of the leaves of an optimal tree, in place: `weights` come in ascending order and become depths in descending
/// order (Moffat and Katajainen, "In-place calculation of minimum-redundancy codes", 1995). Two weights at least.
void weights_to_depths(std::span<std::uint32_t> weights) {
  const int count = static_cast<int>(weights.size());
  // Weights of the inner nodes, then the parent of each.
  int leaf = 0;
  int root = 0;
  for (int next = 0; next < count - 1; ++next) {
    const auto take_lighter = [&] {
      if (leaf >= count || (root < next && weights[root] < weights[leaf])) {
        const std::uint32_t weight = weights[root];
        weights[root++] = static_cast<std::uint32_t>(next);
        return weight;
      }
      return weights[leaf++];
    };
    const std::uint32_t first = take_lighter();
    weights[next] = first + take_lighter();
  }
  // Depths of the inner nodes.
  weights[count - 2] = 0;
  for (int next = count - 3; next >= 0; --next) {
    weights[next] = weights[weights[next]] + 1;
  }
  // Depths of the leaves: what a level offers less the inner nodes in it.
  int available = 1;
  int inner = count - 2;
  int next = count - 1;
  for (std::uint32_t depth = 0; available > 0; ++depth) {
    int used = 0;
    while (inner >= 0 && weights[inner] == depth) {
      ++used;
      --inner;
    }
    for (; available > used; --available) {
      weights[next--] = depth;
    }
    available = 2 * used;
  }
}

/// Moves what lies deeper than `limit` up to it and pays for that with the deepest leaves above.
void limit_depths(std::span<std::uint32_t> leaves_at, int limit) {
  for (int depth = limit + 1; depth <= kMaxTreeDepth; ++depth) {
    leaves_at[limit] += leaves_at[depth];
    leaves_at[depth] = 0;
  }
  const std::uint32_t room = std::uint32_t{1} << limit;
  std::uint32_t taken = 0;
  for (int depth = 1; depth <= limit; ++depth) {
    taken += leaves_at[depth] << (limit - depth);
  }
  for (; taken > room; --taken) {
    --leaves_at[limit];
    int depth = limit - 1;
    while (leaves_at[depth] == 0) {
      --depth;
    }
    --leaves_at[depth];
    leaves_at[depth + 1] += 2;
  }
}

/// The 16 bits of `word` in the opposite order.
constexpr std::uint32_t reversed_bits(std::uint32_t word) {
  word = (word & 0x5555) << 1 | (word >> 1 & 0x5555);
  word = (word & 0x3333) << 2 | (word >> 2 & 0x3333);
  word = (word & 0x0F0F) << 4 | (word >> 4 & 0x0F0F);
  return (word & 0xFF) << 8 | word >> 8;
}

}  // namespace

void huffman_lengths(std::span<const std::uint32_t> frequencies, int limit, std::span<std::uint8_t> lengths) {
  std::fill(lengths.begin(), lengths.end(), std::uint8_t{0});
  std::array<std::uint64_t, kMaxHuffmanSymbols> by_weight;  // frequency above, symbol below
  std::size_t count = 0;
  for (std::size_t symbol = 0; symbol < frequencies.size(); ++symbol) {
    if (frequencies[symbol] != 0) {
      by_weight[count++] = std::uint64_t{frequencies[symbol]} << 16 | symbol;
    }
  }
  if (count < 2) {
    if (count == 1) {
      lengths[by_weight[0] & 0xFFFF] = 1;
    }
    return;
  }
  std::sort(by_weight.begin(), by_weight.begin() + static_cast<std::ptrdiff_t>(count));
  std::array<std::uint32_t, kMaxHuffmanSymbols> depths;
  for (std::size_t i = 0; i < count; ++i) {
    depths[i] = static_cast<std::uint32_t>(by_weight[i] >> 16);
  }
  weights_to_depths(std::span(depths).first(count));
  std::array<std::uint32_t, kMaxTreeDepth + 1> leaves_at{};
  for (std::size_t i = 0; i < count; ++i) {
    ++leaves_at[depths[i]];
  }
  limit_depths(leaves_at, limit);
  // The rarest symbols get the longest words.
  std::size_t next = 0;
  for (int depth = limit; depth > 0; --depth) {
    for (std::uint32_t i = 0; i < leaves_at[depth]; ++i) {
      lengths[by_weight[next++] & 0xFFFF] = static_cast<std::uint8_t>(depth);
    }
  }
}

void huffman_words(std::span<const std::uint8_t> lengths, std::span<std::uint16_t> words) {
  std::array<std::uint32_t, kMaxLength + 1> count_of{};
  for (const std::uint8_t length : lengths) {
    ++count_of[length];
  }
  count_of[0] = 0;
  std::array<std::uint32_t, kMaxLength + 2> next_word{};
  for (int length = 1; length <= kMaxLength; ++length) {
    next_word[length + 1] = (next_word[length] + count_of[length]) << 1;
  }
  for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
    const int length = lengths[symbol];
    const std::uint32_t word = length == 0 ? 0 : next_word[length]++;
    words[symbol] = static_cast<std::uint16_t>(reversed_bits(word) >> (16 - length));
  }
}

}  // namespace imagepacker
