// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>

namespace imagepacker {

// Arithmetic on rows of samples in single precision. Every operation stands alone (no fused multiply-add) and is
// rounded as IEEE 754 says, in the order that is written here: results are the same on every CPU.

/// out[x] = (m[0]·a[x] + m[1]·b[x]) + m[2]·c[x]. `out` may be one of the inputs.
void mix_rows(const std::array<float, 3>& m, const float* a, const float* b, const float* c, int count, float* out);

/// out[x] = m·a[x]. `out` may be `a`.
void scale_row(float m, const float* a, int count, float* out);

/// out[x] = m·a[x] + b[x]. `out` may be one of the inputs.
void scale_add_row(float m, const float* a, const float* b, int count, float* out);

/// out[x] = a[x] / divisor. `out` may be `a`.
void divide_row(float divisor, const float* a, int count, float* out);

/// values[x] = values[x]·factors[x].
void multiply_row(const float* factors, int count, float* values);

/// out[x] = (weights[0]·rows[0][x] + weights[1]·rows[1][x]) + …, `row_count` of them.
void blend_rows(const float* weights, const float* const* rows, int row_count, int count, float* out);

/// values[x] = values[x]·alpha[x] + background·(1 − alpha[x]).
void flatten_straight_row(const float* alpha, float background, int count, float* values);

/// values[x] = values[x] + background·(1 − alpha[x]).
void flatten_premultiplied_row(const float* alpha, float background, int count, float* values);

/// values[x] = values[x] / alpha[x], 0 where alpha is 0.
void unpremultiply_row(const float* alpha, int count, float* values);

/// Up to three neighbours that make one sample of a row, from `first` on; unused weights are 0.
struct ColumnTaps {
  int first = 0;
  std::array<float, 3> weights{};
};

/// Twice as many columns: out[2x] = even.weights[0]·in[x + even.first] + even.weights[1]·in[x + even.first + 1], and
/// out[2x + 1] the same with `odd`. `count` columns are written, which may be odd.
void double_columns(const ColumnTaps& even, const ColumnTaps& odd, const float* in, int count, float* out);

/// Half as many columns: out[x] = (weights[0]·in[2x + first] + weights[1]·in[2x + first + 1]) + weights[2]·in[2x +
/// first
/// + 2]. Reads one sample more than that behind the last.
void halve_columns(const ColumnTaps& taps, const float* in, int count, float* out);

}  // namespace imagepacker
