// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "image/image_buffer.h"
#include "imagepacker/image.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// A picture that is read in bands of rows, so that what must be converted is converted just ahead of the codec, in
/// cache, and never stands in memory as a whole.
class RowSource {
 public:
  virtual ~RowSource() = default;

  /// The format in which rows() gives the picture; size is the whole picture's.
  [[nodiscard]] virtual const ImageFormat& format() const = 0;

  /// Rows [first, first + count) as an image of that height: either a window of the caller's memory, whose strides are
  /// arbitrary, or converted into `scratch`, which the caller keeps alive and unchanged while it uses the result.
  /// `first` is a multiple of the chroma height (1 << log2_chroma_h), and so is `count` unless the band ends at the
  /// bottom. Any thread may call it, each with its own `scratch`.
  virtual Result<ImageView> rows(int first, int count, ImageBuffer& scratch) const = 0;

  /// True when rows() never copies: bands may then be read several times for nothing.
  [[nodiscard]] virtual bool is_window() const = 0;
};

/// A picture that already is as the codec wants it.
class ViewRows final : public RowSource {
 public:
  /// `view` must be valid (see validate) and outlive this object.
  explicit ViewRows(const ImageView& view) : view_(view) {}

  [[nodiscard]] const ImageFormat& format() const override { return view_.format; }
  Result<ImageView> rows(int first, int count, ImageBuffer&) const override { return row_window(view_, first, count); }
  [[nodiscard]] bool is_window() const override { return true; }

 private:
  const ImageView& view_;
};

}  // namespace imagepacker
