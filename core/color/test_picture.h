// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>

#include "image/image_buffer.h"

namespace imagepacker {

/// An image in memory of exactly the bytes that it needs, for tests: every plane is an allocation of its own that ends
/// with the last sample, begins off alignment, and has strides with `padding_bytes` between the rows.
class TestPicture {
 public:
  TestPicture(const ImageFormat& format, std::size_t padding_bytes) {
    view_.format = format;
    for (int p = 0; p < format.info().plane_count; ++p) {
      const auto index = static_cast<std::size_t>(p);
      const std::size_t row_bytes = plane_row_bytes(format.info(), p, format.size);
      const auto rows = static_cast<std::size_t>(plane_height(format.info(), p, format.size));
      const std::size_t stride = row_bytes + padding_bytes;
      const std::size_t size = stride * (rows - 1) + row_bytes;
      memory_[index] = std::make_unique<std::byte[]>(size + kMisalignment);
      view_.planes[index] = {{memory_[index].get() + kMisalignment, size}, stride};
    }
  }

  /// Fills all bytes, padding and bits without meaning included, with numbers that depend on `seed`.
  void randomize(std::uint32_t seed) {
    std::mt19937 random(seed);
    for (const MutablePlane& plane : view_.planes) {
      for (std::byte& byte : plane.bytes) {
        byte = static_cast<std::byte>(random() >> 24);
      }
    }
  }

  [[nodiscard]] const MutableImageView& view() const { return view_; }
  [[nodiscard]] ImageView as_const() const { return view_.as_const(); }

 private:
  static constexpr std::size_t kMisalignment = 1;
  std::array<std::unique_ptr<std::byte[]>, 4> memory_;
  MutableImageView view_;
};

}  // namespace imagepacker
