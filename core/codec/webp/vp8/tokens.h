// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "codec/webp/vp8/bool_encoder.h"
#include "codec/webp/vp8/format_tables.h"

namespace imagepacker::vp8 {

/// Symbols of RFC 6386 clause 13.2.
enum class Symbol : std::uint8_t {
  zero,
  one,
  two,
  three,
  four,
  category1,
  category2,
  category3,
  category4,
  category5,
  category6,
  end
};
inline constexpr std::size_t kSymbols = 12;

/// How often each symbol came in each place: by block type, band and context, whether the end was possible, symbol.
class TokenStatistics {
 public:
  static constexpr std::size_t kPlaces = kBlockTypes * kBands * kContexts;

  /// `key`: a token of TokenBuffer without its sign.
  void count(std::size_t key) { ++counts_[key]; }
  void add(const TokenStatistics& other);

  /// The chances that code what was counted in the fewest bits, those of being sent included.
  [[nodiscard]] CoefficientProbabilities best_probabilities() const;

 private:
  std::array<std::uint32_t, kPlaces * 32> counts_{};
};

/// Coefficients as symbols, 16 bit each, before their chances are known. Throws std::bad_alloc.
class TokenBuffer {
 public:
  /// Empties it and keeps its memory.
  void clear() { count_ = 0; }
  [[nodiscard]] std::size_t memory_bytes() const { return tokens_.capacity() * sizeof(std::uint16_t); }

  /// Appends a block: `levels` in zigzag order, coded from `first` on, the last that isn't 0 at `count` - 1.
  /// `context`: how many of the neighbours above and to the left have coefficients.
  void append(BlockType type, int context, const std::int16_t* levels, int first, int count,
              TokenStatistics& statistics);

 private:
  friend class TokenReader;
  std::vector<std::uint16_t> tokens_;  ///< room, of which
  std::size_t count_ = 0;              ///< are used
};

/// Turns tokens into bytes, now that the chances are known.
class TokenEmitter {
 public:
  explicit TokenEmitter(const CoefficientProbabilities& probabilities);

  /// Partitions that emit() makes at a time.
  static constexpr std::size_t kLanes = 2;

  /// Partitions `first` to `first` + min(kLanes, `partitions`) - 1 of `partitions`, of which number i has the tokens
  /// of `buffers` i, i + `partitions` and so on. Any thread may call it.
  void emit(std::span<const TokenBuffer> buffers, std::size_t first, std::span<Bytes> partitions) const;

 private:
  friend class TokenReader;
  /// The bits of a symbol in its place, or of its category; the last one's sign, where it has one, is 0.
  struct Sequence {
    std::array<ChancedBit, 7> bits;
    std::uint16_t length;
  };
  std::vector<Sequence> sequences_;  ///< by token without sign
};

}  // namespace imagepacker::vp8
