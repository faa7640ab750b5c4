// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/sequential_decode.h"

#include <algorithm>
#include <atomic>
#include <vector>

#include "base/try.h"
#include "codec/jpeg/jpeg_layout.h"
#include "codec/jpeg/sequential_scan.h"

namespace imagepacker::jpeg {
namespace {

/// One row of MCUs after the other, from coefficients to samples while they are in cache.
class BandDecoding {
 public:
  BandDecoding(SequentialScan& band, const MutableImageView& target)
      : band_(band), target_(target), row_(band.components(), band.mcu_columns()) {
    std::size_t longest = 0;
    for (const ScanComponent& component : band.components()) {
      longest = std::max(longest, component.block_columns * kBlockSize);
    }
    below_.resize(longest);
  }

  /// The next row of the band. False when the data are not as they should be.
  bool decode_row() {
    const std::size_t mcu_row = band_.next_row();
    if (!band_.read_row(row_)) {
      return false;
    }
    int largest = 0;
    for (std::size_t c = 0; c < band_.components().size(); ++c) {
      const ScanComponent& component = band_.components()[c];
      for (std::size_t down = 0; down < component.blocks_down; ++down) {
        const std::size_t first = (mcu_row * component.blocks_down + down) * kBlockSize;
        if (first < static_cast<std::size_t>(component.samples.height)) {
          const auto rows = sample_rows(c, first);
          largest = std::max(largest, inverse_transform(row_.blocks(c, down, component.block_columns), rows));
        }
      }
    }
    return largest <= kMaxColumnSum;
  }

 private:
  /// Eight rows of a component from `first` on; those below the picture are a row of their own.
  std::array<std::uint8_t*, kBlockSize> sample_rows(std::size_t component, std::size_t first) {
    const MutablePlane& plane = target_.planes[component];
    const auto height = static_cast<std::size_t>(band_.components()[component].samples.height);
    std::array<std::uint8_t*, kBlockSize> rows{};
    for (std::size_t y = 0; y < rows.size(); ++y) {
      rows[y] = first + y < height
                    ? reinterpret_cast<std::uint8_t*>(plane.bytes.data()) + (first + y) * plane.stride_bytes
                    : below_.data();
    }
    return rows;
  }

  SequentialScan& band_;
  const MutableImageView& target_;
  McuRow row_;
  std::vector<std::uint8_t> below_;
};

}  // namespace

Result<bool> decode_sequential(const JpegStructure& image, const MutableImageView& target, TaskPool& pool,
                               const std::stop_token& stop) {
  const auto scan = SequentialScan::open(image);
  if (!scan) {
    return false;
  }
  std::vector<SequentialScan> bands = scan->bands();
  std::atomic<bool> is_good = true;
  IP_TRY(pool.for_each(bands.size(), [&](std::size_t index) -> Status {
    SequentialScan& band = bands[index];
    BandDecoding decoding(band, target);
    while (is_good && band.next_row() < band.end_row()) {
      if (stop.stop_requested()) {
        return make_error(Errc::cancelled, "unpacking was cancelled");
      }
      if (!decoding.decode_row()) {
        is_good = false;
      }
    }
    return {};
  }));
  return is_good.load();
}

}  // namespace imagepacker::jpeg
