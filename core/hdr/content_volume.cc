// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hdr/content_volume.h"

#include <algorithm>
#include <cmath>

#include "color/primaries.h"

namespace imagepacker {
namespace {

constexpr double kChromaticityUnits = 50000;
constexpr std::uint32_t kUnitsPerNit = 10000;
constexpr std::uint32_t kBlackUnits = 50;

Chromaticity coded(const Xy& xy) {
  return {static_cast<std::uint16_t>(std::lround(xy.x * kChromaticityUnits)),
          static_cast<std::uint16_t>(std::lround(xy.y * kChromaticityUnits))};
}

}  // namespace

MasteringDisplay content_volume(const ColorSpace& color, const ContentLightLevel& level) {
  const PrimariesXy primaries = chromaticities(color.primaries);
  return {.red = coded(primaries.red),
          .green = coded(primaries.green),
          .blue = coded(primaries.blue),
          .white = coded(primaries.white),
          .max_luminance = std::max<std::uint32_t>(level.max_cll, 1) * kUnitsPerNit,
          .min_luminance = kBlackUnits};
}

}  // namespace imagepacker
