// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "color/conversion_steps.h"
#include "color/row_ring.h"
#include "color/source_codes.h"
#include "color/target_codes.h"
#include "image/image_buffer.h"
#include "kernels/pixel_rows.h"
#include "kernels/rgb_to_420.h"

namespace imagepacker {

/// Carries out ConversionSteps for one band of rows, in single precision: the general way for any source and any
/// target, and shortcuts that give the same codes sooner (in fixed point apart from ties). Rows above and below the
/// band are read from the whole source picture where filters need them, so that pictures do not depend on how they are
/// cut.
class BandConverter {
 public:
  /// All are borrowed. `first`: the picture's row that becomes row 0 of `target`.
  /// Throws std::bad_alloc.
  BandConverter(const ConversionSteps& steps, const ImageView& source, int first, const MutableImageView& target);

  /// Writes all rows of the target.
  void run();

 private:
  using Rows = std::array<const float*, 3>;

  /// How components at luma resolution are made.
  enum class ColorWay : std::uint8_t {
    copy,              ///< codes stay as they are
    direct_luma,       ///< luma of luma and chroma, at chroma resolution as far as possible
    rgb_bytes,         ///< one pass over 8-bit R, G, B; chroma as well where the target's is not subsampled
    yuv_bytes_to_rgb,  ///< one pass over 8-bit luma and upsampled chroma
    general,
  };
  /// How chroma is made.
  enum class ChromaWay : std::uint8_t {
    none,       ///< there is none, or it was made with luma
    copy,       ///< codes stay as they are
    direct,     ///< from the source's chroma
    rgb,        ///< from averaged R, G, B
    converted,  ///< by averaging the chroma of converted pixels
    weighted,   ///< by averaging that by alpha
  };
  [[nodiscard]] ColorWay choose_color_way() const;
  [[nodiscard]] ChromaWay choose_chroma_way() const;
  [[nodiscard]] bool can_copy(int component) const;
  void configure_rings();

  /// Packed 8-bit R, G, B becomes 4:2:0 two rows at a time, in one pass that needs none of the ways above, unless there
  /// is alpha that chroma depends on and one of their pixels is not opaque: false, and nothing is written, then.
  [[nodiscard]] std::optional<Rgb420Mix> choose_rgb_420_mix() const;
  bool write_packed_rgb_rows(int y);

  /// One row of one component as centred codes (alpha: codes), at its own resolution; rows beyond the edges are those
  /// at the edges.
  const float* source_row(int component, int row);
  /// One chroma row of the source at luma resolution.
  const float* upsampled_row(int component, int y);
  /// What chroma adds to the luma of row y: the second and third weight of `to_target` times chroma.
  const float* chroma_share_row(int y);
  /// Alpha 0..1.
  const float* alpha_row(int y);
  /// What pixels count in averages: alpha and ConversionSteps::kHiddenWeight.
  const float* weight_row(int y);
  /// The colour of row y in centred target codes at luma resolution; as many components as are needed.
  Rows converted_rows(int y);
  void convert_pixels(const Rows& in, const float* alpha, const std::array<float*, 3>& out);
  void blend(const float* alpha, int component, int count, float* values) const;

  void write_color_row(int y);
  void write_direct_luma_row(int y);
  void write_rgb_bytes_row(int y);
  void write_yuv_bytes_as_rgb_row(int y);
  void write_alpha_row(int y);
  void write_chroma_row(int row);
  void direct_chroma_rows(int row, const std::array<float*, 2>& out);
  void rgb_chroma_rows(int row, const std::array<float*, 2>& out);
  void converted_chroma_rows(int row, const std::array<float*, 2>& out);
  void weighted_chroma_rows(int row, const std::array<float*, 2>& out);

  /// What makes target component `component` of 8-bit source components.
  [[nodiscard]] ByteMix byte_mix(int component) const;
  [[nodiscard]] float source_offset(int component) const;
  [[nodiscard]] float target_offset(int component) const;
  [[nodiscard]] const std::uint8_t* source_bytes(int component, int row);
  [[nodiscard]] std::uint8_t* target_bytes(int component, int row);

  const ConversionSteps& steps_;
  const ImageView& source_;
  const MutableImageView& target_;
  SourceCodes codes_in_;
  TargetCodes codes_out_;
  const PixelFormatInfo& from_;
  const PixelFormatInfo& to_;
  int first_;
  int width_;
  int height_;
  int source_chroma_width_;
  int source_chroma_height_;
  int target_chroma_width_;
  bool are_bytes_;  ///< source and target hold 8-bit samples, none of which is blended or recoloured
  ColorWay color_way_;
  ChromaWay chroma_way_;
  std::optional<Rgb420Mix> rgb_420_mix_;

  std::array<RowRing, 4> source_rings_;
  std::array<RowRing, 2> upsampled_rings_;
  RowRing share_ring_;
  RowRing alpha_ring_;
  RowRing weight_ring_;
  std::array<RowRing, 3> converted_rings_;
  std::array<RowRing, 2> weighted_rings_;  ///< converted chroma times weights
  RowRing vertical_sum_;                   ///< what a vertical filter hands to a horizontal one
  std::array<RowRing, 3> rgb_;             ///< R'G'B' on the way through a ColorMap; averaged R, G, B
  std::array<RowRing, 2> moved_;           ///< source chroma on the target's grid
  std::array<RowRing, 2> chroma_;          ///< the target's chroma
  RowRing chroma_alpha_;                   ///< alpha, or weights, on the target's chroma grid
  RowRing luma_scratch_;                   ///< luma, or alpha, on its way to the target
  std::vector<float> no_chroma_;           ///< zeros, for gray sources
};

}  // namespace imagepacker
