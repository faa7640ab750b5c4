// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "codec/png/deflate_tokens.h"

namespace imagepacker {

/// LZ77 for drawn pictures (screens, text, diagrams): hash chains with lazy evaluation, and flat runs, of which such
/// pictures are full, found and left behind at the speed of memory.
/// Keeps its memory from strip to strip. Not for several threads.
class RepeatFinder {
 public:
  /// Begins with a strip of less than 2³¹ bytes, which must stay until its last block is found; matches don't reach out
  /// of it. A run is what repeats after `pixel_bytes`. `chain_length`: how many earlier places are looked at for each
  /// match, at least 1.
  void start(std::span<const std::uint8_t> strip, std::size_t pixel_bytes, int chain_length);

  [[nodiscard]] bool is_done() const { return position_ == strip_.size(); }

  /// Splits the next bytes of the strip, as many as should share a Huffman code, into literals and matches, which
  /// replace the content of `sequences`. Returns those bytes.
  std::span<const std::uint8_t> next_block(std::vector<Sequence>& sequences);

 private:
  struct Match {
    std::size_t length = 0;
    std::size_t distance = 0;
  };

  /// Collects what is found in a block.
  struct Found {
    std::vector<Sequence>& sequences;
    std::size_t covered;  ///< up to here in the strip
    std::size_t symbol_count = 0;

    void add(std::size_t position, Match match);
  };

  /// The longest match of more than `beat` bytes at `position` in up to `chain_length` earlier places, and length 0
  /// without one; enters the position.
  Match search(std::size_t position, std::size_t beat, int chain_length);
  /// Enters `position`, to be found later.
  void enter(std::size_t position);
  /// Enters all of [first, end) that may be.
  void enter_all(std::size_t first, std::size_t end);
  [[nodiscard]] std::uint64_t hash_of(std::uint64_t word) const;
  [[nodiscard]] std::size_t match_length(std::size_t position, std::size_t distance, std::size_t known) const;
  [[nodiscard]] bool begins_run(std::size_t position) const;
  void take_run(Found& found);
  void take_match(Match match, Found& found);

  static constexpr int kHashBits = 15;
  static constexpr int kShortHashBits = 13;
  static constexpr std::size_t kWindowMask = kMaxMatchDistance - 1;

  std::span<const std::uint8_t> strip_;
  std::size_t pixel_bytes_ = 0;
  int chain_length_ = 0;
  std::uint64_t hashed_mask_ = 0;  ///< of the bytes that places of one chain share
  std::size_t hashed_bytes_ = 0;
  std::uint64_t short_mask_ = 0;  ///< the same for short_heads_
  std::size_t short_bytes_ = 0;
  std::size_t position_ = 0;
  std::size_t search_end_ = 0;
  /// Where a hash was last seen, plus one; and, from each place in the window, how far back the one before it is, 0
  /// when it is out of reach.
  std::array<std::uint32_t, std::size_t{1} << kHashBits> heads_;
  std::array<std::uint16_t, kMaxMatchDistance> steps_;
  /// Where the first short_bytes_ were last seen, plus one.
  std::array<std::uint32_t, std::size_t{1} << kShortHashBits> short_heads_;
};

}  // namespace imagepacker
