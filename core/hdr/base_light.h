// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "color/conversion.h"
#include "color/curve_table.h"
#include "image/image_buffer.h"
#include "imagepacker/image.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// With which R'G'B' the maths of a gain map begin.
enum class RgbPrecision : std::uint8_t {
  exact,  ///< with what interpolated chroma and the matrix give
  /// With codes of 8 bit, as JPEG decoders give them: chroma is rounded between its samples and R'G'B' after the
  /// matrix, as libjpeg-turbo does it. Writers of gain-map JPEGs computed the gains for such pixels, or may have.
  bytes,
};

/// Reads the linear light of an SDR picture, relative to its white, in its own primaries. Immutable.
class BaseLight {
 public:
  /// Memory for one row, of one task.
  struct Row {
    explicit Row(std::size_t width);

    std::array<std::vector<std::uint16_t>, 3> codes;
    std::array<std::vector<float>, 3> light;  ///< R, G, B
  };

  /// `precision` bytes is for layouts of 8 bit without alpha; others are exact. Errors: of ConversionPlan::create.
  static Result<BaseLight> create(const ImageFormat& base, RgbPrecision precision);

  /// The rows [first, first + count) of `base` as read() takes them; `first` and `count` as in RowSource::rows. May be
  /// a window of `base`, or lie in `scratch`.
  Result<ImageView> codes(const ImageView& base, int first, int count, ImageBuffer& scratch) const;

  /// The light of row `row` of codes().
  void read(const ImageView& codes, int row, Row& into) const;

  /// The alpha of row `row` of codes(), which has some, with codes of 0 … `most`.
  void read_alpha(const ImageView& codes, int row, int most, std::uint16_t* out) const;

 private:
  /// How YCbCr of 8 bit, with fractions, becomes rounded R'G'B'.
  struct Rounding {
    float codes_per_step = 1;  ///< codes of the base per code of the planes
    float coded_neutral = 0;   ///< chroma of gray in those planes
    bool even_columns_go_up = true;
    std::array<float, 3> offset{};
    std::array<std::array<float, 3>, 3> to_rgb{};  ///< centred codes to codes of R'G'B'
  };

  BaseLight(ConversionPlan to_codes, const ImageFormat& base);
  void round_to_rgb(const Rounding& rounding, std::size_t width, Row& row) const;

  ConversionPlan to_codes_;           ///< to samples of one resolution
  std::optional<Rounding> rounding_;  ///< where these are YCbCr
  std::vector<float> light_of_byte_;
  CodeTable light_of_code_;
};

}  // namespace imagepacker
