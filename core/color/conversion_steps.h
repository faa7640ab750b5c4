// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "color/chroma_axis.h"
#include "color/color_map.h"
#include "color/matrix.h"
#include "imagepacker/image.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// What happens to colour because of alpha.
enum class AlphaBlend : std::uint8_t {
  none,
  flatten_straight,       ///< v·a + background·(1 − a)
  flatten_premultiplied,  ///< v + background·(1 − a)
  unpremultiply,          ///< v / a
};

using MixingRow = std::array<float, 3>;

/// A conversion, decided: every number that the row loops need. All sample values in between are "centred" codes, that
/// is code − offset of their coding, so that black and neutral chroma are 0.
///
/// YCbCr → YCbCr without a ColorMap is linear, and the luma of the source has no part in the chroma of the target:
/// chroma goes from grid to grid at chroma resolution (`direct_chroma`), through no RGB and no clipping. In all other
/// cases, and where straight colour goes to coarser chroma, pixels are converted at luma resolution and chroma is
/// averaged down to the target's grid afterwards.
struct ConversionSteps {
  ImageFormat source;
  ImageFormat target;
  Coding source_coding;
  Coding target_coding;
  bool is_identity;

  /// What a pixel counts in an average beside its alpha: what all pixels hide is averaged as it is, and what some hide
  /// has no part.
  static constexpr float kHiddenWeight = 1.0F / 65536;

  bool direct_chroma;
  bool weighs_chroma;                  ///< chroma is averaged by straight alpha, which stays
  bool keeps_color;                    ///< components at luma resolution: `to_target` changes no code
  bool keeps_chroma;                   ///< chroma: grids are equal and `to_target` changes no code
  bool luma_reads_chroma;              ///< the row of `to_target` for component 0 has a part of components 1 and 2
  std::array<MixingRow, 3> to_rgb;     ///< centred source codes → R'G'B'; before `color_map` only
  std::array<MixingRow, 3> to_target;  ///< R'G'B' (with a ColorMap) or centred source codes → centred target codes
  std::unique_ptr<const ColorMap> color_map;

  AlphaBlend blend;
  bool copies_alpha;                ///< the target's alpha is the source's; else a target with alpha is opaque
  float alpha_max;                  ///< the source's highest alpha code
  float alpha_scale;                ///< target alpha code per source alpha code
  std::array<float, 3> background;  ///< centred target codes

  ResamplingAxis up_x, up_y;          ///< source chroma → luma grid
  ResamplingAxis down_x, down_y;      ///< luma grid → target chroma
  ResamplingAxis direct_x, direct_y;  ///< source chroma → target chroma
};

/// Decides. Errors as ConversionPlan::create.
Result<ConversionSteps> make_conversion_steps(const ImageFormat& source, const ImageFormat& target,
                                              std::uint32_t background);

}  // namespace imagepacker
