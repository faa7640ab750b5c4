// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "color/matrix.h"

namespace imagepacker {

/// CIE 1931 x and y.
struct Xy {
  double x;
  double y;
};

/// The chromaticities of three primaries and white.
struct PrimariesXy {
  Xy red;
  Xy green;
  Xy blue;
  Xy white;
};

/// The white of ICC's profile connection space, as XYZ.
inline constexpr Vector3 kD50 = {0.9642, 1.0, 0.8249};

/// H.273 table 2; Primaries::unspecified means BT.709.
PrimariesXy chromaticities(Primaries primaries);

/// True when both have the same chromaticities.
bool are_equal(Primaries a, Primaries b);

/// XYZ of a chromaticity with Y = 1.
Vector3 xyz_of(Xy chromaticity);

/// Linear RGB → XYZ, with Y = 1 for white.
Matrix3 rgb_to_xyz(Primaries primaries);

/// The Bradford transform that makes the white `from` (XYZ) the white `to`.
Matrix3 chromatic_adaptation(const Vector3& from, const Vector3& to);

/// Linear RGB of `from` → linear RGB of `to`; white stays white.
Matrix3 rgb_to_rgb(Primaries from, Primaries to);

/// The luminance weights of linear R, G and B.
Vector3 luminance_weights(Primaries primaries);

}  // namespace imagepacker
