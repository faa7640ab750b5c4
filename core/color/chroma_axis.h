// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>

#include "imagepacker/color_space.h"
#include "imagepacker/pixel_format.h"

namespace imagepacker {

/// Where the samples of a component lie along one axis: sample i at i · 2^log2_spacing + half_phase / 2 in luma
/// samples.
struct SampleGrid {
  int log2_spacing = 0;
  int half_phase = 0;

  friend bool operator==(const SampleGrid&, const SampleGrid&) = default;
};

inline constexpr SampleGrid kLumaGrid = {};

/// The chroma site that `color` means for a layout with subsampled chroma: what is declared, else center for full range
/// (JPEG's habit) and left for limited range (MPEG-2's and H.264's default).
ChromaSite resolved_chroma_site(const ColorSpace& color);

/// The grid of the chroma columns (rows) of `info` when sited as `color` says. Luma's grid where chroma is not
/// subsampled along that axis.
SampleGrid chroma_grid_x(const PixelFormatInfo& info, const ColorSpace& color);
SampleGrid chroma_grid_y(const PixelFormatInfo& info, const ColorSpace& color);

/// Resampling from one grid to another along one axis: linear interpolation towards a grid as fine or finer, the area
/// average of the target sample's cell towards a coarser one (that is 1 1 between two samples and 1 2 1 on one).
/// Samples beyond the edges are those at the edges. All weights are multiples of 1/16, so that results for samples of
/// up to 16 bits are exact in float.
class ResamplingAxis {
 public:
  static constexpr int kMaxTaps = 5;
  static constexpr int kMaxPeriod = 4;
  /// No tap lies further than this outside the source samples, nor does a weight of 0 that vector code multiplies.
  static constexpr int kMargin = 8;

  /// Target sample `period · n + k` is the sum over t of weights[t] · source[step · n + first + t] of phases[k].
  struct Phase {
    int first = 0;
    int tap_count = 0;
    std::array<float, kMaxTaps> weights{};
  };

  ResamplingAxis(SampleGrid source, SampleGrid target);

  [[nodiscard]] bool is_identity() const { return identity_; }
  /// The average of two neighbours, the first of which has twice the target's number.
  [[nodiscard]] bool is_box_of_two() const { return step_ == 2 && phase(0).first == 0 && phase(0).tap_count == 2; }
  [[nodiscard]] int period() const { return period_; }
  [[nodiscard]] int step() const { return step_; }
  [[nodiscard]] const Phase& phase(int k) const { return phases_[static_cast<std::size_t>(k)]; }

 private:
  bool identity_;
  int period_ = 1;
  int step_ = 1;
  std::array<Phase, kMaxPeriod> phases_{};
};

}  // namespace imagepacker
