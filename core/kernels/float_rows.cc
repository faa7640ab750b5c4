// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kernels/float_rows.h"

#include <algorithm>

namespace imagepacker {

void mix_rows(const std::array<float, 3>& m, const float* a, const float* b, const float* c, int count, float* out) {
  for (int x = 0; x < count; ++x) {
    out[x] = (m[0] * a[x] + m[1] * b[x]) + m[2] * c[x];
  }
}

void scale_row(float m, const float* a, int count, float* out) {
  for (int x = 0; x < count; ++x) {
    out[x] = m * a[x];
  }
}

void divide_row(float divisor, const float* a, int count, float* out) {
  for (int x = 0; x < count; ++x) {
    out[x] = a[x] / divisor;
  }
}

void multiply_row(const float* factors, int count, float* values) {
  for (int x = 0; x < count; ++x) {
    values[x] = values[x] * factors[x];
  }
}

void blend_rows(const float* weights, const float* const* rows, int row_count, int count, float* out) {
  for (int x = 0; x < count; ++x) {
    float sum = weights[0] * rows[0][x];
    for (int r = 1; r < row_count; ++r) {
      sum += weights[r] * rows[r][x];
    }
    out[x] = sum;
  }
}

void flatten_straight_row(const float* alpha, float background, int count, float* values) {
  for (int x = 0; x < count; ++x) {
    values[x] = values[x] * alpha[x] + background * (1.0F - alpha[x]);
  }
}

void flatten_premultiplied_row(const float* alpha, float background, int count, float* values) {
  for (int x = 0; x < count; ++x) {
    values[x] = values[x] + background * (1.0F - alpha[x]);
  }
}

void unpremultiply_row(const float* alpha, int count, float* values) {
  for (int x = 0; x < count; ++x) {
    values[x] = alpha[x] > 0.0F ? values[x] / alpha[x] : 0.0F;
  }
}

}  // namespace imagepacker
