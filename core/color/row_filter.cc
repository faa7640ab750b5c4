// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/row_filter.h"

namespace imagepacker {

void extend_edges(float* row, int count) {
  std::fill(row - ResamplingAxis::kMargin, row, row[0]);
  std::fill(row + count, row + count + ResamplingAxis::kMargin, row[count - 1]);
}

namespace {

ColumnTaps column_taps(const ResamplingAxis::Phase& phase) {
  return {phase.first, {phase.weights[0], phase.weights[1], phase.weights[2]}};
}

}  // namespace

void filter_columns(const ResamplingAxis& axis, const float* in, int count, float* out) {
  if (axis.is_identity()) {
    std::copy(in, in + count, out);
    return;
  }
  if (axis.period() == 1 && axis.step() == 1) {
    // The same row, shifted, as several.
    const ResamplingAxis::Phase& phase = axis.phase(0);
    std::array<const float*, ResamplingAxis::kMaxTaps> shifted{};
    for (int t = 0; t < phase.tap_count; ++t) {
      shifted[static_cast<std::size_t>(t)] = in + phase.first + t;
    }
    blend_rows(phase.weights.data(), shifted.data(), phase.tap_count, count, out);
    return;
  }
  if (axis.period() == 2) {
    double_columns(column_taps(axis.phase(0)), column_taps(axis.phase(1)), in, count, out);
    return;
  }
  if (axis.step() == 2 && axis.phase(0).tap_count <= 3) {
    halve_columns(column_taps(axis.phase(0)), in, count, out);
    return;
  }
  for (int k = 0; k < axis.period(); ++k) {
    const ResamplingAxis::Phase& phase = axis.phase(k);
    const float* at = in + phase.first;
    for (int x = k; x < count; x += axis.period(), at += axis.step()) {
      float sum = phase.weights[0] * at[0];
      for (int t = 1; t < phase.tap_count; ++t) {
        sum += phase.weights[static_cast<std::size_t>(t)] * at[t];
      }
      out[x] = sum;
    }
  }
}

}  // namespace imagepacker
