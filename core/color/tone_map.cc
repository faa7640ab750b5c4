// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/tone_map.h"

#include <algorithm>

#include "color/transfer.h"

namespace imagepacker {
namespace {

constexpr double kUnknownPeakNits = 1000;
/// MasteringDisplay counts in units of 0.0001 cd/m².
constexpr double kMasteringUnitsPerNit = 10000;

}  // namespace

double content_peak_nits(const ImageFormat& format) {
  double peak = kUnknownPeakNits;
  if (const auto& level = format.hdr.content_light_level; level && level->max_cll > 0) {
    peak = level->max_cll;
  } else if (const auto& display = format.hdr.mastering_display; display && display->max_luminance > 0) {
    peak = display->max_luminance / kMasteringUnitsPerNit;
  }
  return std::clamp(peak, kSdrWhiteNits, kPqPeakNits);
}

double tone_mapped(double linear, double peak_nits) {
  if (peak_nits <= kSdrWhiteNits) {
    return std::min(linear, 1.0);
  }
  // All values are PQ codes relative to that of the peak.
  const double peak = pq_inverse_eotf(peak_nits);
  const double code = std::min(pq_inverse_eotf(linear * kSdrWhiteNits) / peak, 1.0);
  const double highest = pq_inverse_eotf(kSdrWhiteNits) / peak;
  const double knee = 1.5 * highest - 0.5;
  if (code <= knee) {
    return linear;
  }
  const double t = (code - knee) / (1 - knee);
  const double t2 = t * t;
  const double t3 = t2 * t;
  const double mapped = (2 * t3 - 3 * t2 + 1) * knee + (t3 - 2 * t2 + t) * (1 - knee) + (3 * t2 - 2 * t3) * highest;
  return std::min(pq_eotf(mapped * peak) / kSdrWhiteNits, 1.0);
}

}  // namespace imagepacker
