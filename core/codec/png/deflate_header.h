// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>

#include "codec/png/deflate_kernels.h"

namespace imagepacker {

/// Lengths of the two codes of a block.
struct CodeLengths {
  std::array<std::uint8_t, deflate::kLiteralSymbols> literals_and_lengths{};
  std::array<std::uint8_t, deflate::kDistanceSymbols> distances{};
};

/// The code of RFC 1951 clause 3.2.6.
extern const CodeLengths kFixedCodeLengths;

/// The best code for what was counted, within kMaxLiteralBits. There are always two distances in it: some old readers
/// stumble over fewer.
CodeLengths dynamic_code_lengths(const SymbolCounts& counts);

/// What stands between a dynamic block's type and its symbols: the code lengths, run-length and Huffman coded (RFC 1951
/// clause 3.2.7).
class BlockHeader {
 public:
  /// Alphabet of the code that codes code lengths, and the order in which its own lengths stand.
  static constexpr std::size_t kItemSymbols = 19;
  static constexpr std::array<std::uint8_t, kItemSymbols> kItemOrder = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                                        11, 4,  12, 3, 13, 2, 14, 1, 15};

  explicit BlockHeader(const CodeLengths& lengths);

  [[nodiscard]] std::uint64_t size_bits() const;

  /// Calls put(value, bit count) for every field in order.
  template <class Put>
  void for_each_field(Put&& put) const {
    put(literal_count_ - kMinLiteralCount, 5);
    put(distance_count_ - 1, 5);
    put(order_count_ - kMinOrderCount, 4);
    for (std::uint32_t i = 0; i < order_count_; ++i) {
      put(item_lengths_[kItemOrder[i]], 3);
    }
    for (std::uint32_t i = 0; i < item_count_; ++i) {
      const Item item = items_[i];
      put(item_words_[item.symbol], item_lengths_[item.symbol]);
      put(item.extra, kItemExtraBits[item.symbol]);
    }
  }

 private:
  static constexpr std::uint32_t kMinLiteralCount = 257;
  static constexpr std::uint32_t kMinOrderCount = 4;
  static constexpr std::array<std::uint8_t, kItemSymbols> kItemExtraBits = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                                                            0, 0, 0, 0, 0, 0, 2, 3, 7};

  /// A code length, or a repetition of one.
  struct Item {
    std::uint8_t symbol;
    std::uint8_t extra;
  };

  void add(std::uint8_t symbol, std::size_t extra = 0);
  void add_run(std::uint8_t length, std::size_t count);

  std::uint32_t literal_count_;
  std::uint32_t distance_count_;
  std::uint32_t order_count_ = kItemSymbols;
  std::uint32_t item_count_ = 0;
  std::array<Item, deflate::kLiteralSymbols + deflate::kDistanceSymbols> items_;
  std::array<std::uint32_t, kItemSymbols> item_frequencies_{};
  std::array<std::uint8_t, kItemSymbols> item_lengths_;
  std::array<std::uint16_t, kItemSymbols> item_words_;
};

}  // namespace imagepacker
