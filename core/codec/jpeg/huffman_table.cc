// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/huffman_table.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace imagepacker::jpeg {
namespace {

/// Symbols 0x00..0x0B in order, the same in both DC tables.
constexpr JpegHuffmanSpec make_dc(std::array<std::uint8_t, 16> length_counts) {
  JpegHuffmanSpec spec{.length_counts = length_counts};
  for (std::uint8_t size = 0; size < 12; ++size) {
    spec.symbols[size] = size;
  }
  return spec;
}

// ITU-T T.81 tables K.3 to K.6.
constexpr JpegHuffmanSpec kDcLuma = make_dc({0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0});
constexpr JpegHuffmanSpec kDcChroma = make_dc({0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0});
constexpr JpegHuffmanSpec kAcLuma = {
    .length_counts = {0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125},
    .symbols = {0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22,
                0x71, 0x14, 0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52, 0xD1, 0xF0, 0x24, 0x33,
                0x62, 0x72, 0x82, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x34,
                0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x53, 0x54, 0x55,
                0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76,
                0x77, 0x78, 0x79, 0x7A, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96,
                0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5,
                0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4,
                0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE1, 0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF1,
                0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA}};
constexpr JpegHuffmanSpec kAcChroma = {
    .length_counts = {0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119},
    .symbols = {0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71, 0x13,
                0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xA1, 0xB1, 0xC1, 0x09, 0x23, 0x33, 0x52, 0xF0, 0x15, 0x62,
                0x72, 0xD1, 0x0A, 0x16, 0x24, 0x34, 0xE1, 0x25, 0xF1, 0x17, 0x18, 0x19, 0x1A, 0x26, 0x27, 0x28, 0x29,
                0x2A, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x53, 0x54,
                0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75,
                0x76, 0x77, 0x78, 0x79, 0x7A, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x92, 0x93, 0x94,
                0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3,
                0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2,
                0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA,
                0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA}};

/// Stands for the code of all ones: rarer than any real symbol, so it gets the last of the longest codes.
constexpr int kReservedSymbol = 256;

struct Leaf {
  std::uint64_t count;
  int symbol;
};

/// An item of the package-merge algorithm: a leaf, or two items of the level before.
struct Package {
  std::uint64_t weight;
  int leaf;   ///< index of the leaf, or -1
  int first;  ///< index of the first of the two items
};

/// Adds one to the length of every leaf in `item` of `levels[level]`.
void count_leaves(const std::vector<std::vector<Package>>& levels, std::size_t level, std::size_t item,
                  std::vector<int>& lengths) {
  const Package& package = levels[level][item];
  if (package.leaf >= 0) {
    ++lengths[static_cast<std::size_t>(package.leaf)];
    return;
  }
  count_leaves(levels, level - 1, static_cast<std::size_t>(package.first), lengths);
  count_leaves(levels, level - 1, static_cast<std::size_t>(package.first) + 1, lengths);
}

/// Optimal code lengths of at most kMaxCodeBits for leaves in ascending order of count (package-merge: Larmore and
/// Hirschberg, 1990). At least two leaves.
std::vector<int> limited_lengths(const std::vector<Leaf>& leaves) {
  std::vector<std::vector<Package>> levels(kMaxCodeBits);
  for (std::size_t level = 0; level < levels.size(); ++level) {
    std::vector<Package>& items = levels[level];
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      items.push_back({leaves[i].count, static_cast<int>(i), -1});
    }
    if (level > 0) {
      const std::vector<Package>& below = levels[level - 1];
      for (std::size_t i = 0; i + 1 < below.size(); i += 2) {
        items.push_back({below[i].weight + below[i + 1].weight, -1, static_cast<int>(i)});
      }
      std::ranges::stable_sort(items, {}, &Package::weight);
    }
  }
  std::vector<int> lengths(leaves.size());
  for (std::size_t i = 0; i < 2 * leaves.size() - 2; ++i) {
    count_leaves(levels, levels.size() - 1, i, lengths);
  }
  return lengths;
}

}  // namespace

const JpegHuffmanSpec& standard_huffman_spec(bool is_ac, bool is_chroma) {
  if (is_ac) {
    return is_chroma ? kAcChroma : kAcLuma;
  }
  return is_chroma ? kDcChroma : kDcLuma;
}

JpegHuffmanSpec optimal_huffman_spec(std::span<const std::uint64_t, 256> counts) {
  std::vector<Leaf> leaves = {{0, kReservedSymbol}};
  for (int symbol = 0; symbol < 256; ++symbol) {
    if (counts[static_cast<std::size_t>(symbol)] > 0) {
      leaves.push_back({counts[static_cast<std::size_t>(symbol)], symbol});
    }
  }
  if (leaves.size() == 1) {
    leaves.push_back({1, 0});
  }
  std::ranges::stable_sort(leaves, {}, &Leaf::count);
  const std::vector<int> lengths = limited_lengths(leaves);

  std::vector<std::size_t> order(leaves.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // The reserved leaf is the rarest, so no code is longer than its; last among equals it has the code of all ones.
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return std::pair(lengths[a], leaves[a].symbol) < std::pair(lengths[b], leaves[b].symbol);
  });
  JpegHuffmanSpec spec;
  for (std::size_t i = 0; i + 1 < order.size(); ++i) {
    ++spec.length_counts[static_cast<std::size_t>(lengths[order[i]] - 1)];
    spec.symbols[i] = static_cast<std::uint8_t>(leaves[order[i]].symbol);
  }
  return spec;
}

HuffmanCodes huffman_codes(const JpegHuffmanSpec& spec) {
  HuffmanCodes codes;
  unsigned code = 0;
  std::size_t index = 0;
  for (std::size_t bits = 1; bits <= spec.length_counts.size(); ++bits) {
    for (int i = 0; i < spec.length_counts[bits - 1]; ++i) {
      const std::uint8_t symbol = spec.symbols[index++];
      codes.code[symbol] = static_cast<std::uint16_t>(code++);
      codes.length_bits[symbol] = static_cast<std::uint8_t>(bits);
    }
    code <<= 1;
  }
  return codes;
}

}  // namespace imagepacker::jpeg
