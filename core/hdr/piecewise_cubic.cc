// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hdr/piecewise_cubic.h"

#include <algorithm>

namespace imagepacker {
namespace {

/// Where a polynomial meets the curve: both ends, so that neighbours join, and where Chebyshev's extremes lie.
constexpr std::array<double, 4> kNodes = {0, 0.25, 0.75, 1};

/// The polynomial through the curve at kNodes of [from, to], as powers of the position in 0..1 that `from` and `to`
/// have in their segment.
std::array<double, 4> fit(const std::function<double(double)>& curve_at, double from, double to) {
  std::array<double, 4> t{};
  std::array<double, 4> divided{};
  for (std::size_t i = 0; i < 4; ++i) {
    t[i] = from + (to - from) * kNodes[i];
    divided[i] = curve_at(t[i]);
  }
  for (std::size_t order = 1; order < 4; ++order) {
    for (std::size_t i = 3; i >= order; --i) {
      divided[i] = (divided[i] - divided[i - 1]) / (t[i] - t[i - order]);
    }
  }
  // Newton's form, multiplied out from the innermost factor.
  std::array<double, 4> power{};
  power[0] = divided[3];
  for (std::size_t factor = 3; factor-- > 0;) {
    for (std::size_t i = 3; i > 0; --i) {
      power[i] = power[i - 1] - t[factor] * power[i];
    }
    power[0] = divided[factor] - t[factor] * power[0];
  }
  return power;
}

void set(CubicSegments& segments, std::size_t segment, const std::array<double, 4>& power) {
  for (std::size_t i = 0; i < 4; ++i) {
    segments.coefficients[i][segment] = static_cast<float>(power[i]);
  }
}

}  // namespace

CodeCubic::CodeCubic(const std::function<double(double)>& curve) {
  for (std::size_t segment = 0; segment < CubicSegments::kCount; ++segment) {
    const auto at = [&](double t) { return curve((static_cast<double>(segment) + t) / CubicSegments::kCount); };
    set(segments_, segment, fit(at, 0, 1));
  }
}

LightCubic::LightCubic(const std::function<double(double)>& curve, float lowest, float highest)
    : lowest_(lowest), highest_(highest) {
  // Sixteenths of octaves would be the finest; whole ones always fit.
  constexpr int kFinestShift = 19;
  constexpr int kOctaveShift = 23;
  const auto low_bits = std::bit_cast<std::uint32_t>(lowest);
  const auto high_bits = std::bit_cast<std::uint32_t>(highest);
  for (shift_ = kFinestShift; shift_ < kOctaveShift; ++shift_) {
    if ((high_bits >> shift_) - (low_bits >> shift_) < CubicSegments::kCount) {
      break;
    }
  }
  base_bits_ = low_bits >> shift_ << shift_;
  for (std::size_t segment = 0; segment < CubicSegments::kCount; ++segment) {
    const std::uint32_t begin_bits = base_bits_ + (static_cast<std::uint32_t>(segment) << shift_);
    const double begin = std::bit_cast<float>(begin_bits);
    const double end = std::bit_cast<float>(begin_bits + (1U << shift_));
    if (begin > highest) {
      break;
    }
    // The part of the segment between the ends alone, beyond which the curve may have a kink.
    const auto position = [&](double light) { return (light - begin) / (end - begin); };
    double from = position(std::max(begin, static_cast<double>(lowest)));
    double to = position(std::min(end, static_cast<double>(highest)));
    if (to - from < 1e-3) {
      from = to - 1e-3;
    }
    const auto at = [&](double t) {
      return curve(std::clamp(begin + t * (end - begin), static_cast<double>(lowest), static_cast<double>(highest)));
    };
    set(segments_, segment, fit(at, from, to));
  }
}

}  // namespace imagepacker
