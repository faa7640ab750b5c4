// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace imagepacker {

/// Filter types of W3C PNG clause 9.2, with their values in the file.
enum class RowFilter : std::uint8_t { none = 0, sub = 1, up = 2, average = 3, paeth = 4 };
inline constexpr int kRowFilterCount = 5;

/// Largest pixel: RGBA with 16 bits.
inline constexpr std::size_t kMaxPixelBytes = 8;

/// Bytes that must be readable and zero behind every row given to the functions below, and writable behind what they
/// write: they work in whole vectors.
inline constexpr std::size_t kFilterPaddingBytes = 64;

/// A row and its upper neighbour, unfiltered. Both have kMaxPixelBytes zero bytes in front and kFilterPaddingBytes zero
/// bytes behind; the row above the picture is all zero.
struct FilterInput {
  const std::uint8_t* row;
  const std::uint8_t* above;
  std::size_t count;  ///< bytes
  std::size_t pixel_bytes;
};

/// Writes the filtered bytes of the row to `filtered`, followed by undefined padding.
void filter_row(RowFilter filter, const FilterInput& input, std::uint8_t* filtered);

/// The filter whose bytes, taken as signed, have the least sum of magnitudes (W3C PNG clause 12.7); of equals the first
/// in the order of their values.
RowFilter least_magnitude_filter(const FilterInput& input);

/// The specification of the two above.
void filter_row_scalar(RowFilter filter, const FilterInput& input, std::uint8_t* filtered);
RowFilter least_magnitude_filter_scalar(const FilterInput& input);

}  // namespace imagepacker
