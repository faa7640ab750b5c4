// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/sequential_decode.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "base/try.h"
#include "codec/jpeg/jpeg_layout.h"
#include "codec/jpeg/sequential_scan.h"

namespace imagepacker::jpeg {
namespace {

/// Rows of MCUs between reader and transform: few, so that coefficients stay in cache.
constexpr std::size_t kRowsInFlight = 4;

/// Rows of MCUs on their way from the thread that reads them to those that transform them. Nobody waits for a thread
/// that has not begun: the reader transforms rows itself when there is no room for the next.
class SequentialDecoding {
 public:
  SequentialDecoding(SequentialScan& scan, const MutableImageView& target, const std::stop_token& stop)
      : scan_(scan), target_(target), stop_(stop) {
    const std::size_t slots = std::min(kRowsInFlight, scan.mcu_rows());
    for (std::size_t slot = 0; slot < slots; ++slot) {
      slots_.push_back({McuRow(scan.components(), scan.mcu_columns())});
    }
    std::size_t longest = 0;
    for (const ScanComponent& component : scan.components()) {
      longest = std::max(longest, component.block_columns * kBlockSize);
    }
    below_.resize(longest);
  }

  /// The one thread that reads.
  void read_all() {
    for (std::size_t row = 0; row < scan_.mcu_rows(); ++row) {
      if (!make_room(row)) {
        return;
      }
      const bool is_read = !stop_.stop_requested() && scan_.read_row(slot_of(row).coefficients);
      const std::lock_guard lock(mutex_);
      is_given_up_ = is_given_up_ || !is_read;
      rows_read_ = row + 1;
      changed_.notify_all();
      if (!is_read) {
        return;
      }
    }
    while (const auto row = claim(false)) {
      transform(*row);
    }
  }

  /// Any other thread, also when nobody reads any more.
  void transform_all() {
    while (const auto row = claim(true)) {
      transform(*row);
    }
  }

  /// When all threads are done: false when the data are not as they should be.
  [[nodiscard]] bool is_complete() const { return !is_given_up_; }

 private:
  struct Slot {
    McuRow coefficients;
    bool is_in_use = false;  ///< read or being read, and not transformed
  };

  Slot& slot_of(std::size_t row) { return slots_[row % slots_.size()]; }

  /// Waits until the slot of `row` is free, or makes it so. False when it is all over.
  bool make_room(std::size_t row) {
    for (;;) {
      std::optional<std::size_t> own;
      {
        std::unique_lock lock(mutex_);
        if (is_given_up_) {
          return false;
        }
        if (!slot_of(row).is_in_use) {
          slot_of(row).is_in_use = true;
          return true;
        }
        if (rows_claimed_ == rows_read_) {
          changed_.wait(lock);  // for a thread that transforms it
          continue;
        }
        own = rows_claimed_++;
      }
      transform(*own);
    }
  }

  /// A row that is read and that nobody transforms, if there will be one.
  std::optional<std::size_t> claim(bool waits) {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (is_given_up_ || rows_claimed_ == scan_.mcu_rows()) {
        return std::nullopt;
      }
      if (rows_claimed_ < rows_read_) {
        return rows_claimed_++;
      }
      if (!waits) {
        return std::nullopt;
      }
      changed_.wait(lock);
    }
  }

  void transform(std::size_t row) {
    const bool is_good = transform_blocks(row);
    const std::lock_guard lock(mutex_);
    is_given_up_ = is_given_up_ || !is_good;
    slot_of(row).is_in_use = false;
    changed_.notify_all();
  }

  bool transform_blocks(std::size_t mcu_row) {
    const McuRow& coefficients = slot_of(mcu_row).coefficients;
    int largest = 0;
    for (std::size_t c = 0; c < scan_.components().size(); ++c) {
      const ScanComponent& component = scan_.components()[c];
      const auto height = static_cast<std::size_t>(component.samples.height);
      const MutablePlane& plane = target_.planes[c];
      for (std::size_t down = 0; down < component.blocks_down; ++down) {
        const std::size_t first = (mcu_row * component.blocks_down + down) * kBlockSize;
        if (first >= height) {
          break;
        }
        std::array<std::uint8_t*, kBlockSize> rows{};
        for (std::size_t y = 0; y < rows.size(); ++y) {
          rows[y] = first + y < height
                        ? reinterpret_cast<std::uint8_t*>(plane.bytes.data()) + (first + y) * plane.stride_bytes
                        : below_.data();
        }
        largest = std::max(largest, inverse_transform(coefficients.blocks(c, down, component.block_columns), rows));
      }
    }
    return largest <= kMaxColumnSum;
  }

  SequentialScan& scan_;
  const MutableImageView& target_;
  const std::stop_token& stop_;
  std::vector<Slot> slots_;
  std::vector<std::uint8_t> below_;  ///< takes rows below the picture; one thread at a time has such

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t rows_read_ = 0;
  std::size_t rows_claimed_ = 0;
  bool is_given_up_ = false;
};

}  // namespace

Result<bool> decode_sequential(const JpegStructure& image, const MutableImageView& target, TaskPool& pool,
                               const std::stop_token& stop) {
  auto scan = SequentialScan::open(image);
  if (!scan) {
    return false;
  }
  SequentialDecoding decoding(*scan, target, stop);
  constexpr std::size_t kMostTransformers = 2;  // they are faster than the reader
  IP_TRY(pool.for_each(1 + kMostTransformers, [&](std::size_t index) -> Status {
    if (index == 0) {
      decoding.read_all();
    } else {
      decoding.transform_all();
    }
    return {};
  }));
  if (stop.stop_requested()) {
    return make_error(Errc::cancelled, "unpacking was cancelled");
  }
  return decoding.is_complete();
}

}  // namespace imagepacker::jpeg
