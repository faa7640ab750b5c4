// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/quality_scale.h"

#include <algorithm>
#include <array>

namespace imagepacker::heif {
namespace {

struct Point {
  int quality;
  double qp;
};

/// Where a photograph gets the score (butteraugli, 3-norm) that libjpeg's tables give it at that quality.
constexpr std::array<Point, 7> kPoints = {{{0, 51}, {30, 36}, {50, 31}, {70, 27}, {85, 22.5}, {95, 14.5}, {100, 0}}};

}  // namespace

double hevc_qp(int quality) {
  const auto above = std::ranges::find_if(kPoints.begin() + 1, kPoints.end() - 1,
                                          [=](const Point& p) { return quality <= p.quality; });
  const Point& low = *(above - 1);
  const double part = static_cast<double>(quality - low.quality) / (above->quality - low.quality);
  return low.qp + part * (above->qp - low.qp);
}

}  // namespace imagepacker::heif
