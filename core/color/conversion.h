// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>

#include "image/image_buffer.h"
#include "image/row_source.h"
#include "imagepacker/image.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// How samples of one ImageFormat become samples of another of the same size: unpacking, chroma resampling at the
/// declared sites, matrix, range, depth (rounded), alpha (flattened, un-premultiplied or dropped), transfer and
/// primaries (tone-mapped when the source is HDR and the target is not), packing. Decided once, then executed band by
/// band. Immutable; any number of threads may execute one plan.
///
/// What is not said is meant so: matrix BT.601; primaries BT.709; transfer sRGB (as which camera curves are shown,
/// too); chroma sites as resolved_chroma_site(). Codes are rounded to the nearest and clamped to 0 … 2^depth − 1, in
/// limited range as well: what lies below black or above white in a limited source stays so in a limited target. YCbCr
/// to YCbCr passes through no clipped RGB. Gray targets take luma by their matrix, BT.601 where that is Matrix::rgb.
/// Alpha is blended in coded values. v210 can be read but not made.
class ConversionPlan {
 public:
  /// `background`: 0xRRGGBB in sRGB, what shows through where `source` has alpha and `target` has none.
  /// Errors: invalid_argument, unsupported (no way between the two).
  static Result<ConversionPlan> create(const ImageFormat& source, const ImageFormat& target, std::uint32_t background);

  ConversionPlan(ConversionPlan&&) noexcept;
  ConversionPlan& operator=(ConversionPlan&&) noexcept;
  ~ConversionPlan();

  [[nodiscard]] const ImageFormat& source() const;
  [[nodiscard]] const ImageFormat& target() const;

  /// The source's planes already are the target's: nothing has to be done.
  [[nodiscard]] bool is_identity() const;

  /// Writes the rows [first, first + count) of the converted `image` to the top of `target`, whose format is target()
  /// with height `count`. `first` and `count` as in RowSource::rows. `image` is the whole picture and valid.
  Status convert(const ImageView& image, int first, int count, const MutableImageView& target) const;

 private:
  struct Impl;
  explicit ConversionPlan(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

/// A picture seen through a plan. Both are borrowed.
class ConvertedRows final : public RowSource {
 public:
  ConvertedRows(const ConversionPlan& plan, const ImageView& image) : plan_(plan), image_(image) {}

  [[nodiscard]] const ImageFormat& format() const override { return plan_.target(); }
  Result<ImageView> rows(int first, int count, ImageBuffer& scratch) const override;
  [[nodiscard]] bool is_window() const override { return plan_.is_identity(); }

 private:
  const ConversionPlan& plan_;
  const ImageView& image_;
};

}  // namespace imagepacker
