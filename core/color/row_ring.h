// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "color/chroma_axis.h"

namespace imagepacker {

/// The last few rows that were made of something, found by row number. Every row has ResamplingAxis::kMargin samples of
/// room on either side.
class RowRing {
 public:
  /// More than a vertical filter reads at once.
  static constexpr int kRows = 4;
  static_assert(kRows > 3);

  RowRing() { rows_.fill(kNone); }

  /// Rows of `width` samples.
  void allocate(int width) {
    pitch_ = static_cast<std::size_t>(width + 2 * ResamplingAxis::kMargin);
    samples_.resize(pitch_ * kRows);
  }

  /// The place for row number `row`; `is_new` tells that the caller has to fill it.
  float* find(int row, bool& is_new) {
    const auto slot = static_cast<std::size_t>(row % kRows);
    is_new = rows_[slot] != row;
    rows_[slot] = row;
    return samples_.data() + slot * pitch_ + ResamplingAxis::kMargin;
  }

 private:
  static constexpr int kNone = -1;
  std::array<int, kRows> rows_{};
  std::size_t pitch_ = 0;
  std::vector<float> samples_;
};

}  // namespace imagepacker
