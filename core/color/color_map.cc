// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/color_map.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "color/curve_table.h"
#include "color/primaries.h"
#include "color/tone_map.h"
#include "color/transfer.h"
#include "kernels/table_rows.h"

namespace imagepacker {
namespace {

// Light is linear and relative to SDR white throughout; HLG's scene light is 0..1.

/// A gain for all three components that depends on their weighted sum (`weights` given) or on the highest of them.
struct Gain {
  LightTable table;
  std::optional<std::array<float, 3>> weights;

  void apply(float* r, float* g, float* b, std::size_t count) const {
    if (weights) {
      apply_luminance_gain(table.view(), *weights, count, r, g, b);
    } else {
      apply_peak_gain(table.view(), count, r, g, b);
    }
  }
};

std::array<float, 3> in_single_precision(const Vector3& v) {
  return {static_cast<float>(v[0]), static_cast<float>(v[1]), static_cast<float>(v[2])};
}

/// Through linear light: curve, HLG's rendering, tone map, primaries, HLG's rendering undone, curve.
class LightMap final : public ColorMap {
 public:
  LightMap(const ImageFormat& source, const ImageFormat& target)
      : decode_([&](double coded) { return light_of_code(source.color.transfer, coded); }),
        encode_([&](double light) { return code_of_light(target.color.transfer, light); }) {
    if (source.color.transfer == Transfer::hlg) {
      before_.push_back({LightTable(hlg_display_gain), in_single_precision(luminance_weights(source.color.primaries))});
    }
    if (is_hdr(source.color.transfer) && !is_hdr(target.color.transfer)) {
      const double peak = content_peak_nits(source);
      before_.push_back({LightTable([peak](double light) { return tone_mapped(light, peak) / light; }), {}});
    }
    const Matrix3 matrix = are_equal(source.color.primaries, target.color.primaries)
                               ? kIdentity3
                               : rgb_to_rgb(source.color.primaries, target.color.primaries);
    for (std::size_t i = 0; i < 3; ++i) {
      matrix_[i] = in_single_precision(matrix.rows[i]);
    }
    if (target.color.transfer == Transfer::hlg) {
      after_.push_back({LightTable(hlg_scene_gain), in_single_precision(luminance_weights(target.color.primaries))});
    }
  }

  void apply(float* r, float* g, float* b, int count) const override {
    const auto pixels = static_cast<std::size_t>(count);
    for (float* const row : {r, g, b}) {
      look_up_row(decode_.view(), pixels, row);
    }
    for (const Gain& gain : before_) {
      gain.apply(r, g, b, pixels);
    }
    multiply_pixels(matrix_, pixels, r, g, b);
    for (const Gain& gain : after_) {
      gain.apply(r, g, b, pixels);
    }
    for (float* const row : {r, g, b}) {
      look_up_row(encode_.view(), pixels, row);
    }
  }

 private:
  CodeTable decode_;
  LightTable encode_;
  std::vector<Gain> before_;
  std::array<std::array<float, 3>, 3> matrix_{};
  std::vector<Gain> after_;
};

}  // namespace

std::unique_ptr<const ColorMap> make_color_map(const ImageFormat& source, const ImageFormat& target) {
  if (shown_transfer(source.color.transfer) == shown_transfer(target.color.transfer) &&
      are_equal(source.color.primaries, target.color.primaries)) {
    return nullptr;
  }
  return std::make_unique<const LightMap>(source, target);
}

Vector3 srgb_color_in(const ColorSpace& color, std::uint32_t srgb) {
  const Vector3 coded = {(srgb >> 16 & 0xFF) / 255.0, (srgb >> 8 & 0xFF) / 255.0, (srgb & 0xFF) / 255.0};
  if (shown_transfer(color.transfer) == Transfer::srgb && are_equal(color.primaries, Primaries::bt709)) {
    return coded;
  }
  Vector3 light{};
  for (std::size_t i = 0; i < 3; ++i) {
    light[i] = sdr_to_linear(Transfer::srgb, coded[i]);
  }
  light = rgb_to_rgb(Primaries::bt709, color.primaries) * light;
  if (color.transfer == Transfer::hlg) {
    const Vector3 weights = luminance_weights(color.primaries);
    const double luminance = weights[0] * light[0] + weights[1] * light[1] + weights[2] * light[2];
    const double gain = luminance > 0 ? hlg_scene_gain(luminance) : 0;
    light = {light[0] * gain, light[1] * gain, light[2] * gain};
  }
  Vector3 result{};
  for (std::size_t i = 0; i < 3; ++i) {
    result[i] = code_of_light(color.transfer, std::max(light[i], 0.0));
  }
  return result;
}

}  // namespace imagepacker
