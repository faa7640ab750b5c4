// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "codec/png/deflate_tokens.h"
#include "codec/png/literal_costs.h"

namespace imagepacker {

/// LZ77 for filtered photographs: what repeats there is a few pixels, so only places that lie whole pixels apart in
/// their rows are compared, two for each pixel, and a match is taken when it is cheaper than its literals are likely to
/// be. Keeps its memory from strip to strip. Not for several threads.
class PixelRepeatFinder {
 public:
  /// Begins with a strip of less than 2³¹ bytes, whose rows have `row_bytes` bytes, the first of which is the filter;
  /// it must stay until its last block is found. Matches don't reach out of it.
  void start(std::span<const std::uint8_t> strip, std::size_t row_bytes, std::size_t pixel_bytes);

  [[nodiscard]] bool is_done() const { return position_ == strip_.size(); }

  /// Splits the next rows of the strip, as many as should share a Huffman code, into literals and matches, which
  /// replace the content of `sequences`. Returns those bytes.
  std::span<const std::uint8_t> next_block(std::vector<Sequence>& sequences);

 private:
  /// A place, and how far before it another begins with the same key_bytes_.
  struct Hit {
    std::uint32_t position;
    std::uint32_t distance;
  };

  /// Estimates what literals of `block` cost, and how long a match must be at least.
  void choose_key(std::span<const std::uint8_t> block);
  /// Fills hits_ with those of the pixels from `first` on, before `end`.
  void scan(std::size_t first, std::size_t end);
  /// Takes what is worth it of hits_, up to `end`.
  void take_hits(std::size_t end, std::vector<Sequence>& sequences);

  static constexpr int kHashBits = 14;

  std::span<const std::uint8_t> strip_;
  std::size_t row_bytes_ = 0;
  std::size_t pixel_bytes_ = 0;
  std::size_t position_ = 0;
  std::size_t covered_ = 0;    ///< up to here there are sequences
  std::size_t key_bytes_ = 0;  ///< that a hit has at least
  LiteralCosts costs_;
  std::vector<Hit> hits_;  ///< the first hit_count_ are the scanned ones
  std::size_t hit_count_ = 0;
  /// The low halves of the last two places with that hash, the last one lowest.
  std::array<std::uint32_t, std::size_t{1} << kHashBits> places_;
};

}  // namespace imagepacker
