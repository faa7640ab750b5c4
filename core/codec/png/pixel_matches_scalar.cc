// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdlib>

#include "codec/png/deflate_tokens.h"
#include "codec/png/pixel_matches_kernels.h"
#include "codec/png/pixel_tokens.h"

namespace imagepacker {
namespace {

std::uint8_t literal_cost(const PixelCosts& costs, std::uint8_t value) {
  return costs.literal[static_cast<std::size_t>(std::min(15, std::abs(int{static_cast<std::int8_t>(value)})))];
}

int distance_cost(const PixelCosts& costs, std::uint32_t distance) {
  std::uint8_t cost = 0;
  for (std::size_t digit = 0; digit < 4; ++digit) {
    cost = std::max(cost, costs.distance[16 * digit + (distance >> (4 * digit) & 15)]);
  }
  return cost;
}

/// The distance between two entries of the same pixels, 0 for others.
std::uint16_t distance_of(std::uint64_t entry, std::uint64_t found) {
  const auto distance = static_cast<std::uint16_t>(entry - found);
  return (entry ^ found) >> 16 == 0 && distance <= kMaxMatchDistance ? distance : 0;
}

/// Whether the bytes of a pixel all are the byte before it.
bool is_byte_run(PixelBytes pixel_bytes, const PixelChunk& chunk, std::size_t i) {
  return pixel_bytes == PixelBytes::three ? chunk.pixels[i + 1] == (chunk.pixels[i] >> 16) * 0x010101U
                                          : chunk.pixels[i + 1] == (chunk.pixels[i] >> 24) * 0x01010101U;
}

bool has_alpha(std::uint32_t pixel) {
  return pixel >> 24 != 0;
}

}  // namespace

void prepare_pixels_scalar(PixelBytes pixel_bytes, const std::uint8_t* bytes, std::size_t count, std::size_t position,
                           const PixelCosts& costs, PixelChunk& chunk) {
  const std::size_t step = byte_count(pixel_bytes);
  for (std::size_t i = 0; i <= count; ++i) {
    const std::uint8_t* const pixel = bytes + step * i;
    const std::uint32_t low = pixel[0] + 256U * pixel[1];
    chunk.pixels[i + 1] = low | std::uint32_t{pixel[2]} << 16;
    chunk.hashes[i] = static_cast<std::uint16_t>(low * kLowHashFactor + pixel[2] * std::uint32_t{kHighHashFactor});
    chunk.costs[i] = static_cast<std::uint8_t>(literal_cost(costs, pixel[0]) + literal_cost(costs, pixel[1]) +
                                               literal_cost(costs, pixel[2]));
    if (pixel_bytes == PixelBytes::four) {
      chunk.pixels[i + 1] |= std::uint32_t{pixel[3]} << 24;
      chunk.costs[i] = static_cast<std::uint8_t>(chunk.costs[i] + literal_cost(costs, pixel[3]));
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t pixel = chunk.pixels[i + 1];
    const std::uint32_t next = chunk.pixels[i + 2];
    const std::uint32_t hash =
        std::uint32_t{chunk.hashes[i]} * kPairHashFactor + std::uint32_t{chunk.hashes[i + 1]} * kNextHashFactor;
    const std::size_t place = position + step * i;
    const auto place_if = [&](bool is_known) { return static_cast<std::uint16_t>(is_known ? place : place - kFarAge); };
    chunk.slots[i] = static_cast<std::uint16_t>(chunk.hashes[i] >> (16 - PixelPlaces::kHashBits));
    chunk.pair_slots[i] = static_cast<std::uint16_t>((hash & 0xFFFF) >> (16 - PixelPlaces::kPairHashBits));
    chunk.entries[i] = pixel << 16 | place_if(!has_alpha(pixel));
    chunk.pair_entries[i] = std::uint64_t{pixel & kColorMask} << 16 | std::uint64_t{next & kColorMask} << 40 |
                            place_if(!has_alpha(pixel | next));
  }
}

void choose_matches_scalar(PixelBytes pixel_bytes, std::size_t count, bool is_row_end, const PixelCosts& costs,
                           PixelChunk& chunk) {
  const auto distance_if = [](bool is_known, std::uint64_t entry, std::uint64_t found) {
    return is_known ? distance_of(entry, found) : std::uint16_t{0};
  };
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_run = is_byte_run(pixel_bytes, chunk, i) && is_byte_run(pixel_bytes, chunk, i + 1);
    const bool is_known = !has_alpha(chunk.pixels[i + 1] | chunk.pixels[i + 2]);
    chunk.pairs[i + 1] = is_run ? std::uint16_t{1} : distance_if(is_known, chunk.pair_entries[i], chunk.found_pairs[i]);
  }
  std::fill_n(chunk.pairs.begin() + static_cast<std::ptrdiff_t>(is_row_end ? count : count + 1), 4, 0);
  chunk.goes_on = {};
  chunk.is_alike = {};
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint16_t single = is_byte_run(pixel_bytes, chunk, i)
                                     ? std::uint16_t{1}
                                     : distance_if(!has_alpha(chunk.pixels[i + 1]), chunk.entries[i], chunk.found[i]);
    const std::uint16_t pair = chunk.pairs[i + 1];
    const bool three = chunk.pairs[i + 2] == pair;
    const bool four = three && chunk.pairs[i + 3] == pair;
    const int one = chunk.costs[i];
    const int many = one + chunk.costs[i + 1] + (three ? chunk.costs[i + 2] : 0) + (four ? chunk.costs[i + 3] : 0);
    const int single_gain = single == 0 ? 0 : one - costs.one_pixel - distance_cost(costs, single);
    const int pair_gain = pair == 0 ? 0 : many - costs.two_pixels - distance_cost(costs, pair);
    const bool is_worth_it = std::max(single_gain, pair_gain) >= kMinPixelGain;
    chunk.begins[i] = !is_worth_it ? std::uint16_t{PixelEvent::kLiterals} : single_gain > pair_gain ? single : pair;
    chunk.goes_on[i / 64] |= std::uint64_t{chunk.begins[i] == pair} << (i % 64);
    chunk.is_alike[i / 64] |= std::uint64_t{chunk.pairs[i] == pair} << (i % 64);
  }
}

std::size_t collect_events_scalar(const PixelChunk& chunk, std::size_t count, const std::uint64_t* starts,
                                  std::uint32_t first_cell, std::uint32_t* marks, std::uint32_t* pixels) {
  std::size_t events = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if ((starts[i / 64] >> (i % 64) & 1) != 0) {
      marks[events] = chunk.begins[i] | (first_cell + static_cast<std::uint32_t>(i)) << 16;
      pixels[events] = chunk.pixels[i + 1];
      ++events;
    }
  }
  return events;
}

void make_tokens_scalar(PixelBytes pixel_bytes, const std::uint32_t* marks, const std::uint32_t* pixels,
                        std::size_t count, PixelToken* tokens) {
  const auto token = [](std::size_t first, std::size_t second, std::size_t third, std::size_t extra_bits) {
    return PixelToken{static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(second),
                      static_cast<std::uint16_t>(third), static_cast<std::uint16_t>(extra_bits)};
  };
  const auto lone = [&](std::size_t first) { return token(first, PixelToken::kNothing, PixelToken::kNothing, 0); };
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t pixel = pixels[i];
    const std::size_t length = byte_count(pixel_bytes) * (((marks[i + 1] >> 16) - (marks[i] >> 16)) & 0xFFFF);
    const std::uint32_t distance = marks[i] & 0xFFFF;
    if (distance == PixelEvent::kLoneByte) {
      *tokens++ = lone(pixel);
    } else if (distance == PixelEvent::kLiterals) {
      *tokens++ = token(pixel & 0xFF, pixel >> 8 & 0xFF, pixel >> 16 & 0xFF, 0);
    } else {
      const RangeSymbol range = deflate::distance_symbol(distance);
      *tokens++ = token(PixelToken::kFirstLength + length - kMinMatchLength, PixelToken::kFirstDistance + range.symbol,
                        PixelToken::kFirstExtra + range.extra_bits, distance - range.base);
    }
    if (pixel_bytes == PixelBytes::four) {
      *tokens++ = lone(distance == PixelEvent::kLiterals ? pixel >> 24 : PixelToken::kNothing);
    }
  }
}

}  // namespace imagepacker
