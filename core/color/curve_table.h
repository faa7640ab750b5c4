// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace imagepacker {

/// A function over code values 0..1, tabulated in even steps and interpolated.
class CodeTable {
 public:
  explicit CodeTable(const std::function<double(double)>& curve);

  /// `coded` outside 0..1 counts as 0 or 1.
  [[nodiscard]] float operator()(float coded) const {
    const float position = coded > 0.0F ? (coded < 1.0F ? coded * kSteps : kSteps) : 0.0F;
    const auto index = static_cast<std::int32_t>(position);
    const float fraction = position - static_cast<float>(index);
    const float low = values_[static_cast<std::size_t>(index)];
    return low + fraction * (values_[static_cast<std::size_t>(index) + 1] - low);
  }

 private:
  static constexpr int kSteps = 4096;
  std::vector<float> values_;
};

/// A function over linear light, tabulated in steps that are even within each power of two (the exponent and the upper
/// mantissa bits of a float are the index) and interpolated: even steps over all of the range would be far too coarse
/// in the shadows.
class LightTable {
 public:
  explicit LightTable(const std::function<double(double)>& curve);

  /// `light` outside the table counts as its ends, 2^-32 and 2^6.
  [[nodiscard]] float operator()(float light) const {
    // Positive floats are ordered as their bits are.
    const auto bits =
        light > kLowest ? (light < kHighest ? std::bit_cast<std::uint32_t>(light) : kHighestBits) : kLowestBits;
    const std::uint32_t position = bits - kLowestBits;
    const std::size_t index = position >> kFractionBits;
    const float fraction = static_cast<float>(static_cast<std::int32_t>(position & ((1U << kFractionBits) - 1))) *
                           (1.0F / (1U << kFractionBits));
    const float low = values_[index];
    return low + fraction * (values_[index + 1] - low);
  }

 private:
  static constexpr float kLowest = 0x1p-32F;
  static constexpr float kHighest = 0x1p6F;
  static constexpr std::uint32_t kLowestBits = std::bit_cast<std::uint32_t>(kLowest);
  static constexpr std::uint32_t kHighestBits = std::bit_cast<std::uint32_t>(kHighest);
  static constexpr int kFractionBits = 15;
  std::vector<float> values_;
};

}  // namespace imagepacker
