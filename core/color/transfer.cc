// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/transfer.h"

#include <algorithm>
#include <cmath>

namespace imagepacker {
namespace {

// SMPTE ST 2084.
constexpr double kM1 = 2610.0 / 16384;
constexpr double kM2 = 2523.0 / 4096 * 128;
constexpr double kC1 = 3424.0 / 4096;
constexpr double kC2 = 2413.0 / 4096 * 32;
constexpr double kC3 = 2392.0 / 4096 * 32;

// ARIB STD-B67.
constexpr double kA = 0.17883277;
constexpr double kB = 0.28466892;
constexpr double kC = 0.55991073;

/// The exponent of a pure power law, 0 for other curves.
double power_of(Transfer transfer) {
  switch (transfer) {
    case Transfer::gamma22:
      return 2.2;
    case Transfer::gamma28:
      return 2.8;
    case Transfer::gamma18:
      return 1.8;
    case Transfer::gamma20:
      return 2.0;
    case Transfer::adobe_rgb:
      return 563.0 / 256;
    case Transfer::linear:
      return 1.0;
    default:
      return 0;
  }
}

}  // namespace

double pq_eotf(double coded) {
  const double root = std::pow(std::clamp(coded, 0.0, 1.0), 1 / kM2);
  return kPqPeakNits * std::pow(std::max(root - kC1, 0.0) / (kC2 - kC3 * root), 1 / kM1);
}

double pq_inverse_eotf(double nits) {
  const double power = std::pow(std::clamp(nits / kPqPeakNits, 0.0, 1.0), kM1);
  return std::pow((kC1 + kC2 * power) / (1 + kC3 * power), kM2);
}

double hlg_inverse_oetf(double coded) {
  const double value = std::clamp(coded, 0.0, 1.0);
  return value <= 0.5 ? value * value / 3 : (std::exp((value - kC) / kA) + kB) / 12;
}

double hlg_oetf(double scene) {
  const double light = std::clamp(scene, 0.0, 1.0);
  return light <= 1.0 / 12 ? std::sqrt(3 * light) : kA * std::log(12 * light - kB) + kC;
}

double hlg_display_gain(double scene_luminance) {
  return kHlgPeakNits / kSdrWhiteNits * std::pow(scene_luminance, kHlgSystemGamma - 1);
}

double hlg_scene_gain(double display_luminance) {
  const double relative = display_luminance * kSdrWhiteNits / kHlgPeakNits;
  return kSdrWhiteNits / kHlgPeakNits * std::pow(relative, (1 - kHlgSystemGamma) / kHlgSystemGamma);
}

double light_of_code(Transfer transfer, double coded) {
  switch (transfer) {
    case Transfer::pq:
      return pq_eotf(coded) / kSdrWhiteNits;
    case Transfer::hlg:
      return hlg_inverse_oetf(coded);
    case Transfer::linear_hdr:
      return std::clamp(coded, 0.0, 1.0) * kPqPeakNits / kSdrWhiteNits;
    default:
      return sdr_to_linear(transfer, coded);
  }
}

double code_of_light(Transfer transfer, double light) {
  switch (transfer) {
    case Transfer::pq:
      return pq_inverse_eotf(light * kSdrWhiteNits);
    case Transfer::hlg:
      return hlg_oetf(light);
    case Transfer::linear_hdr:
      return std::clamp(light * kSdrWhiteNits / kPqPeakNits, 0.0, 1.0);
    default:
      return sdr_from_linear(transfer, light);
  }
}

Transfer shown_transfer(Transfer transfer) {
  switch (transfer) {
    case Transfer::bt709:
    case Transfer::unspecified:
    case Transfer::bt601:
    case Transfer::bt2020_10:
    case Transfer::bt2020_12:
      return Transfer::srgb;
    default:
      return transfer;
  }
}

double sdr_to_linear(Transfer transfer, double coded) {
  const double value = std::clamp(coded, 0.0, 1.0);
  const Transfer curve = shown_transfer(transfer);
  switch (curve) {
    case Transfer::smpte240m:
      return value < 4 * 0.0228 ? value / 4 : std::pow((value + 0.1115) / 1.1115, 1 / 0.45);
    case Transfer::log100:
      return value <= 0 ? 0 : std::pow(10, 2 * (value - 1));
    case Transfer::log316:
      return value <= 0 ? 0 : std::pow(10, 2.5 * (value - 1));
    default:
      break;
  }
  if (const double power = power_of(curve); power != 0) {
    return std::pow(value, power);
  }
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

double sdr_from_linear(Transfer transfer, double linear) {
  const double light = std::clamp(linear, 0.0, 1.0);
  const Transfer curve = shown_transfer(transfer);
  switch (curve) {
    case Transfer::smpte240m:
      return light < 0.0228 ? 4 * light : 1.1115 * std::pow(light, 0.45) - 0.1115;
    case Transfer::log100:
      return light < 0.01 ? 0 : 1 + std::log10(light) / 2;
    case Transfer::log316:
      return light < std::sqrt(10.0) / 1000 ? 0 : 1 + std::log10(light) / 2.5;
    default:
      break;
  }
  if (const double power = power_of(curve); power != 0) {
    return std::pow(light, 1 / power);
  }
  return light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
}

}  // namespace imagepacker
