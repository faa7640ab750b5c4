// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace imagepacker {

// The busiest conversions of 8-bit pixels in one pass. Each does exactly what codes_to_floats(), mix_rows() or
// scale_add_row() and floats_to_codes() do one after the other, in the same order of operations.

/// How a row of mixed components becomes codes: mixed with `weights`, then `offset` added.
struct ByteMix {
  std::array<float, 3> weights{};
  float offset = 0;
};

/// out[x] = code of weight · (luma[x] − luma_offset) + added[x]; `added` may be nullptr for 0.
void scale_add_bytes(const std::uint8_t* luma, float luma_offset, float weight, const float* added, std::size_t count,
                     float offset, std::uint8_t* out);

/// out[i][x] = code of mixes[i] of the three rows, each less `in_offset`. `mix_count` is 1 or 3.
void mix_bytes(const std::uint8_t* const* rows, float in_offset, const ByteMix* mixes, int mix_count, std::size_t count,
               std::uint8_t* const* out);

/// out[i][x] = code of mixes[i] of luma[x] − luma_offset, cb[x] and cr[x]; three of them.
void mix_luma_bytes(const std::uint8_t* luma, float luma_offset, const float* cb, const float* cr, const ByteMix* mixes,
                    std::size_t count, std::uint8_t* const* out);

/// out[x] = the average of two samples side by side in both rows, less `offset`: columns 2x and 2x + 1, the last column
/// twice where `width` is odd. (width + 1) / 2 samples are written.
void average_2x2_bytes(const std::uint8_t* upper, const std::uint8_t* lower, std::size_t width, float offset,
                       float* out);

}  // namespace imagepacker
