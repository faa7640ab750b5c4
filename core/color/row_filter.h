// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "color/chroma_axis.h"
#include "kernels/float_rows.h"

namespace imagepacker {

/// Repeats the edge samples on both sides, as far as horizontal filters read: `row` has ResamplingAxis::kMargin samples
/// of room on either side of its `count`.
void extend_edges(float* row, int count);

/// `count` target samples of a horizontal filter. The source row has its edges extended.
void filter_columns(const ResamplingAxis& axis, const float* in, int count, float* out);

/// Target row `index` of a vertical filter over rows 0 … row_count − 1 of `width` samples, which `row_at(row)` gives.
/// The result stands in `out`, edges extended, or is the only row that has a part in it.
template <class RowAt>
const float* filter_rows(const ResamplingAxis& axis, int index, int row_count, const RowAt& row_at, int width,
                         float* out) {
  const ResamplingAxis::Phase& phase = axis.phase(index % axis.period());
  const int first = index / axis.period() * axis.step() + phase.first;
  std::array<const float*, ResamplingAxis::kMaxTaps> rows{};
  for (int t = 0; t < phase.tap_count; ++t) {
    rows[static_cast<std::size_t>(t)] = row_at(std::clamp(first + t, 0, row_count - 1));
  }
  if (phase.tap_count == 1) {
    return rows[0];
  }
  blend_rows(phase.weights.data(), rows.data(), phase.tap_count, width, out);
  extend_edges(out, width);
  return out;
}

}  // namespace imagepacker
