// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "codec/png/deflate_tokens.h"

namespace imagepacker {

/// Codes pixels of a filtered photograph by the last place where the same pixel stood. Where channels change alike few
/// different pixels occur, and such a place costs less than three literals. Keeps its memory from strip to strip. Not
/// for several threads.
class SamePixelFinder {
 public:
  /// Whether pixels of so many bytes can be looked for.
  static constexpr bool is_for(std::size_t pixel_bytes) { return pixel_bytes == 3 || pixel_bytes == 4; }

  /// Begins with a strip of less than 2³¹ bytes, whose rows have `row_bytes` bytes, the first of which is the filter;
  /// it must stay until its last block is found. Matches don't reach out of it.
  void start(std::span<const std::uint8_t> strip, std::size_t row_bytes, std::size_t pixel_bytes);

  [[nodiscard]] bool is_done() const { return position_ == strip_.size(); }

  /// Splits the next rows of the strip, as many as should share a Huffman code, into literals and matches, which
  /// replace the content of `sequences`. Returns those bytes.
  std::span<const std::uint8_t> next_block(std::vector<Sequence>& sequences);

  static constexpr int kHashBits = 14;
  /// Where pixels were seen: the low halves of their last places.
  using Places = std::array<std::uint16_t, std::size_t{1} << kHashBits>;
  /// What literals, and matches of one pixel by the width of the distance, are likely to cost.
  struct Costs {
    std::array<std::uint32_t, 256> literals;
    std::array<std::uint32_t, 32> distances;
  };

 private:
  void update_costs();

  std::span<const std::uint8_t> strip_;
  std::size_t row_bytes_ = 0;
  std::size_t pixel_bytes_ = 0;
  std::size_t position_ = 0;
  std::uint32_t recent_matches_ = 0;   ///< about as many as in the last rows
  std::uint32_t recent_literals_ = 0;  ///< the same
  Costs costs_;
  Places places_;
};

}  // namespace imagepacker
