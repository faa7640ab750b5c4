// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/conversion_steps.h"

#include <utility>

#include "base/text.h"
#include "base/try.h"

namespace imagepacker {
namespace {

std::array<MixingRow, 3> in_single_precision(const Matrix3& matrix) {
  const Matrix3 exact = snapped(matrix);
  std::array<MixingRow, 3> rows{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      rows[i][j] = static_cast<float>(exact.rows[i][j]);
    }
  }
  return rows;
}

/// 1 for layouts without alpha, so that scales stay finite.
int alpha_max_code(const PixelFormatInfo& info) {
  return info.has_alpha ? (1 << info.components[3].bits) - 1 : 1;
}

Status check(const ImageFormat& source, const ImageFormat& target) {
  IP_TRY(validate(source));
  IP_TRY(validate(target));
  if (source.size != target.size) {
    return make_error(Errc::invalid_argument,
                      text("a conversion from ", source.size.width, "×", source.size.height, " to ", target.size.width,
                           "×", target.size.height, " pixels would have to scale; sizes must be equal"));
  }
  if (target.has_alpha() && target.alpha == Alpha::premultiplied && source.has_alpha() &&
      source.alpha != Alpha::premultiplied) {
    return make_error(Errc::unsupported, "straight alpha can't be converted to premultiplied alpha");
  }
  return {};
}

AlphaBlend blend_between(const ImageFormat& source, const ImageFormat& target) {
  if (!source.has_alpha()) {
    return AlphaBlend::none;
  }
  const bool is_premultiplied = source.alpha == Alpha::premultiplied;
  if (!target.has_alpha()) {
    return is_premultiplied ? AlphaBlend::flatten_premultiplied : AlphaBlend::flatten_straight;
  }
  return is_premultiplied && target.alpha == Alpha::straight ? AlphaBlend::unpremultiply : AlphaBlend::none;
}

/// Straight colour counts by its alpha, pixel by pixel, where chroma is averaged: what transparent pixels hide would
/// shine through otherwise.
bool averages_straight_color(const ImageFormat& source, const PixelFormatInfo& to) {
  const PixelFormatInfo& from = source.info();
  return source.has_alpha() && source.alpha == Alpha::straight &&
         (to.log2_chroma_w > from.log2_chroma_w || to.log2_chroma_h > from.log2_chroma_h);
}

/// True when row `component` of the matrix and the offsets hand the code of that component on as it is.
bool keeps_code(const ConversionSteps& steps, std::size_t component) {
  if (steps.color_map != nullptr || steps.source_coding.offset[component] != steps.target_coding.offset[component]) {
    return false;
  }
  // Gray has no chroma that could be mixed in.
  const std::size_t mixed = steps.source.info().model == ColorModel::gray ? 1 : 3;
  for (std::size_t j = 0; j < mixed; ++j) {
    if (steps.to_target[component][j] != (j == component ? 1.0F : 0.0F)) {
      return false;
    }
  }
  return true;
}

bool is_identity(const ConversionSteps& steps) {
  if (steps.source.layout != steps.target.layout || steps.blend != AlphaBlend::none || !steps.keeps_color) {
    return false;
  }
  // A layout with alpha that means nothing has to be written as opaque.
  if (steps.source.info().has_alpha && !steps.copies_alpha) {
    return false;
  }
  return steps.source.info().model != ColorModel::yuv || steps.keeps_chroma;
}

}  // namespace

Result<ConversionSteps> make_conversion_steps(const ImageFormat& source, const ImageFormat& target,
                                              std::uint32_t background) {
  IP_TRY(check(source, target));
  const PixelFormatInfo& from = source.info();
  const PixelFormatInfo& to = target.info();
  const Coding source_coding = coding_of(from.model, from.depth, source.color);
  const Coding target_coding = coding_of(to.model, to.depth, target.color);
  auto color_map = make_color_map(source, target);

  const Matrix3 to_target =
      color_map != nullptr ? target_coding.from_rgb : target_coding.from_rgb * source_coding.to_rgb;
  const SampleGrid source_x = chroma_grid_x(from, source.color);
  const SampleGrid source_y = chroma_grid_y(from, source.color);
  const SampleGrid target_x = chroma_grid_x(to, target.color);
  const SampleGrid target_y = chroma_grid_y(to, target.color);
  const AlphaBlend blend = blend_between(source, target);
  const Vector3 behind = target_coding.from_rgb * srgb_color_in(target.color, background);

  ConversionSteps steps{
      .source = source,
      .target = target,
      .source_coding = source_coding,
      .target_coding = target_coding,
      .is_identity = false,
      .direct_chroma = from.model != ColorModel::rgb && to.model == ColorModel::yuv && color_map == nullptr &&
                       !averages_straight_color(source, to),
      .weighs_chroma = false,
      .keeps_color = false,
      .keeps_chroma = false,
      .luma_reads_chroma = false,
      .to_rgb = in_single_precision(source_coding.to_rgb),
      .to_target = in_single_precision(to_target),
      .color_map = std::move(color_map),
      .blend = blend,
      .copies_alpha = source.has_alpha() && target.has_alpha(),
      .alpha_max = static_cast<float>(alpha_max_code(from)),
      .alpha_scale = static_cast<float>(static_cast<double>(alpha_max_code(to)) / alpha_max_code(from)),
      .background = {static_cast<float>(behind[0]), static_cast<float>(behind[1]), static_cast<float>(behind[2])},
      .up_x = ResamplingAxis(source_x, kLumaGrid),
      .up_y = ResamplingAxis(source_y, kLumaGrid),
      .down_x = ResamplingAxis(kLumaGrid, target_x),
      .down_y = ResamplingAxis(kLumaGrid, target_y),
      .direct_x = ResamplingAxis(source_x, target_x),
      .direct_y = ResamplingAxis(source_y, target_y),
  };
  steps.luma_reads_chroma =
      from.model != ColorModel::gray && (steps.to_target[0][1] != 0 || steps.to_target[0][2] != 0);
  steps.keeps_color =
      keeps_code(steps, 0) && (to.model != ColorModel::rgb || (keeps_code(steps, 1) && keeps_code(steps, 2)));
  steps.keeps_chroma =
      keeps_code(steps, 1) && keeps_code(steps, 2) && steps.direct_x.is_identity() && steps.direct_y.is_identity();
  steps.weighs_chroma = steps.copies_alpha && target.alpha == Alpha::straight && !steps.direct_chroma &&
                        from.model != ColorModel::gray && to.model == ColorModel::yuv &&
                        (to.log2_chroma_w != 0 || to.log2_chroma_h != 0);
  steps.is_identity = is_identity(steps);
  if (steps.color_map != nullptr && source.has_alpha() && target.has_alpha() && target.alpha == Alpha::premultiplied) {
    return make_error(
        Errc::unsupported,
        "another curve or other primaries can't be given to colour that stays premultiplied; the target's "
        "alpha must be straight");
  }
  if (!steps.is_identity && to.packing == Packing::v210) {
    return make_error(Errc::unsupported, text("samples can't be converted to ", to.name, ", only read from it"));
  }
  return steps;
}

}  // namespace imagepacker
