// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <optional>

#include "hdr/piecewise_cubic.h"
#include "imagepacker/color_space.h"

namespace imagepacker {

/// How light is read from codes: the curve, and for HLG the display light per scene light, which depends on the scene's
/// luminance.
struct LightCurves {
  explicit LightCurves(const ColorSpace& source);

  CodeCubic decode;  ///< light relative to SDR white (PQ), scene light 0..1 (HLG)
  std::array<float, 3> luminance_weights{};
  std::optional<LightCubic> rendering;
};

/// BT.2390's tone map for a peak as a factor for R, G and B, and what undoes it, both by max(R, G, B) of the light.
/// Below the knee, which is at `lowest()` of both, the factor is 1; light above the peak counts as the peak.
LightCubic tone_factor(double peak_nits);
/// log2 of 1 / factor in units of `gain_max`.
LightCubic tone_gain(double peak_nits, double gain_max);

/// The sRGB curve above kSrgbBend.
LightCubic srgb_curve();

// Light from 0 to 1 on the lower part of the sRGB curve: the lesser of two lines, of which the first is the standard's
// and the second follows the curve from there to kSrgbBend, at most 0.04 of an 8-bit code off.
inline constexpr float kSrgbBend = 0x1p-8F;
inline constexpr float kSrgbSlope = 12.92F;
inline constexpr float kSrgbSecondSlope = 11.889F;
inline constexpr float kSrgbSecondOffset = 0.0032279F;

}  // namespace imagepacker
