// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace imagepacker {

/// Filter types of W3C PNG clause 9.2, with their values in the file.
enum class RowFilter : std::uint8_t { none = 0, sub = 1, up = 2, average = 3, paeth = 4 };
inline constexpr int kRowFilterCount = 5;

/// Writes the `count` filtered bytes of `row`. `above`: the unfiltered row above, or nullptr at the top of the picture;
/// `pixel_bytes`: 1, 2, 3, 4, 6 or 8. This is the specification of the SIMD ones.
void filter_row_scalar(RowFilter filter, const std::uint8_t* row, const std::uint8_t* above, std::size_t count,
                       int pixel_bytes, std::uint8_t* filtered);

/// Sum over the bytes of |value|, taken as signed: how far from nothing a filtered row is.
std::uint64_t sum_of_magnitudes_scalar(const std::uint8_t* filtered, std::size_t count);

}  // namespace imagepacker
