// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hdr/light_rows.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/try.h"
#include "color/primaries.h"
#include "color/transfer.h"
#include "hdr/video_kernels.h"

namespace imagepacker {
namespace {

/// R'G'B' with enough codes for PQ: the steps of 12 bit are below what can be seen.
constexpr PixelFormat kCodeLayout = PixelFormat::gbr_12le;
constexpr PixelFormat kCodeAlphaLayout = PixelFormat::gbra_12le;
constexpr int kCodeCount = 1 << 12;

const std::uint16_t* row_of(const ImageView& codes, int component, int row) {
  const PixelComponent& place = codes.format.info().components[component];
  const Plane& plane = codes.planes[place.plane];
  return reinterpret_cast<const std::uint16_t*>(plane.bytes.data() +
                                                static_cast<std::size_t>(row) * plane.stride_bytes);
}

std::vector<float> light_of_all_codes(Transfer transfer) {
  std::vector<float> light(kCodeCount);
  for (int code = 0; code < kCodeCount; ++code) {
    const double coded = static_cast<double>(code) / (kCodeCount - 1);
    light[static_cast<std::size_t>(code)] = static_cast<float>(light_of_code(transfer, coded));
  }
  return light;
}

}  // namespace

Result<LightRows> LightRows::create(const ImageFormat& source, std::optional<std::uint32_t> background) {
  LightRows rows(source);
  if (VideoCodes::reads(source)) {
    rows.video_.emplace(Video{VideoCodes(source), LightCurves(source.color)});
    return rows;
  }
  ImageFormat codes = source;
  const bool keeps_alpha = source.has_alpha() && !background;
  codes.layout = keeps_alpha ? kCodeAlphaLayout : kCodeLayout;
  codes.color.matrix = Matrix::rgb;
  codes.color.range = Range::full;
  codes.color.chroma_site = ChromaSite::unspecified;
  if (source.color.transfer == Transfer::linear_hdr) {
    // Linear codes of 12 bit would be too coarse.
    codes.color.transfer = Transfer::pq;
  }
  codes.alpha = keeps_alpha ? Alpha::straight : Alpha::none;
  IP_ASSIGN(auto plan, ConversionPlan::create(source, codes, background.value_or(0)));
  std::optional<SceneRendering> rendering;
  if (source.color.transfer == Transfer::hlg) {
    const Vector3 weights = luminance_weights(source.color.primaries);
    rendering =
        SceneRendering{{static_cast<float>(weights[0]), static_cast<float>(weights[1]), static_cast<float>(weights[2])},
                       LightTable(hlg_display_gain)};
  }
  rows.general_.emplace(General{std::move(plan), light_of_all_codes(codes.color.transfer), std::move(rendering)});
  return rows;
}

Status LightRows::read(const ImageView& image, int first, int count, ImageBuffer& scratch, float* out) const {
  if (video_) {
    read_video_light(video_->codes, video_->light, image, first, count, out);
    return {};
  }
  return read_general(*general_, image, first, count, scratch, out);
}

Status LightRows::read_general(const General& general, const ImageView& image, int first, int count,
                               ImageBuffer& scratch, float* out) {
  const ConvertedRows converted(general.to_codes, image);
  IP_ASSIGN(const ImageView codes, converted.rows(first, count, scratch));
  const int width = image.format.size.width;
  const auto light = [&](std::uint16_t code) {
    return general.light_of_code[std::min<std::size_t>(code, kCodeCount - 1)];
  };
  for (int y = 0; y < count; ++y, out += width) {
    const std::uint16_t* const r = row_of(codes, 0, y);
    const std::uint16_t* const g = row_of(codes, 1, y);
    const std::uint16_t* const b = row_of(codes, 2, y);
    for (int x = 0; x < width; ++x) {
      out[x] = light(std::max(std::max(r[x], g[x]), b[x]));
      if (general.rendering) {
        const auto& weights = general.rendering->luminance_weights;
        const float luminance = (weights[0] * light(r[x]) + weights[1] * light(g[x])) + weights[2] * light(b[x]);
        out[x] *= general.rendering->gain(luminance);
      }
    }
    if (codes.format.has_alpha()) {
      const std::uint16_t* const alpha = row_of(codes, 3, y);
      for (int x = 0; x < width; ++x) {
        out[x] = alpha[x] == 0 ? 0 : out[x];
      }
    }
  }
  return {};
}

}  // namespace imagepacker
