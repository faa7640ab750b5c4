// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include "color/conversion.h"
#include "image/image_buffer.h"
#include "imagepacker/image.h"
#include "imagepacker/orientation.h"
#include "imagepacker/result.h"
#include "imagepacker/task_pool.h"

namespace imagepacker {

/// Turns and mirrors pictures so that they stand upright. Immutable; turn() may run in several threads at once.
class Turner {
 public:
  /// For pictures of format `source` that are stored with `orientation`. target() has the turned size; layout and
  /// colour are the source's, but subsampled chroma becomes 4:4:4, since an odd number of columns or rows pairs
  /// otherwise when it is counted from the other end. Errors: ConversionPlan::create's.
  static Result<Turner> create(const ImageFormat& source, Orientation orientation);

  [[nodiscard]] const ImageFormat& target() const { return target_; }

  /// Fills `target`, which is reset to target().
  Status turn(const ImageView& image, ImageBuffer& target, TaskPool& pool) const;

 private:
  Turner(ImageFormat target, Orientation orientation, std::optional<ConversionPlan> plan)
      : target_(std::move(target)), orientation_(orientation), to_full_chroma_(std::move(plan)) {}

  ImageFormat target_;
  Orientation orientation_;
  std::optional<ConversionPlan> to_full_chroma_;
};

}  // namespace imagepacker
