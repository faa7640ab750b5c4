// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hdr/tone_curves.h"

#include <algorithm>
#include <cmath>

#include "color/primaries.h"
#include "color/tone_map.h"
#include "color/transfer.h"

namespace imagepacker {
namespace {

/// Below it, what HLG's rendering does is too dark to be told apart.
constexpr float kDarkestScene = 0x1p-14F;
constexpr float kJustBelowOne = 0x1.fffffep-1F;

/// Where the tone map begins to bend, relative to SDR white; found by halving.
float knee_of(double peak_nits) {
  double below = 0.03;
  double above = 1;
  for (int i = 0; i < 40; ++i) {
    const double middle = (below + above) / 2;
    (tone_mapped(middle, peak_nits) < middle ? above : below) = middle;
  }
  return static_cast<float>(below);
}

LightCubic over_tone_range(double peak_nits, const std::function<double(double)>& curve) {
  const float knee = knee_of(peak_nits);
  return LightCubic(curve, knee, std::max(static_cast<float>(peak_nits / kSdrWhiteNits), 1.001F));
}

}  // namespace

LightCurves::LightCurves(const ColorSpace& source)
    : decode([transfer = source.transfer](double coded) { return light_of_code(transfer, coded); }) {
  if (source.transfer == Transfer::hlg) {
    const Vector3 weights = imagepacker::luminance_weights(source.primaries);
    std::ranges::transform(weights, luminance_weights.begin(), [](double w) { return static_cast<float>(w); });
    rendering.emplace(hlg_display_gain, kDarkestScene, kJustBelowOne);
  }
}

LightCubic tone_factor(double peak_nits) {
  return over_tone_range(peak_nits, [peak_nits](double light) { return tone_mapped(light, peak_nits) / light; });
}

LightCubic tone_gain(double peak_nits, double gain_max) {
  return over_tone_range(peak_nits, [=](double light) {
    const double counted = std::min(light, peak_nits / kSdrWhiteNits);
    return std::clamp(std::log2(counted / tone_mapped(counted, peak_nits)) / gain_max, 0.0, 1.0);
  });
}

LightCubic srgb_curve() {
  return LightCubic([](double light) { return sdr_from_linear(Transfer::srgb, light); }, kSrgbBend, kJustBelowOne);
}

}  // namespace imagepacker
