// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/pixel_repeats.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace imagepacker {
namespace {

/// Filtered bytes that share one Huffman code, about.
constexpr std::size_t kBlockBytes = std::size_t{1} << 17;
/// Bytes that a scan reads from a place, at most; nearer to the strip's end nothing is searched.
constexpr std::size_t kReadBytes = 24;
constexpr std::uint64_t kHashMultiplier = 0x9E3779B97F4A7C15;
constexpr std::uint64_t kTailMultiplier = 0xC2B2AE3D27D4EB4F;

/// Where literals cost less on average, matches are looked for that are longer.
constexpr std::uint32_t kCheapLiteralCost = kCostUnit * 37 / 10;
/// Shorter matches hardly pay.
constexpr std::size_t kMinGainfulLength = 6;
/// What a match must save.
constexpr std::uint32_t kMinGain = kCostUnit;

std::uint64_t load_word(const std::uint8_t* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return std::endian::native == std::endian::little ? word : __builtin_bswap64(word);
}

/// About what a match costs.
std::uint32_t match_cost(std::size_t length, std::size_t distance) {
  constexpr std::uint32_t kSymbolBits = 9;
  const auto far = static_cast<std::uint32_t>(std::bit_width(distance - 1));
  return kCostUnit * (kSymbolBits + (far > 2 ? far - 2 : 0) + (length > 10 ? 1 : 0) + (length > 18 ? 1 : 0));
}

/// The first byte from `position` on, but before `limit`, that differs from the one `distance` before it.
std::size_t equal_until(const std::uint8_t* bytes, std::size_t position, std::size_t distance, std::size_t limit) {
  for (; position + 8 <= limit; position += 8) {
    const std::uint64_t difference = load_word(bytes + position) ^ load_word(bytes + position - distance);
    if (difference != 0) {
      return position + static_cast<std::size_t>(std::countr_zero(difference)) / 8;
    }
  }
  while (position < limit && bytes[position] == bytes[position - distance]) {
    ++position;
  }
  return position;
}

}  // namespace

void PixelRepeatFinder::start(std::span<const std::uint8_t> strip, std::size_t row_bytes, std::size_t pixel_bytes) {
  strip_ = strip;
  row_bytes_ = row_bytes;
  pixel_bytes_ = pixel_bytes;
  position_ = 0;
  covered_ = 0;
  hits_.resize(std::max(hits_.size(), row_bytes / pixel_bytes + 1));
  places_.fill(0);
}

void PixelRepeatFinder::choose_key(std::span<const std::uint8_t> block) {
  costs_ = estimate_literal_costs(block);
  // The less a literal costs, the longer a match must be, and a longer key finds longer ones.
  const std::size_t two_pixels = pixel_bytes_ % 4 == 0 ? 8 : kMinGainfulLength;
  key_bytes_ = costs_.mean > kCheapLiteralCost ? two_pixels : two_pixels + pixel_bytes_;
}

void PixelRepeatFinder::scan(std::size_t first, std::size_t end) {
  // Without branches: whether a place is a hit can't be guessed.
  const std::uint8_t* const bytes = strip_.data();
  const std::size_t key_bytes = key_bytes_;
  const std::size_t key_end = std::max<std::size_t>(key_bytes, 8) - 8;
  const unsigned unused_bits = static_cast<unsigned>(8 - std::min<std::size_t>(key_bytes, 8)) * 8;
  const std::size_t pixel_bytes = pixel_bytes_;
  std::size_t count = 0;
  Hit* const hits = hits_.data();
  for (std::size_t position = first; position < end; position += pixel_bytes) {
    const std::uint8_t* const here = bytes + position;
    const std::uint64_t head = load_word(here);
    const std::uint64_t tail = load_word(here + key_end);
    const std::uint64_t behind = load_word(here + key_bytes);
    const std::uint64_t hash = (head << unused_bits) * kHashMultiplier + (tail << unused_bits) * kTailMultiplier;
    std::uint32_t& places = places_[hash >> (64 - kHashBits)];
    const std::uint64_t limit = std::min(position, kMaxMatchDistance - 1);
    // More for a longer match, 0 for none.
    const auto score = [&](std::uint64_t& distance) {
      const std::uint64_t is_inside = std::uint64_t{0} - std::uint64_t{distance - 1 < limit};
      distance &= is_inside;
      const std::uint8_t* const there = here - distance;
      const std::uint64_t difference = (head ^ load_word(there)) | (tail ^ load_word(there + key_end));
      const std::uint64_t is_equal = std::uint64_t{0} - std::uint64_t{difference << unused_bits == 0};
      const std::uint64_t beyond = behind ^ load_word(there + key_bytes);
      const std::uint64_t equal_bits = ~beyond & (beyond - 1);
      return (equal_bits << 1 | 1) & is_equal & is_inside;
    };
    std::uint64_t distance = 1;
    std::uint64_t best = score(distance);
    std::uint64_t last = (position - places) & 0xFFFF;
    const std::uint64_t last_score = score(last);
    distance ^= (distance ^ last) & (std::uint64_t{0} - std::uint64_t{last_score > best});
    best |= last_score;
    std::uint64_t before = (position - (places >> 16)) & 0xFFFF;
    const std::uint64_t before_score = score(before);
    distance ^= (distance ^ before) & (std::uint64_t{0} - std::uint64_t{before_score > best});
    best |= before_score;
    places = places << 16 | static_cast<std::uint32_t>(position & 0xFFFF);
    hits[count] = {static_cast<std::uint32_t>(position), static_cast<std::uint32_t>(distance)};
    count += best != 0 ? 1 : 0;
  }
  hit_count_ = count;
}

void PixelRepeatFinder::take_hits(std::size_t end, std::vector<Sequence>& sequences) {
  const std::uint8_t* const bytes = strip_.data();
  for (std::size_t i = 0; i < hit_count_; ++i) {
    const Hit& hit = hits_[i];
    if (hit.position < covered_) {
      continue;
    }
    const std::size_t distance = hit.distance;
    std::size_t begin = hit.position;
    const std::size_t limit = std::min(end, begin + kMaxMatchLength);
    std::size_t stop = std::min(limit, equal_until(bytes, begin + key_bytes_, distance, limit));
    while (begin > covered_ && begin > distance && bytes[begin - 1] == bytes[begin - 1 - distance] &&
           stop - begin < kMaxMatchLength) {
      --begin;
    }
    const std::size_t length = stop - begin;
    std::uint32_t saved = 0;
    for (std::size_t k = 0; k < kMinGainfulLength; ++k) {
      saved += costs_.each[bytes[begin + k]];
    }
    saved += static_cast<std::uint32_t>(length - kMinGainfulLength) * costs_.mean;
    if (length < kMinGainfulLength || saved < match_cost(length, distance) + kMinGain) {
      continue;
    }
    sequences.push_back({static_cast<std::uint32_t>(begin - covered_), static_cast<std::uint16_t>(length),
                         static_cast<std::uint16_t>(distance)});
    covered_ = stop;
  }
}

std::span<const std::uint8_t> PixelRepeatFinder::next_block(std::vector<Sequence>& sequences) {
  sequences.clear();
  const std::size_t begin = position_;
  const std::size_t rows = std::max<std::size_t>(1, kBlockBytes / row_bytes_);
  const std::size_t end = std::min(strip_.size(), begin + rows * row_bytes_);
  const auto block = strip_.subspan(begin, end - begin);
  choose_key(block);
  const std::size_t search_end = strip_.size() < kReadBytes ? 0 : strip_.size() - kReadBytes + 1;
  for (std::size_t row = begin; row < end; row += row_bytes_) {
    scan(row + 1, std::min(row + row_bytes_, search_end));
    take_hits(end, sequences);
  }
  if (covered_ < end) {
    sequences.push_back({static_cast<std::uint32_t>(end - covered_), 0, 0});
  }
  position_ = end;
  covered_ = end;
  return block;
}

}  // namespace imagepacker
