// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "codec/png/pixel_tokens.h"

namespace imagepacker {

/// Parts of a bit in which PixelCosts counts.
inline constexpr std::uint32_t kPixelCostUnit = 4;

/// What literals and matches are likely to cost.
struct PixelCosts {
  std::array<std::uint8_t, 16> literal{};   ///< by magnitude as a signed byte; the last for all from 15 on
  std::array<std::uint8_t, 64> distance{};  ///< a table for each four bits, that costs 0 without any; the most counts
  std::uint8_t one_pixel = 0;               ///< length of a match of one pixel
  std::uint8_t two_pixels = 0;
};
/// What a match must save.
inline constexpr std::int32_t kMinPixelGain = kPixelCostUnit;

/// Pixels that are looked at together.
inline constexpr std::size_t kChunkPixels = 256;
/// Elements that kernels may read and write behind those asked for.
inline constexpr std::size_t kChunkPadding = 72;
/// Bytes that must be readable behind the pixels of a row.
inline constexpr std::size_t kPixelPaddingBytes = 4 * kChunkPadding;

/// Of a pixel's bits, those of its three colours.
inline constexpr std::uint32_t kColorMask = 0xFFFFFF;

/// What is known of some pixels that follow each other in a row. Of four bytes, only those pixels are looked up whose
/// alpha is just as its filter foretold, 0: as nearly all of them are, but on the edges of what is cut out. Colours
/// then tell a pixel from others, as they do where there is no alpha.
struct PixelChunk {
  template <class T>
  using Array = std::array<T, kChunkPixels + kChunkPadding>;

  Array<std::uint32_t> pixels;  ///< the first byte lowest
  Array<std::uint8_t> costs;    ///< of a pixel's literals
  Array<std::uint16_t> hashes;
  Array<std::uint16_t> slots;       ///< where a pixel is entered in PixelPlaces
  Array<std::uint16_t> pair_slots;  ///< where it and the next one are
  Array<std::uint32_t> entries;     ///< what is entered there
  Array<std::uint64_t> pair_entries;
  Array<std::uint32_t> found;  ///< what stood there
  Array<std::uint64_t> found_pairs;
  Array<std::uint16_t> pairs;   ///< at [i + 1] the distance to the last place with pixel i and the same behind, 0: none
  Array<std::uint16_t> begins;  ///< distance of the match worth to begin with, PixelEvent::kLiterals: none
  /// A bit per pixel. Of those with a match of two pixels or more to begin with:
  std::array<std::uint64_t, kChunkPixels / 64> goes_on;
  /// Of those with the same pair distance as the pixel before.
  std::array<std::uint64_t, kChunkPixels / 64> is_alike;
};

/// Where pixels were seen. Entries hold the low half of the place in their lowest bits, above them what identifies the
/// pixels.
struct PixelPlaces {
  static constexpr int kHashBits = 13;
  static constexpr int kPairHashBits = 12;
  std::array<std::uint32_t, std::size_t{1} << kHashBits> singles;    ///< two bytes of a pixel
  std::array<std::uint64_t, std::size_t{1} << kPairHashBits> pairs;  ///< all bytes of two pixels
};

/// Age of a place that no match reaches, in bytes. Pixels that may not be found are entered with it.
inline constexpr std::uint16_t kFarAge = kMaxMatchDistance + 1;

/// Makes all places that are farther back from `position` than kFarAge just that far.
void forget_far_places(std::size_t position, PixelPlaces& places);

/// Factors of the hashes. The third byte's makes the slots of pixels differ that differ in nothing else: it is odd
/// above the bits that are dropped.
inline constexpr std::uint16_t kLowHashFactor = 0x9E37;
inline constexpr std::uint16_t kHighHashFactor = 0x6AB << (16 - PixelPlaces::kHashBits);
inline constexpr std::uint16_t kPairHashFactor = 0x79B9;
inline constexpr std::uint16_t kNextHashFactor = 0xC2B3;

/// Fills all of `chunk` up to pair_entries for `count` pixels; of one more pixels, costs and hashes. `position`: of the
/// first in the strip.
void prepare_pixels(PixelBytes pixel_bytes, const std::uint8_t* bytes, std::size_t count, std::size_t position,
                    const PixelCosts& costs, PixelChunk& chunk);

/// Fills pairs, begins, goes_on and is_alike from what was prepared and found. pairs[0] is the pixel's before.
/// `is_row_end`: nothing follows the last.
void choose_matches(PixelBytes pixel_bytes, std::size_t count, bool is_row_end, const PixelCosts& costs,
                    PixelChunk& chunk);

/// Appends an event for each of `count` pixels whose bit is set in `starts`: its pixel, and its begin below its cell,
/// counted from `first_cell`. Returns the number of events.
std::size_t collect_events(const PixelChunk& chunk, std::size_t count, const std::uint64_t* starts,
                           std::uint32_t first_cell, std::uint32_t* marks, std::uint32_t* pixels);

/// Specifications of the above.
void prepare_pixels_scalar(PixelBytes pixel_bytes, const std::uint8_t* bytes, std::size_t count, std::size_t position,
                           const PixelCosts& costs, PixelChunk& chunk);
void choose_matches_scalar(PixelBytes pixel_bytes, std::size_t count, bool is_row_end, const PixelCosts& costs,
                           PixelChunk& chunk);
std::size_t collect_events_scalar(const PixelChunk& chunk, std::size_t count, const std::uint64_t* starts,
                                  std::uint32_t first_cell, std::uint32_t* marks, std::uint32_t* pixels);

}  // namespace imagepacker
