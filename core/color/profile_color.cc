// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/profile_color.h"

#include <lcms2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>

#include "base/byte_reader.h"
#include "color/primaries.h"
#include "color/transfer.h"

namespace imagepacker {
namespace {

/// Profiles state colorants with 16 fractional bits and round the white point on the way.
constexpr double kColorantTolerance = 0.003;
constexpr double kCurveTolerance = 1.0 / 255;

using Profile = std::unique_ptr<void, cmsBool (*)(cmsHPROFILE)>;

// The likeliest first: some have the same chromaticities or nearly the same curve.
constexpr std::array kPrimaries = {Primaries::bt709,       Primaries::smpte_eg432, Primaries::bt2020,
                                   Primaries::adobe_rgb,   Primaries::smpte170m,   Primaries::bt470bg,
                                   Primaries::smpte_rp431, Primaries::ebu3213,     Primaries::bt470m,
                                   Primaries::smpte_st428, Primaries::film};
constexpr std::array kTransfers = {Transfer::srgb,    Transfer::gamma22, Transfer::adobe_rgb, Transfer::linear,
                                   Transfer::gamma18, Transfer::gamma20, Transfer::gamma28,   Transfer::smpte240m};

bool is_near(const Vector3& a, const cmsCIEXYZ& b) {
  return std::abs(a[0] - b.X) <= kColorantTolerance && std::abs(a[1] - b.Y) <= kColorantTolerance &&
         std::abs(a[2] - b.Z) <= kColorantTolerance;
}

Primaries nearest_primaries(cmsHPROFILE profile) {
  const auto colorant = [&](cmsTagSignature tag) { return static_cast<const cmsCIEXYZ*>(cmsReadTag(profile, tag)); };
  const auto* const red = colorant(cmsSigRedColorantTag);
  const auto* const green = colorant(cmsSigGreenColorantTag);
  const auto* const blue = colorant(cmsSigBlueColorantTag);
  if (red == nullptr || green == nullptr || blue == nullptr) {
    return Primaries::unspecified;
  }
  for (const Primaries primaries : kPrimaries) {
    const Matrix3 adapted = chromatic_adaptation(xyz_of(chromaticities(primaries).white), kD50) * rgb_to_xyz(primaries);
    const auto column = [&](int c) { return Vector3{adapted.rows[0][c], adapted.rows[1][c], adapted.rows[2][c]}; };
    if (is_near(column(0), *red) && is_near(column(1), *green) && is_near(column(2), *blue)) {
      return primaries;
    }
  }
  return Primaries::unspecified;
}

/// The largest difference of `curve` from the curve of `transfer`, counted where eyes count: in code values.
double distance(const cmsToneCurve* curve, Transfer transfer) {
  constexpr int kSteps = 64;
  double largest = 0;
  for (int i = 0; i <= kSteps; ++i) {
    const double coded = static_cast<double>(i) / kSteps;
    const double linear = cmsEvalToneCurveFloat(curve, static_cast<float>(coded));
    if (!(linear >= 0 && linear <= 1.01)) {
      return std::numeric_limits<double>::infinity();
    }
    largest = std::max(largest, std::abs(sdr_from_linear(transfer, std::min(linear, 1.0)) - coded));
  }
  return largest;
}

Transfer nearest_transfer(cmsHPROFILE profile) {
  const cmsTagSignature tag = cmsGetColorSpace(profile) == cmsSigGrayData ? cmsSigGrayTRCTag : cmsSigGreenTRCTag;
  const auto* const curve = static_cast<const cmsToneCurve*>(cmsReadTag(profile, tag));
  if (curve == nullptr) {
    return Transfer::unspecified;
  }
  Transfer best = Transfer::unspecified;
  double least = kCurveTolerance;
  for (const Transfer transfer : kTransfers) {
    const double found = distance(curve, transfer);
    if (found < least) {
      best = transfer;
      least = found;
    }
  }
  return best;
}

/// The 'cicp' tag of ICC.1:2022 clause 9.2.17: type and four zero bytes, then four codes.
bool read_cicp(cmsHPROFILE profile, ProfileColor& color) {
  constexpr auto kCicp = static_cast<cmsTagSignature>(0x63696370);
  std::array<std::uint8_t, 12> tag{};
  if (cmsReadRawTag(profile, kCicp, nullptr, 0) != tag.size() ||
      cmsReadRawTag(profile, kCicp, tag.data(), tag.size()) != tag.size()) {
    return false;
  }
  // The enumerators above are no codes.
  if (tag[8] >= kFirstNonH273Code || tag[9] >= kFirstNonH273Code) {
    return false;
  }
  const auto primaries = std::ranges::find(kPrimaries, static_cast<Primaries>(tag[8]));
  if (primaries == kPrimaries.end()) {
    return false;
  }
  const auto transfer = static_cast<Transfer>(tag[9]);
  const bool known = is_hdr(transfer) || std::ranges::find(kTransfers, transfer) != kTransfers.end();
  if (known) {
    color = {.primaries = *primaries, .transfer = transfer};
  }
  return known;
}

}  // namespace

std::uint32_t profile_color_space(ByteView icc) {
  ByteReader header(icc);
  header.take(16);
  return header.u32be();
}

ProfileColor profile_color(ByteView icc) {
  ProfileColor color;
  if (icc.size() > std::numeric_limits<cmsUInt32Number>::max()) {
    return color;
  }
  const Profile profile(cmsOpenProfileFromMem(icc.data(), static_cast<cmsUInt32Number>(icc.size())), cmsCloseProfile);
  if (profile == nullptr || read_cicp(profile.get(), color)) {
    return color;
  }
  const std::uint32_t space = profile_color_space(icc);
  // A device-to-connection-space table outranks matrix and curves.
  const bool has_table = cmsIsTag(profile.get(), cmsSigAToB0Tag) != 0;
  if (!has_table && (space == cmsSigRgbData || space == cmsSigGrayData)) {
    color.primaries = space == cmsSigRgbData ? nearest_primaries(profile.get()) : Primaries::unspecified;
    color.transfer = nearest_transfer(profile.get());
  }
  return color;
}

}  // namespace imagepacker
