// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <vector>

#include "color/conversion_steps.h"
#include "color/row_ring.h"
#include "image/image_buffer.h"

namespace imagepacker {

/// Carries out ConversionSteps for one band of rows, row by row in single precision: the general way, for any source
/// and any target. Rows above and below the band are read from the whole source picture where filters need them, so
/// that pictures do not depend on how they are cut.
class BandConverter {
 public:
  /// All are borrowed. `first`: the picture's row that becomes row 0 of `target`.
  /// Throws std::bad_alloc.
  BandConverter(const ConversionSteps& steps, const ImageView& source, int first, const MutableImageView& target);

  /// Writes all rows of the target.
  void run();

 private:
  using Rows = std::array<const float*, 3>;

  /// One row of one component as centred codes (alpha: codes), at its own resolution; rows beyond the edges are those
  /// at the edges.
  const float* source_row(int component, int row);
  /// One chroma row of the source at luma resolution.
  const float* upsampled_row(int component, int y);
  /// Alpha 0..1.
  const float* alpha_row(int y);
  /// The colour of row y in centred target codes at luma resolution; as many components as are needed.
  Rows converted_rows(int y);
  void convert_pixels(const Rows& in, const float* alpha, const std::array<float*, 3>& out);
  void blend(const float* alpha, int component, int count, float* values) const;

  void write_luma_row(int y);
  void write_alpha_row(int y);
  void write_chroma_row(int row);
  void direct_chroma_rows(int row, const std::array<float*, 2>& out);
  void averaged_chroma_rows(int row, const std::array<float*, 2>& out);

  const ConversionSteps& steps_;
  const ImageView& source_;
  const MutableImageView& target_;
  const PixelFormatInfo& from_;
  const PixelFormatInfo& to_;
  int first_;
  int width_;
  int height_;
  int source_chroma_width_;
  int source_chroma_height_;
  int target_chroma_width_;

  std::array<RowRing, 4> source_rings_;
  std::array<RowRing, 2> upsampled_rings_;
  RowRing alpha_ring_;
  std::array<RowRing, 3> converted_rings_;
  RowRing vertical_sum_;               ///< one row of a filter's first half
  std::array<RowRing, 3> rgb_;         ///< one row: R'G'B' on the way through a ColorMap
  std::array<RowRing, 2> chroma_;      ///< one row of the target's chroma
  RowRing chroma_mix_;                 ///< one row of the target's chroma, after the matrix
  RowRing chroma_alpha_;               ///< one row of alpha on the target's chroma grid
  std::vector<float> neutral_chroma_;  ///< zeros, for gray sources
  std::vector<float> opaque_;          ///< the target's highest alpha code
};

}  // namespace imagepacker
