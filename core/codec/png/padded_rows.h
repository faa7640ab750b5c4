// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "codec/png/row_filter.h"
#include "imagepacker/image.h"

namespace imagepacker {

/// Copies of a row and the one above it with the padding that filters ask for.
class PaddedRows {
 public:
  /// Begins with rows of `row_bytes` bytes; the one above the first is zero.
  void start(std::size_t row_bytes) {
    row_bytes_ = row_bytes;
    row_.assign(kMaxPixelBytes + row_bytes + kFilterPaddingBytes, 0);
    above_ = row_;
  }

  /// Makes the current row the one above and row `y` of `image`, whose rows are in one plane, the current.
  void load(const ImageView& image, int y) {
    const Plane& plane = image.planes[0];
    const auto* const row =
        reinterpret_cast<const std::uint8_t*>(plane.bytes.data()) + static_cast<std::size_t>(y) * plane.stride_bytes;
    std::swap(row_, above_);
    std::copy_n(row, row_bytes_, row_.data() + kMaxPixelBytes);
  }

  [[nodiscard]] FilterInput input(std::size_t pixel_bytes) const {
    return {row_.data() + kMaxPixelBytes, above_.data() + kMaxPixelBytes, row_bytes_, pixel_bytes};
  }

 private:
  std::size_t row_bytes_ = 0;
  std::vector<std::uint8_t> row_;
  std::vector<std::uint8_t> above_;
};

}  // namespace imagepacker
