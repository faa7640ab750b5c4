// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "codec/webp/vp8/fixed_log2.h"
#include "codec/webp/vp8/format_tables.h"

namespace imagepacker::vp8 {

/// Costs are in 1/256 bit.
inline constexpr std::uint32_t kBitCostOne = 256;

/// −log2(chance / 256) for 1..256.
constexpr std::array<std::uint16_t, 257> make_chance_costs() {
  std::array<std::uint16_t, 257> costs{};
  for (std::uint32_t chance = 1; chance <= 256; ++chance) {
    costs[chance] = static_cast<std::uint16_t>(8 * kBitCostOne - static_cast<std::uint32_t>(fixed_log2(chance)));
  }
  return costs;
}
inline constexpr std::array<std::uint16_t, 257> kChanceCosts = make_chance_costs();

/// What coding `bit` costs when it is 0 with a chance of `zero_chance` / 256, 1..255.
constexpr std::uint32_t bit_cost(bool bit, unsigned zero_chance) {
  return kChanceCosts[bit ? 256 - zero_chance : zero_chance];
}

/// Costs of levels, signs and extra bits included. A magnitude above kMaxLevel counts as that.
class TokenCosts {
 public:
  static constexpr std::size_t kMaxLevel = 67;
  using Levels = std::array<std::uint16_t, kMaxLevel + 1>;

  explicit TokenCosts(const CoefficientProbabilities& probabilities);

  /// Of a block as in TokenBuffer::append().
  [[nodiscard]] std::uint32_t block(BlockType type, int context, const std::int16_t* levels, int first,
                                    int count) const;

  /// Of a magnitude where the end was possible (not after a 0, or `context` is not 0) or not.
  [[nodiscard]] const Levels& levels(BlockType type, std::size_t band, std::size_t context) const {
    return levels_[static_cast<std::size_t>(type)][band][context];
  }

 private:
  std::array<std::array<std::array<Levels, kContexts>, kBands>, kBlockTypes> levels_;
  std::array<std::array<std::array<std::uint16_t, kContexts>, kBands>, kBlockTypes> end_;
  std::array<std::array<std::uint16_t, kBands>, kBlockTypes> first_not_end_;  ///< "no end" in context 0
};

}  // namespace imagepacker::vp8
