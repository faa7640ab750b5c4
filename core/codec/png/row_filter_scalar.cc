// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>
#include <cstdlib>

#include "codec/png/row_filter.h"

namespace imagepacker {
namespace {

/// Clause 9.4: of left, above and upper left the one nearest to left + above - upper left, the first of equals.
int paeth_predictor(int left, int above, int upper_left) {
  const int estimate = left + above - upper_left;
  const int to_left = std::abs(estimate - left);
  const int to_above = std::abs(estimate - above);
  const int to_upper_left = std::abs(estimate - upper_left);
  if (to_left <= to_above && to_left <= to_upper_left) {
    return left;
  }
  return to_above <= to_upper_left ? above : upper_left;
}

int predict(RowFilter filter, int left, int above, int upper_left) {
  switch (filter) {
    case RowFilter::none:
      return 0;
    case RowFilter::sub:
      return left;
    case RowFilter::up:
      return above;
    case RowFilter::average:
      return (left + above) / 2;
    case RowFilter::paeth:
      return paeth_predictor(left, above, upper_left);
  }
  return 0;
}

std::uint8_t filtered_byte(RowFilter filter, const FilterInput& input, std::size_t i) {
  const std::uint8_t* const left = input.row + i - input.pixel_bytes;
  const std::uint8_t* const upper_left = input.above + i - input.pixel_bytes;
  return static_cast<std::uint8_t>(input.row[i] - predict(filter, *left, input.above[i], *upper_left));
}

}  // namespace

void filter_row_scalar(RowFilter filter, const FilterInput& input, std::uint8_t* filtered) {
  for (std::size_t i = 0; i < input.count; ++i) {
    filtered[i] = filtered_byte(filter, input, i);
  }
}

RowFilter least_magnitude_filter_scalar(const FilterInput& input) {
  std::array<std::uint64_t, kRowFilterCount> sums{};
  for (int f = 0; f < kRowFilterCount; ++f) {
    for (std::size_t i = 0; i < input.count; ++i) {
      const auto value = static_cast<std::int8_t>(filtered_byte(static_cast<RowFilter>(f), input, i));
      sums[f] += static_cast<std::uint64_t>(std::abs(value));
    }
  }
  int best = 0;
  for (int f = 1; f < kRowFilterCount; ++f) {
    best = sums[f] < sums[best] ? f : best;
  }
  return static_cast<RowFilter>(best);
}

}  // namespace imagepacker
