// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include "color/chroma_axis.h"

namespace imagepacker {

/// The last few rows that were made of something, found by row number. Every row has ResamplingAxis::kMargin samples of
/// room on either side. Memory is taken when the first row is asked for.
class RowRing {
 public:
  /// More than a vertical filter reads at once.
  static constexpr int kMaxRows = 4;

  RowRing() { numbers_.fill(kNone); }

  /// `rows` rows of `width` samples. One row stays in cache better where no filter reads several.
  void configure(int width, int rows) {
    width_ = static_cast<std::size_t>(width);
    rows_ = rows;
  }

  /// The place for row number `row`, 0 or more; `is_new` tells that the caller has to fill it. Throws std::bad_alloc.
  float* find(int row, bool& is_new) {
    const auto slot = static_cast<std::size_t>(row % rows_);
    is_new = numbers_[slot] != row;
    numbers_[slot] = row;
    return slot_begin(slot);
  }

  /// The place of the only row, for rows that are used at once.
  float* scratch() { return slot_begin(0); }

 private:
  static constexpr int kNone = -1;

  float* slot_begin(std::size_t slot) {
    const std::size_t pitch = width_ + 2 * ResamplingAxis::kMargin;
    if (samples_ == nullptr) {
      // Not std::vector, which would write all of it beforehand.
      samples_.reset(new float[pitch * static_cast<std::size_t>(rows_)]);
    }
    return samples_.get() + slot * pitch + ResamplingAxis::kMargin;
  }

  std::array<int, kMaxRows> numbers_{};
  int rows_ = 1;
  std::size_t width_ = 0;
  std::unique_ptr<float[]> samples_;
};

}  // namespace imagepacker
