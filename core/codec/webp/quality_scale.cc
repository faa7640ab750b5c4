// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/quality_scale.h"

namespace imagepacker::webp {
namespace {

struct Anchor {
  int quality;
  double parameter;
};

// Where WebP looks as good as JPEG of the same quality. Made by tests/bench/calibrate.py.
constexpr Anchor kLibwebpAnchors[] = {
    {0, 0.000},   {30, 28.245}, {40, 39.174}, {50, 47.406}, {60, 56.005}, {70, 68.550},
    {75, 75.252}, {80, 79.129}, {85, 83.182}, {90, 87.816}, {95, 93.962}, {100, 100.000},
};

constexpr Anchor kVp8Anchors[] = {
    {0, 127.000}, {10, 75.000}, {20, 61.600}, {30, 54.465}, {40, 43.585}, {50, 37.539}, {60, 33.053},
    {70, 26.970}, {75, 23.403}, {80, 18.611}, {85, 14.328}, {90, 9.061},  {95, 3.438},  {100, 0.000},
};

double between(const Anchor* first, int quality) {
  const Anchor* high = first + 1;
  while (high->quality < quality) {
    ++high;
  }
  const Anchor* const low = high - 1;
  const double share = static_cast<double>(quality - low->quality) / (high->quality - low->quality);
  return low->parameter + share * (high->parameter - low->parameter);
}

}  // namespace

float libwebp_quality(int quality) {
  return static_cast<float>(between(kLibwebpAnchors, quality));
}

double vp8_quant_index(int quality) {
  return between(kVp8Anchors, quality);
}

}  // namespace imagepacker::webp
