// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "image/image_buffer.h"
#include "image/row_source.h"
#include "imagepacker/image.h"
#include "imagepacker/result.h"
#include "imagepacker/task_pool.h"

namespace imagepacker::heif {

/// A part of a picture as the HEVC encoder takes it, either in the caller's memory or in its own.
class PictureArea {
 public:
  /// Reads the columns [left, left + size.width) of `band`, which begins with the wanted row, as a picture of `size`.
  /// Where that reaches beyond the band's right or bottom edge its last columns and rows are repeated. `left` is a
  /// multiple of the chroma width. Copies only where the caller's memory does not serve.
  /// `band` must stay alive as long as the result is used.
  Status read(const ImageView& band, int left, Size size);

  /// The colour planes as a picture without alpha.
  [[nodiscard]] ImageView color() const;

  /// The alpha plane as a gray picture of full range. Needs a format with alpha.
  [[nodiscard]] ImageView alpha() const;

 private:
  ImageBuffer copy_;
  ImageView view_;
};

/// The rows [first, first + count) of `image`, as RowSource::rows has it: a window where the source is one, else
/// converted into `buffer` by `pool`.
Result<ImageView> read_band(const RowSource& image, int first, int count, ImageBuffer& buffer, TaskPool& pool);

}  // namespace imagepacker::heif
