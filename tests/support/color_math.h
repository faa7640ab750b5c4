// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>

#include "imagepacker/color_space.h"

namespace imagepacker::testing {

// H.273 in double precision, written from the standard and not from the library.

using Triple = std::array<double, 3>;

/// Kr and Kb of H.273 table 4.
struct LumaWeights {
  double red, blue;
};
LumaWeights luma_weights(Matrix matrix);

/// R'G'B' in 0..1 -> Y' in 0..1, Pb and Pr in -0.5..0.5 (equations 38 to 40).
Triple ypbpr_from_rgb(const Triple& rgb, Matrix matrix);

/// The inverse, not clipped.
Triple rgb_from_ypbpr(const Triple& ypbpr, Matrix matrix);

/// How the codes of a component stand for numbers: code = offset + scale * value.
struct CodeScale {
  double offset, scale;
};

/// Of luma, R, G, B (0..1): equations 20 to 22 (limited) or 26 to 28 (full), for `depth` bits.
CodeScale luma_scale(Range range, int depth);

/// Of chroma (-0.5..0.5): equations 24, 25 or 30, 31.
CodeScale chroma_scale(Range range, int depth);

}  // namespace imagepacker::testing
