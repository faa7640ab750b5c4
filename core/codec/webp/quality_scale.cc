// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/quality_scale.h"

#include <iterator>

namespace imagepacker::webp {
namespace {

struct Anchor {
  int quality;
  double factor;
};

/// Where WebP looks as good as JPEG of the same quality. Made by tests/bench/calibrate.py.
constexpr Anchor kAnchors[] = {
    {0, 0.000},
    {30, 30.772},
    {40, 43.369},
    {50, 51.783},
    {60, 60.919},
    {70, 74.070},
    {75, 77.415},
    {80, 81.175},
    {85, 85.174},
    {90, 89.575},
    {95, 95.653},
    {100, 100.000},
};

}  // namespace

float libwebp_quality(int quality) {
  const Anchor* high = std::begin(kAnchors) + 1;
  while (high->quality < quality) {
    ++high;
  }
  const Anchor* const low = high - 1;
  const double share = static_cast<double>(quality - low->quality) / (high->quality - low->quality);
  return static_cast<float>(low->factor + share * (high->factor - low->factor));
}

}  // namespace imagepacker::webp
