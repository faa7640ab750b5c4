// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace imagepacker::jpeg {

/// Neighbouring blocks whose coefficients lie together: coefficient (row, column) of block b of a group at
/// kBlockGroup · 8 · row + 8 · b + column.
inline constexpr std::size_t kBlockGroup = 4;
inline constexpr std::size_t kGroupCoefficients = kBlockGroup * 64;

/// The most that magnitudes in one column of coefficients may come to. Up to here no sum leaves 16 bits, whichever way
/// the transform is written down; coefficients of samples, quantised finely or not, hardly come so far (the column of a
/// block of samples has at most 2896).
inline constexpr int kMaxColumnSum = 2951;

/// Coefficients of a row of neighbouring blocks.
struct BlockRow {
  std::int16_t* groups;            ///< times their quantisation steps, |value| < 4096; 64-byte aligned, whole groups
  const std::uint8_t* is_dc_only;  ///< of every block in whole groups: not 0 when all but the first are 0
  std::size_t count;               ///< blocks
};

/// Inverse DCT of a row of blocks into eight rows of 8 · count samples, nothing behind them. The arithmetic is that of
/// libjpeg's "islow", so the samples are bit for bit the same. What was transformed is set to 0. Returns the largest
/// sum of magnitudes in a column: above kMaxColumnSum the samples may be wrong.
int inverse_transform(const BlockRow& blocks, std::span<std::uint8_t* const, 8> rows);

/// The same in plain code: the specification.
int inverse_transform_scalar(const BlockRow& blocks, std::span<std::uint8_t* const, 8> rows);

/// The sample of a block with nothing but the coefficient `dc`.
constexpr std::uint8_t flat_sample(int dc) {
  const int sample = 128 + ((dc + 4) >> 3);
  return static_cast<std::uint8_t>(sample < 0 ? 0 : sample > 255 ? 255 : sample);
}

}  // namespace imagepacker::jpeg
