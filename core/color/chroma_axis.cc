// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/chroma_axis.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace imagepacker {

ChromaSite resolved_chroma_site(const ColorSpace& color) {
  if (color.chroma_site != ChromaSite::unspecified) {
    return color.chroma_site;
  }
  return color.range == Range::full ? ChromaSite::center : ChromaSite::left;
}

SampleGrid chroma_grid_x(const PixelFormatInfo& info, const ColorSpace& color) {
  const ChromaSite site = resolved_chroma_site(color);
  const bool is_left = site == ChromaSite::left || site == ChromaSite::top_left || site == ChromaSite::bottom_left;
  return {info.log2_chroma_w, is_left ? 0 : (1 << info.log2_chroma_w) - 1};
}

SampleGrid chroma_grid_y(const PixelFormatInfo& info, const ColorSpace& color) {
  if (info.log2_chroma_h == 0) {
    return kLumaGrid;
  }
  switch (resolved_chroma_site(color)) {
    case ChromaSite::top_left:
    case ChromaSite::top:
      return {info.log2_chroma_h, 0};
    case ChromaSite::bottom_left:
    case ChromaSite::bottom:
      return {info.log2_chroma_h, 2};
    case ChromaSite::left:
    case ChromaSite::center:
    case ChromaSite::unspecified:
      break;
  }
  return {info.log2_chroma_h, 1};
}

ResamplingAxis::ResamplingAxis(SampleGrid source, SampleGrid target) : identity_(source == target) {
  const int finer = source.log2_spacing - target.log2_spacing;
  period_ = finer > 0 ? 1 << finer : 1;
  step_ = finer < 0 ? 1 << -finer : 1;
  // Positions are in source samples from here on. A target sample stands for a cell as wide as its own spacing, but
  // never narrower than the source's: the area average over one source spacing is linear interpolation.
  const double spacing = 2 << source.log2_spacing;
  const double cell = std::max(1, step_);
  for (int k = 0; k < period_; ++k) {
    const double position = ((k * (2 << target.log2_spacing)) + target.half_phase - source.half_phase) / spacing;
    Phase& phase = phases_[static_cast<std::size_t>(k)];
    const auto overlap = [&](int sample) {
      const double left = std::max(position - cell / 2, sample - 0.5);
      const double right = std::min(position + cell / 2, sample + 0.5);
      return std::max(0.0, right - left) / cell;
    };
    phase.first = static_cast<int>(std::floor(position - cell / 2 + 0.5));
    while (phase.tap_count < kMaxTaps && overlap(phase.first + phase.tap_count) > 0) {
      phase.weights[static_cast<std::size_t>(phase.tap_count)] =
          static_cast<float>(overlap(phase.first + phase.tap_count));
      ++phase.tap_count;
    }
  }
}

}  // namespace imagepacker
