// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <vector>

namespace imagepacker::vp8 {

/// How far rows of macroblocks are, each on a thread of its own, and waiting for the row above.
class RowProgress {
 public:
  RowProgress(int rows, int columns) : columns_(columns), done_(static_cast<std::size_t>(rows)) {}

  /// Ends a row when it goes, whatever came of it: nobody may wait for a row that failed.
  class Completion {
   public:
    Completion(RowProgress& progress, int row) : progress_(progress), row_(row) {}
    ~Completion() { progress_.announce(row_, progress_.columns_); }
    Completion(const Completion&) = delete;
    Completion& operator=(const Completion&) = delete;

   private:
    RowProgress& progress_;
    int row_;
  };

  /// The first `columns` of `row` are done.
  void announce(int row, int columns) {
    std::atomic<int>& done = done_[static_cast<std::size_t>(row)];
    done.store(columns, std::memory_order_release);
    done.notify_all();
  }

  /// Returns when the first `columns`, or all there are, of the row above `row` are done.
  void wait_above(int row, int columns) const {
    if (row == 0) {
      return;
    }
    const std::atomic<int>& done = done_[static_cast<std::size_t>(row - 1)];
    int value = done.load(std::memory_order_acquire);
    if (value >= std::min(columns, columns_)) {
      return;
    }
    // Who has caught up waits for some more, lest it has to wait again at once.
    const int enough = std::min(columns + kLead, columns_);
    while (value < enough) {
      done.wait(value, std::memory_order_acquire);
      value = done.load(std::memory_order_acquire);
    }
  }

 private:
  static constexpr int kLead = 8;
  int columns_;
  std::vector<std::atomic<int>> done_;  ///< columns of each row
};

}  // namespace imagepacker::vp8
