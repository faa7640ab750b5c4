// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/matrix.h"

#include <cmath>

namespace imagepacker {

Matrix3 operator*(const Matrix3& a, const Matrix3& b) {
  Matrix3 product{};
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      for (int k = 0; k < 3; ++k) {
        product.rows[i][j] += a.rows[i][k] * b.rows[k][j];
      }
    }
  }
  return product;
}

Vector3 operator*(const Matrix3& a, const Vector3& v) {
  Vector3 product{};
  for (int i = 0; i < 3; ++i) {
    product[i] = a.rows[i][0] * v[0] + a.rows[i][1] * v[1] + a.rows[i][2] * v[2];
  }
  return product;
}

Matrix3 inverse(const Matrix3& a) {
  const auto& m = a.rows;
  // Signed minors with indices taken modulo 3.
  const auto cofactor = [&m](int i, int j) {
    const int i1 = (i + 1) % 3;
    const int i2 = (i + 2) % 3;
    const int j1 = (j + 1) % 3;
    const int j2 = (j + 2) % 3;
    return m[i1][j1] * m[i2][j2] - m[i1][j2] * m[i2][j1];
  };
  const double determinant = m[0][0] * cofactor(0, 0) + m[0][1] * cofactor(0, 1) + m[0][2] * cofactor(0, 2);
  Matrix3 result{};
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      result.rows[i][j] = cofactor(j, i) / determinant;
    }
  }
  return result;
}

Matrix3 snapped(Matrix3 a) {
  for (Vector3& row : a.rows) {
    for (double& entry : row) {
      const double whole = std::nearbyint(entry);
      if (std::abs(entry - whole) < 1e-9) {
        entry = whole;
      }
    }
  }
  return a;
}

LumaWeights luma_weights(Matrix matrix) {
  switch (matrix) {
    case Matrix::bt709:
      return {.red = 0.2126, .blue = 0.0722};
    case Matrix::fcc:
      return {.red = 0.30, .blue = 0.11};
    case Matrix::smpte240m:
      return {.red = 0.212, .blue = 0.087};
    case Matrix::bt2020_ncl:
      return {.red = 0.2627, .blue = 0.0593};
    case Matrix::rgb:
    case Matrix::unspecified:
    case Matrix::bt470bg:
    case Matrix::bt601:
      break;
  }
  return {.red = 0.299, .blue = 0.114};
}

Coding coding_of(ColorModel model, int depth, const ColorSpace& color) {
  const int max_code = (1 << depth) - 1;
  const double step = 1 << (depth - 8);
  const bool full = color.range == Range::full;
  const double black = full ? 0 : 16 * step;
  const double luma_span = full ? max_code : 219 * step;
  if (model == ColorModel::rgb) {
    const Matrix3 to_codes = {{{{luma_span, 0, 0}, {0, luma_span, 0}, {0, 0, luma_span}}}};
    return {{black, black, black}, inverse(to_codes), to_codes, max_code};
  }
  const auto [kr, kb] = luma_weights(color.matrix);
  const double kg = 1 - kr - kb;
  const double chroma_span = full ? max_code : 224 * step;
  const double neutral = 128 * step;
  const double blue = chroma_span / (2 * (1 - kb));
  const double red = chroma_span / (2 * (1 - kr));
  const Matrix3 to_codes = {{{{kr * luma_span, kg * luma_span, kb * luma_span},
                              {-kr * blue, -kg * blue, (1 - kb) * blue},
                              {(1 - kr) * red, -kg * red, -kb * red}}}};
  return {{black, neutral, neutral}, inverse(to_codes), to_codes, max_code};
}

}  // namespace imagepacker
