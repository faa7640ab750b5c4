// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace imagepacker {

/// Polynomials of third degree, one per segment, each in t = 0..1 over its segment. Few enough to stand in registers,
/// where a look-up is one instruction.
struct CubicSegments {
  static constexpr int kCount = 16;
  /// [power][segment]
  alignas(64) std::array<std::array<float, kCount>, 4> coefficients{};

  [[nodiscard]] float operator()(std::size_t segment, float t) const {
    const auto& c = coefficients;
    return c[0][segment] + t * (c[1][segment] + t * (c[2][segment] + t * c[3][segment]));
  }
};

/// A function over code values 0..1, in segments of equal length.
class CodeCubic {
 public:
  explicit CodeCubic(const std::function<double(double)>& curve);

  /// `coded` is in 0..1.
  [[nodiscard]] float operator()(float coded) const {
    const float position = coded * CubicSegments::kCount;
    const auto segment = static_cast<std::int32_t>(position < kLast ? position : kLast);
    return segments_(static_cast<std::size_t>(segment), position - static_cast<float>(segment));
  }

  [[nodiscard]] const CubicSegments& segments() const { return segments_; }

  /// The last segment's number.
  static constexpr float kLast = CubicSegments::kCount - 1;

 private:
  CubicSegments segments_;
};

/// A function over linear light, in segments that are even parts of octaves: the upper bits of a float number them.
/// It stands between two ends, beyond which it has the value of the nearer end.
class LightCubic {
 public:
  /// The octaves are cut as finely as `lowest` and `highest`, both above 0, allow; at most 15 octaves lie between them.
  LightCubic(const std::function<double(double)>& curve, float lowest, float highest);

  [[nodiscard]] float operator()(float light) const {
    const float clamped = light > lowest_ ? (light < highest_ ? light : highest_) : lowest_;
    const auto offset = static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(clamped) - base_bits_);
    const auto fraction = static_cast<float>(offset & fraction_mask());
    return segments_(static_cast<std::size_t>(offset >> shift_), fraction * fraction_scale());
  }

  [[nodiscard]] const CubicSegments& segments() const { return segments_; }
  [[nodiscard]] float lowest() const { return lowest_; }
  [[nodiscard]] float highest() const { return highest_; }
  [[nodiscard]] std::uint32_t base_bits() const { return base_bits_; }
  [[nodiscard]] int shift() const { return shift_; }
  [[nodiscard]] std::int32_t fraction_mask() const { return (std::int32_t{1} << shift_) - 1; }
  [[nodiscard]] float fraction_scale() const { return 1.0F / static_cast<float>(std::int32_t{1} << shift_); }

 private:
  float lowest_;
  float highest_;
  std::uint32_t base_bits_ = 0;
  int shift_ = 0;
  CubicSegments segments_;
};

}  // namespace imagepacker
