// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>

#include "imagepacker/color_space.h"
#include "imagepacker/pixel_format.h"

namespace imagepacker {

using Vector3 = std::array<double, 3>;

/// A 3×3 matrix, row by row.
struct Matrix3 {
  std::array<Vector3, 3> rows;

  friend bool operator==(const Matrix3&, const Matrix3&) = default;
};

inline constexpr Matrix3 kIdentity3 = {{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}};

Matrix3 operator*(const Matrix3& a, const Matrix3& b);
Vector3 operator*(const Matrix3& a, const Vector3& v);

/// The inverse; `a` must be regular.
Matrix3 inverse(const Matrix3& a);

/// `a` with entries that stand within 1e-9 of a whole number set to it, so that what is an identity or a power of two
/// on paper is one in floating point too.
Matrix3 snapped(Matrix3 a);

/// What R' and B' weigh in Y', H.273 clause 8.3; G' weighs the rest.
struct LumaWeights {
  double red;
  double blue;
};

/// The weights of `matrix`; Matrix::unspecified and Matrix::rgb mean BT.601 here.
LumaWeights luma_weights(Matrix matrix);

/// How the codes of a layout stand for R'G'B' values: centred = code − offset; R'G'B' = to_rgb · centred, with 0 black
/// and 1 white, and back.
struct Coding {
  Vector3 offset;
  Matrix3 to_rgb;
  Matrix3 from_rgb;
  int max_code;
};

/// The coding of components of `depth` bits (H.273 clauses 8.3 and 8.4). Gray counts as Y' of a YCbCr with neutral
/// chroma.
Coding coding_of(ColorModel model, int depth, const ColorSpace& color);

}  // namespace imagepacker
