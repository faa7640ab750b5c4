// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/pixel_comparison.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace imagepacker::testing {

std::string describe_mismatch(const DecodedImage& decoded, const ImageFormat& format) {
  if (!decoded.error.empty()) {
    return "not decoded: " + decoded.error;
  }
  const PixelFormatInfo& info = format.info();
  if (decoded.size != format.size) {
    return text("size is ", decoded.size.width, "x", decoded.size.height, ", stated ", format.size.width, "x",
                format.size.height);
  }
  if (decoded.model != info.model || decoded.depth != info.depth) {
    return text("model ", static_cast<int>(decoded.model), " with ", decoded.depth, " bits, stated is ", info.name);
  }
  if (decoded.has_alpha != format.has_alpha()) {
    return text("alpha is ", decoded.has_alpha ? "there" : "missing", ", stated is ", info.name);
  }
  if (decoded.stated_color) {
    const StatedColor& stated = *decoded.stated_color;
    const ColorSpace& color = format.color;
    if (stated.primaries != static_cast<int>(color.primaries) || stated.transfer != static_cast<int>(color.transfer) ||
        stated.matrix != static_cast<int>(color.matrix) || stated.full_range != (color.range == Range::full)) {
      return text("the file states ", stated.primaries, "/", stated.transfer, "/", stated.matrix, "/",
                  stated.full_range, ", the packer ", static_cast<int>(color.primaries), "/",
                  static_cast<int>(color.transfer), "/", static_cast<int>(color.matrix), "/",
                  color.range == Range::full);
    }
  }
  return {};
}

WorstPixel worst_pixel(const DecodedImage& decoded, const ExpectedPixels& expected, const ImageFormat& format) {
  WorstPixel worst;
  for (std::size_t c = 0; c < 4; ++c) {
    const auto& codes = decoded.planes[c];
    const auto& values = expected.planes[c];
    if (codes.size() != values.size()) {
      return {1e9, text("component ", c, " has ", codes.size(), " samples, expected ", values.size())};
    }
    for (std::size_t i = 0; i < codes.size(); ++i) {
      if (const double distance = std::abs(codes[i] - values[i]); distance > worst.distance) {
        const auto width =
            static_cast<std::size_t>(component_size(format.info(), static_cast<int>(c), format.size).width);
        worst = {distance,
                 text("component ", c, " at ", i % width, ",", i / width, " is ", codes[i], ", expected ", values[i])};
      }
    }
  }
  return worst;
}

double psnr_of_luma(const DecodedImage& decoded, const ExpectedPixels& expected) {
  const auto& codes = decoded.planes[0];
  const auto& values = expected.planes[0];
  if (codes.size() != values.size() || codes.empty()) {
    return 0;
  }
  double squares = 0;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    squares += (codes[i] - values[i]) * (codes[i] - values[i]);
  }
  const double peak = std::ldexp(1.0, decoded.depth) - 1;
  const double mean = squares / static_cast<double>(codes.size());
  return mean == 0 ? 100 : std::min(100.0, 10 * std::log10(peak * peak / mean));
}

}  // namespace imagepacker::testing
