// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>

#include "image/image_buffer.h"
#include "imagepacker/image.h"
#include "imagepacker/result.h"
#include "imagepacker/task_pool.h"

namespace imagepacker {

/// Resamples pictures of one format to another size with a high-quality filter. Immutable; scale() may run in several
/// threads at once.
class Scaler {
 public:
  /// target() has `target_size` and the colour of `source`; its layout is the planar one nearest to the source's.
  static Result<Scaler> create(const ImageFormat& source, Size target_size);

  Scaler(Scaler&&) noexcept;
  Scaler& operator=(Scaler&&) noexcept;
  ~Scaler();

  [[nodiscard]] const ImageFormat& target() const;

  /// Fills `target`, which is reset to target(). Bytes do not depend on the pool.
  Status scale(const ImageView& image, ImageBuffer& target, TaskPool& pool) const;

 private:
  struct Impl;
  explicit Scaler(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

/// The largest size with the aspect of `size` that fits into max_width × max_height (0 = no limit); never larger than
/// `size`, never below 1×1.
Size fit_within(Size size, int max_width, int max_height);

}  // namespace imagepacker
