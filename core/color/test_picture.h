// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "color/row_pack.h"
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

  /// Writes `code(x, y)`, rounded and clamped, to every sample of `component`. Layouts whose components share words
  /// have to be zero before.
  void draw(int component, const std::function<double(int, int)>& code) const {
    const PixelFormatInfo& info = view_.format.info();
    const bool is_chroma = info.model == ColorModel::yuv && (component == 1 || component == 2);
    const auto count = [&](int size, int log2) { return is_chroma ? (size + (1 << log2) - 1) >> log2 : size; };
    const int width = count(view_.format.size.width, info.log2_chroma_w);
    std::vector<float> row(static_cast<std::size_t>(width));
    for (int y = 0; y < count(view_.format.size.height, info.log2_chroma_h); ++y) {
      for (int x = 0; x < width; ++x) {
        row[static_cast<std::size_t>(x)] = static_cast<float>(code(x, y));
      }
      pack_row(view_, component, y, width, row.data(), 0);
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
