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
    {30, 28.661},
    {40, 40.828},
    {50, 49.184},
    {60, 58.539},
    {70, 71.075},
    {75, 76.826},
    {80, 80.927},
    {85, 84.730},
    {90, 89.680},
    {95, 95.760},
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
