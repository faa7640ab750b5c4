// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/same_pixels.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "codec/png/literal_costs.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/png/same_pixels.cc"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

// No vectors here, but the CPU's instructions for shifts and for counting zeros.
HWY_BEFORE_NAMESPACE();
namespace imagepacker {
namespace HWY_NAMESPACE {
namespace {

HWY_INLINE std::uint32_t load_pixel(const std::uint8_t* bytes, std::uint32_t mask) {
  std::uint32_t word;
  std::memcpy(&word, bytes, sizeof word);
  return (std::endian::native == std::endian::little ? word : __builtin_bswap32(word)) & mask;
}

/// Splits the pixels from `first` to `end`, behind each of which a byte can be read, into literals and matches. `last`
/// is the last sequence so far, which may grow; there is room behind it for one per pixel. Returns the new last one.
/// `literals`: how many wait for the next match. No branches: where a pixel was seen and whether that is worth it
/// can't be guessed.
template <std::size_t pixel_bytes>
Sequence* find_in_row(const std::uint8_t* strip, std::size_t first, std::size_t end,
                      const SamePixelFinder::Costs& costs, SamePixelFinder::Places& places, Sequence* last,
                      std::uint32_t& literals) {
  constexpr std::uint32_t kMask = 0xFFFFFFFFU >> (32 - 8 * pixel_bytes);
  constexpr std::uint32_t kMultiplier = 0x9E3779B1;
  constexpr std::uint64_t kLength = pixel_bytes;
  // All conditions are masks: 0, or all bits.
  const auto all_if = [](bool condition) { return std::uint64_t{0} - std::uint64_t{condition}; };
  const auto choose = [](std::uint64_t mask, std::uint64_t yes, std::uint64_t no) { return no ^ ((yes ^ no) & mask); };
  std::uint64_t waiting = literals;
  std::uint64_t literal_count = last->literal_count;
  std::uint64_t length = last->match_length;
  std::uint64_t match_distance = last->distance;
  std::uint64_t goes_on_if_same = 0;  // whether the pixel before ends a match
  for (std::size_t position = first; position < end; position += pixel_bytes) {
    const std::uint8_t* const here = strip + position;
    const std::uint32_t pixel = load_pixel(here, kMask);
    std::uint16_t& place = places[(pixel * kMultiplier) >> (32 - SamePixelFinder::kHashBits)];
    const std::uint64_t since = (position - place) & 0xFFFF;
    place = static_cast<std::uint16_t>(position);
    const std::uint64_t limit = std::min<std::uint64_t>(position, kMaxMatchDistance);
    const std::uint64_t is_there = all_if(since - 1 < limit);
    const std::uint64_t distance = since & is_there;
    const std::uint64_t is_same = all_if(load_pixel(here - distance, kMask) == pixel) & is_there;
    const std::uint64_t still_same = all_if(load_pixel(here - match_distance, kMask) == pixel);
    const std::uint64_t goes_on = goes_on_if_same & still_same & all_if(length <= kMaxMatchLength - kLength);
    std::uint64_t literal_cost = 0;
    for (std::size_t i = 0; i < pixel_bytes; ++i) {
      literal_cost += costs.literals[here[i]];
    }
    const std::uint64_t match_cost = costs.distances[std::bit_width(distance)];
    const std::uint64_t is_new = is_same & ~goes_on & all_if(match_cost < literal_cost);
    const std::uint64_t is_match = goes_on | is_new;
    last -= static_cast<std::int64_t>(is_new);
    literal_count = choose(is_new, waiting, literal_count);
    match_distance = choose(is_new, distance, match_distance);
    length = (length & ~is_new) + (kLength & is_match);
    waiting = (waiting + kLength) & ~is_match;
    goes_on_if_same = is_match;
    *last = {static_cast<std::uint32_t>(literal_count), static_cast<std::uint16_t>(length),
             static_cast<std::uint16_t>(match_distance)};
  }
  literals = static_cast<std::uint32_t>(waiting);
  return last;
}

Sequence* find_same_pixels(std::size_t pixel_bytes, const std::uint8_t* strip, std::size_t first, std::size_t end,
                           const SamePixelFinder::Costs& costs, SamePixelFinder::Places& places, Sequence* last,
                           std::uint32_t& literals) {
  return pixel_bytes == 4 ? find_in_row<4>(strip, first, end, costs, places, last, literals)
                          : find_in_row<3>(strip, first, end, costs, places, last, literals);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imagepacker
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker {
namespace {

/// Filtered bytes that share one Huffman code, about.
constexpr std::size_t kBlockBytes = std::size_t{1} << 17;
/// What a pixel's search reads.
constexpr std::size_t kReadBytes = 4;
/// What a distance costs beside its extra bits.
constexpr std::uint32_t kDistanceCost = 7 * kCostUnit / 2;

}  // namespace

HWY_EXPORT(find_same_pixels);

void SamePixelFinder::start(std::span<const std::uint8_t> strip, std::size_t row_bytes, std::size_t pixel_bytes) {
  strip_ = strip;
  row_bytes_ = row_bytes;
  pixel_bytes_ = pixel_bytes;
  position_ = 0;
  recent_matches_ = 1;
  recent_literals_ = 4;
  places_.fill(0);
}

void SamePixelFinder::update_costs() {
  // Lengths and literals share a code: the more there are of one kind, the less each of it costs.
  const std::uint32_t all = log2_cost(recent_matches_ + recent_literals_);
  const std::uint32_t length_cost = all - log2_cost(recent_matches_);
  const std::uint32_t as_literals = static_cast<std::uint32_t>(pixel_bytes_) * (all - log2_cost(recent_literals_));
  for (std::size_t width = 0; width < costs_.distances.size(); ++width) {
    const auto extra_bits = static_cast<std::uint32_t>(std::max<std::size_t>(width, 2) - 2);
    const std::uint32_t cost = length_cost + kDistanceCost + kCostUnit * extra_bits;
    costs_.distances[width] = cost - std::min(cost, as_literals);
  }
}

std::span<const std::uint8_t> SamePixelFinder::next_block(std::vector<Sequence>& sequences) {
  const std::size_t begin = position_;
  const std::size_t rows = std::max<std::size_t>(1, kBlockBytes / row_bytes_);
  const std::size_t end = std::min(strip_.size(), begin + rows * row_bytes_);
  const auto block = strip_.subspan(begin, end - begin);
  costs_.literals = estimate_literal_costs(block).each;
  sequences.resize(block.size() / pixel_bytes_ + 3);
  const std::size_t search_end = strip_.size() < kReadBytes ? 0 : strip_.size() - kReadBytes + 1;
  Sequence* const before_first = sequences.data();
  *before_first = {};
  Sequence* last = before_first;
  std::uint32_t literals = 0;
  for (std::size_t row = begin; row < end; row += row_bytes_) {
    update_costs();
    const Sequence* const last_before = last;
    const std::size_t row_end = std::min(row + row_bytes_, end);
    // The filter's number, whole pixels that can be read, and what is left of a row that ends the strip.
    const std::size_t first = row + 1;
    const std::size_t stop = std::max(first, std::min(row_end, search_end));
    ++literals;
    last = HWY_DYNAMIC_DISPATCH(find_same_pixels)(pixel_bytes_, strip_.data(), first, stop, costs_, places_, last,
                                                  literals);
    const std::size_t searched = (stop - first + pixel_bytes_ - 1) / pixel_bytes_ * pixel_bytes_;
    literals += static_cast<std::uint32_t>(row_end - first - std::min(row_end - first, searched));
    const auto found = static_cast<std::uint32_t>(last - last_before);
    const auto pixels = static_cast<std::uint32_t>(row_bytes_ / pixel_bytes_);
    recent_matches_ = recent_matches_ / 2 + found + 1;
    recent_literals_ =
        recent_literals_ / 2 + (pixels - std::min(pixels, found)) * static_cast<std::uint32_t>(pixel_bytes_) + 1;
  }
  sequences.resize(static_cast<std::size_t>(last - before_first) + 1);
  sequences.erase(sequences.begin());
  if (literals != 0) {
    sequences.push_back({literals, 0, 0});
  }
  position_ = end;
  return block;
}

}  // namespace imagepacker
#endif
