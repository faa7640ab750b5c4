// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/quality_scale.h"

#include <algorithm>
#include <iterator>

namespace imagepacker::heif {
namespace {

struct Anchor {
  int quality;
  double qp;
};

/// Where HEIF looks as good as JPEG of the same quality. Made by tests/bench/calibrate.py.
constexpr Anchor kAnchors[] = {
    {0, 51.000},
    {30, 34.645},
    {40, 32.833},
    {50, 31.641},
    {60, 30.409},
    {70, 28.681},
    {75, 27.602},
    {80, 25.983},
    {85, 24.094},
    {90, 21.062},
    {95, 15.426},
    {100, 0.000},
};

}  // namespace

double hevc_qp(int quality) {
  const Anchor* high = std::begin(kAnchors) + 1;
  while (high->quality < quality) {
    ++high;
  }
  const Anchor* const low = high - 1;
  const double share = static_cast<double>(quality - low->quality) / (high->quality - low->quality);
  return low->qp + share * (high->qp - low->qp);
}

double flat_hevc_qp(double qp) {
  // Fitted to butteraugli's 3-norm on photographs.
  return qp + std::clamp(3.6 - 0.12 * qp, 0.0, qp);
}

double flat_hevc_qp(int quality, Transfer transfer) {
  constexpr double kPqFiner = 17.4;
  constexpr double kHlgFiner = 12.5;
  // Towards the finest quality the difference shrinks with what is left.
  constexpr double kLargestPart = 0.83;
  const double qp = flat_hevc_qp(hevc_qp(quality));
  const double finer = transfer == Transfer::pq ? kPqFiner : transfer == Transfer::hlg ? kHlgFiner : 0;
  return qp - std::min(finer, kLargestPart * qp);
}

}  // namespace imagepacker::heif
