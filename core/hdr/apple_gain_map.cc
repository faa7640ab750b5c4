// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hdr/apple_gain_map.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace imagepacker {
namespace {

constexpr double kExponent = 1.961;
constexpr double kMaxHeadroom = 64;

}  // namespace

Result<AppleGainMap> convert_apple_gain_map(double headroom) {
  if (!(headroom > 1 && headroom <= kMaxHeadroom)) {
    return make_error(Errc::corrupt_input,
                      text("a gain map with a headroom of ", headroom, "; above 1 to ", kMaxHeadroom, " is allowed"));
  }
  const double gain_max = std::log2(headroom);
  AppleGainMap map{};
  map.metadata.channels.fill(
      {.gain_min = 0, .gain_max = gain_max, .gamma = 1 / kExponent, .base_offset = 0, .alternate_offset = 0});
  map.metadata.base_hdr_headroom = 0;
  map.metadata.alternate_hdr_headroom = gain_max;
  map.metadata.use_base_color_space = true;
  for (std::size_t code = 0; code < map.code_of.size(); ++code) {
    const double gain = std::log2(1 + (headroom - 1) * std::pow(static_cast<double>(code) / 255, kExponent));
    map.code_of[code] = static_cast<std::uint8_t>(std::lround(255 * std::pow(gain / gain_max, 1 / kExponent)));
  }
  return map;
}

double apple_headroom(double number_33, double number_48) {
  const double stops = number_33 < 1       ? number_48 <= 0.01 ? -20 * number_48 + 1.8 : -0.101 * number_48 + 1.601
                       : number_48 <= 0.01 ? -70 * number_48 + 3.0
                                           : -0.303 * number_48 + 2.303;
  return std::exp2(std::max(stops, 0.0));
}

}  // namespace imagepacker
