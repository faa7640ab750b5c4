// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/row_filter.h"

#include <cstdlib>

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

}  // namespace

void filter_row_scalar(RowFilter filter, const std::uint8_t* row, const std::uint8_t* above, std::size_t count,
                       int pixel_bytes, std::uint8_t* filtered) {
  const auto step = static_cast<std::size_t>(pixel_bytes);
  for (std::size_t i = 0; i < count; ++i) {
    const int left = i < step ? 0 : row[i - step];
    const int up = above == nullptr ? 0 : above[i];
    const int upper_left = i < step || above == nullptr ? 0 : above[i - step];
    filtered[i] = static_cast<std::uint8_t>(row[i] - predict(filter, left, up, upper_left));
  }
}

std::uint64_t sum_of_magnitudes_scalar(const std::uint8_t* filtered, std::size_t count) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    sum += static_cast<std::uint64_t>(std::abs(static_cast<std::int8_t>(filtered[i])));
  }
  return sum;
}

}  // namespace imagepacker
