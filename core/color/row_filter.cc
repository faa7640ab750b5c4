// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/row_filter.h"

namespace imagepacker {

void extend_edges(float* row, int count) {
  std::fill(row - ResamplingAxis::kMargin, row, row[0]);
  std::fill(row + count, row + count + ResamplingAxis::kMargin, row[count - 1]);
}

void filter_columns(const ResamplingAxis& axis, const float* in, int count, float* out) {
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
