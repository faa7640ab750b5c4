// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "codec/png/pixel_matches_kernels.h"
#include "codec/png/pixel_tokens.h"

namespace imagepacker {

/// LZ77 for filtered photographs of three or four bytes a pixel, fast: each pixel is compared with the last place of
/// the same pixel and the last of the same two, by tables that hold what stood there. A match is whole pixels. Keeps
/// its memory from strip to strip. Not for several threads.
class PixelMatcher {
 public:
  /// Blocks at a strip's beginning that are short, to tell what this is worth: the window is empty in the first still.
  static constexpr std::size_t kTrials = 2;

  /// Begins with a strip of less than 2³¹ bytes, whose rows have `row_bytes` bytes, the first of which is the filter;
  /// it must stay until its last block is found, with kPixelPaddingBytes readable bytes behind it.
  void start(std::span<const std::uint8_t> strip, std::size_t row_bytes, PixelBytes pixel_bytes);

  [[nodiscard]] bool is_done() const { return position_ == strip_.size(); }

  /// Finds matches in the next rows of the strip, as many as should share a Huffman code, and returns those bytes. What
  /// symbols cost is taken from the block before.
  std::span<const std::uint8_t> next_block();
  /// What they are made of, until the next call.
  [[nodiscard]] const PixelTokens& tokens() const { return tokens_; }

 private:
  void learn(const SymbolCounts& counts);
  void add_row(const std::uint8_t* row, std::size_t position);
  void swap_places(std::size_t count);

  std::span<const std::uint8_t> strip_;
  std::size_t row_bytes_ = 0;
  PixelBytes pixel_bytes_ = PixelBytes::three;
  std::size_t position_ = 0;
  std::size_t trial_rows_ = 0;
  std::size_t block_rows_ = 0;
  std::size_t trials_left_ = 0;
  std::size_t swept_ = 0;  ///< where the places were last freed of those that lie too far back
  PixelCosts costs_;
  PixelChunk chunk_;
  PixelPlaces places_;
  PartCounters counters_;
  PixelTokens tokens_;
  std::uint32_t cell_ = 0;  ///< of the next row's filter
  std::size_t event_count_ = 0;
  std::vector<std::uint32_t> marks_;   ///< of a row
  std::vector<std::uint32_t> pixels_;  ///< of a row
  std::unique_ptr<PixelToken[]> block_;
  std::size_t block_capacity_ = 0;
};

}  // namespace imagepacker
