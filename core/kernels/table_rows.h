// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace imagepacker {

/// A function over 0..1 in kSteps even steps, interpolated: values[i] at i / kSteps, and one value more behind 1.
struct CodeTableView {
  static constexpr int kSteps = 4096;
  static constexpr std::size_t kValues = kSteps + 2;
  const float* values;
};

/// A function over kLowest..kHighest in steps that are even within each power of two (the exponent and the upper
/// mantissa bits of a float are the index), interpolated; one value more behind kHighest.
struct LightTableView {
  static constexpr float kLowest = 0x1p-32F;
  static constexpr float kHighest = 0x1p6F;
  static constexpr std::uint32_t kLowestBits = std::bit_cast<std::uint32_t>(kLowest);
  static constexpr std::uint32_t kHighestBits = std::bit_cast<std::uint32_t>(kHighest);
  /// The lower mantissa bits, between two entries.
  static constexpr int kFractionBits = 15;
  static constexpr std::size_t kValues = ((kHighestBits - kLowestBits) >> kFractionBits) + 2;
  const float* values;
};

// What lies outside a table counts as its ends.

/// The table at one value: what the row functions do to each.
inline float look_up(const CodeTableView& table, float coded) {
  const float position = std::clamp(coded, 0.0F, 1.0F) * CodeTableView::kSteps;
  const auto index = static_cast<std::size_t>(position);
  const float low = table.values[index];
  return low + (position - static_cast<float>(index)) * (table.values[index + 1] - low);
}
inline float look_up(const LightTableView& table, float light) {
  constexpr std::uint32_t kFractions = 1U << LightTableView::kFractionBits;
  const float clamped = std::clamp(light, LightTableView::kLowest, LightTableView::kHighest);
  // Positive floats are ordered as their bits are.
  const std::uint32_t position = std::bit_cast<std::uint32_t>(clamped) - LightTableView::kLowestBits;
  const std::size_t index = position / kFractions;
  const float low = table.values[index];
  const float fraction = static_cast<float>(position % kFractions) * (1.0F / kFractions);
  return low + fraction * (table.values[index + 1] - low);
}

/// row[x] = table at row[x].
void look_up_row(const CodeTableView& table, std::size_t count, float* row);
void look_up_row(const LightTableView& table, std::size_t count, float* row);

/// Multiplies all three rows with the table's value at weights · (r, g, b).
void apply_luminance_gain(const LightTableView& table, const std::array<float, 3>& weights, std::size_t count, float* r,
                          float* g, float* b);

/// Multiplies all three rows with the table's value at max(r, g, b).
void apply_peak_gain(const LightTableView& table, std::size_t count, float* r, float* g, float* b);

/// Multiplies the pixels with a matrix, row by row of it; what is negative becomes 0.
void multiply_pixels(const std::array<std::array<float, 3>, 3>& matrix, std::size_t count, float* r, float* g,
                     float* b);

}  // namespace imagepacker
