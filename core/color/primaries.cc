// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/primaries.h"

namespace imagepacker {
namespace {

constexpr Xy kWhiteD65 = {0.3127, 0.3290};
constexpr Xy kWhiteC = {0.310, 0.316};

Matrix3 diagonal(const Vector3& v) {
  return {{{{v[0], 0, 0}, {0, v[1], 0}, {0, 0, v[2]}}}};
}

constexpr bool same(Xy a, Xy b) {
  return a.x == b.x && a.y == b.y;
}

}  // namespace

PrimariesXy chromaticities(Primaries primaries) {
  switch (primaries) {
    case Primaries::bt470m:
      return {{0.67, 0.33}, {0.21, 0.71}, {0.14, 0.08}, kWhiteC};
    case Primaries::bt470bg:
      return {{0.64, 0.33}, {0.29, 0.60}, {0.15, 0.06}, kWhiteD65};
    case Primaries::smpte170m:
    case Primaries::smpte240m:
      return {{0.630, 0.340}, {0.310, 0.595}, {0.155, 0.070}, kWhiteD65};
    case Primaries::film:
      return {{0.681, 0.319}, {0.243, 0.692}, {0.145, 0.049}, kWhiteC};
    case Primaries::bt2020:
      return {{0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}, kWhiteD65};
    case Primaries::smpte_st428:
      return {{1, 0}, {0, 1}, {0, 0}, {1.0 / 3, 1.0 / 3}};
    case Primaries::smpte_rp431:
      return {{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, {0.314, 0.351}};
    case Primaries::smpte_eg432:
      return {{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, kWhiteD65};
    case Primaries::ebu3213:
      return {{0.630, 0.340}, {0.295, 0.605}, {0.155, 0.077}, kWhiteD65};
    case Primaries::adobe_rgb:
      return {{0.64, 0.33}, {0.21, 0.71}, {0.15, 0.06}, kWhiteD65};
    case Primaries::bt709:
    case Primaries::unspecified:
      break;
  }
  return {{0.640, 0.330}, {0.300, 0.600}, {0.150, 0.060}, kWhiteD65};
}

bool are_equal(Primaries a, Primaries b) {
  const PrimariesXy p = chromaticities(a);
  const PrimariesXy q = chromaticities(b);
  return same(p.red, q.red) && same(p.green, q.green) && same(p.blue, q.blue) && same(p.white, q.white);
}

Vector3 xyz_of(Xy chromaticity) {
  return {chromaticity.x / chromaticity.y, 1, (1 - chromaticity.x - chromaticity.y) / chromaticity.y};
}

Matrix3 rgb_to_xyz(Primaries primaries) {
  const PrimariesXy p = chromaticities(primaries);
  const auto z = [](Xy c) { return 1 - c.x - c.y; };
  const Matrix3 columns = {
      {{{p.red.x, p.green.x, p.blue.x}, {p.red.y, p.green.y, p.blue.y}, {z(p.red), z(p.green), z(p.blue)}}}};
  return columns * diagonal(inverse(columns) * xyz_of(p.white));
}

Matrix3 chromatic_adaptation(const Vector3& from, const Vector3& to) {
  const Matrix3 cones = {{{{0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}}}};
  const Vector3 seen = cones * from;
  const Vector3 wanted = cones * to;
  return inverse(cones) * diagonal({wanted[0] / seen[0], wanted[1] / seen[1], wanted[2] / seen[2]}) * cones;
}

Matrix3 rgb_to_rgb(Primaries from, Primaries to) {
  const Matrix3 adaptation = chromatic_adaptation(xyz_of(chromaticities(from).white), xyz_of(chromaticities(to).white));
  return inverse(rgb_to_xyz(to)) * adaptation * rgb_to_xyz(from);
}

Vector3 luminance_weights(Primaries primaries) {
  return rgb_to_xyz(primaries).rows[1];
}

}  // namespace imagepacker
