// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "imagepacker/image.h"

namespace imagepacker {

/// Bytes behind the last sample of every plane that may be read and written (not relied upon for content), so that a
/// SIMD loop may finish a row with whole vectors.
inline constexpr std::size_t kPlanePaddingBytes = 128;

/// Alignment of every row in an ImageBuffer.
inline constexpr std::size_t kRowAlignmentBytes = 64;

/// A plane that may be written, borrowed.
struct MutablePlane {
  std::span<std::byte> bytes;
  std::size_t stride_bytes = 0;
};

/// An image that may be written, borrowed.
struct MutableImageView {
  ImageFormat format;
  std::array<MutablePlane, 4> planes;

  [[nodiscard]] ImageView as_const() const;
};

/// An image with memory of its own. reset() to a smaller or equal one keeps the memory, so that one buffer serves
/// stripe after stripe.
class ImageBuffer {
 public:
  /// Makes room for `format` with rows aligned to kRowAlignmentBytes; contents are undefined afterwards.
  /// Errors: invalid_argument (validate), limit_exceeded (size arithmetic), out_of_memory.
  Status reset(const ImageFormat& format);

  /// An image in someone else's memory, without padding: loops that write whole vectors must not be let at it.
  /// `image` is valid; `memory` keeps it so. A reset() leaves it for memory of its own.
  static ImageBuffer borrow(const MutableImageView& image, std::shared_ptr<const void> memory);

  [[nodiscard]] MutableImageView view();
  [[nodiscard]] ImageView view() const;

 private:
  struct Free {
    void operator()(std::byte* memory) const;
  };
  std::unique_ptr<std::byte, Free> memory_;
  std::size_t capacity_bytes_ = 0;
  std::shared_ptr<const void> lender_;  ///< of view_, when that is not in memory_
  MutableImageView view_;
};

/// The rows [first, first + count) of `image`; both multiples of the chroma height, but for the bottom.
ImageView row_window(const ImageView& image, int first, int count);

}  // namespace imagepacker
