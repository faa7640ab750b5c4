// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8/bit_costs.h"

#include <algorithm>
#include <cstdlib>
#include <span>

namespace imagepacker::vp8 {
namespace {

std::uint32_t extra_cost(std::span<const std::uint8_t> chances, unsigned extra) {
  std::uint32_t cost = 0;
  for (std::size_t i = 0; i < chances.size(); ++i) {
    cost += bit_cost((extra >> (chances.size() - 1 - i) & 1) != 0, chances[i]);
  }
  return cost;
}

/// From the branch behind "not the end" on: clause 13.2.
std::uint32_t level_cost(const TokenNodes& nodes, unsigned level) {
  const auto branch = [&](std::size_t node, bool bit) { return bit_cost(bit, nodes[node]); };
  if (level == 0) {
    return branch(1, false);
  }
  std::uint32_t cost = branch(1, true) + kBitCostOne;  // the sign
  if (level == 1) {
    return cost + branch(2, false);
  }
  cost += branch(2, true);
  if (level <= 4) {
    cost += branch(3, false) + branch(4, level > 2);
    return level > 2 ? cost + branch(5, level == 4) : cost;
  }
  cost += branch(3, true) + branch(6, level >= 11);
  if (level < 11) {
    cost += branch(7, level >= 7);
    return cost + (level < 7 ? extra_cost(kCategory1, level - 5) : extra_cost(kCategory2, level - 7));
  }
  cost += branch(8, level >= 35);
  if (level < 35) {
    cost += branch(9, level >= 19);
    return cost + (level < 19 ? extra_cost(kCategory3, level - 11) : extra_cost(kCategory4, level - 19));
  }
  cost += branch(10, level >= 67);
  return cost + (level < 67 ? extra_cost(kCategory5, level - 35) : extra_cost(kCategory6, level - 67));
}

}  // namespace

TokenCosts::TokenCosts(const CoefficientProbabilities& probabilities) {
  for (std::size_t type = 0; type < kBlockTypes; ++type) {
    for (std::size_t band = 0; band < kBands; ++band) {
      for (std::size_t context = 0; context < kContexts; ++context) {
        const TokenNodes& nodes = probabilities[type][band][context];
        const std::uint32_t not_end = bit_cost(true, nodes[0]);
        for (unsigned level = 0; level <= kMaxLevel; ++level) {
          levels_[type][band][context][level] =
              static_cast<std::uint16_t>(level_cost(nodes, level) + (context != 0 ? not_end : 0));
        }
        end_[type][band][context] = static_cast<std::uint16_t>(bit_cost(false, nodes[0]));
      }
      first_not_end_[type][band] = static_cast<std::uint16_t>(bit_cost(true, probabilities[type][band][0][0]));
    }
  }
}

std::uint32_t TokenCosts::block(BlockType type, int context, const std::int16_t* levels, int first, int count) const {
  const auto& table = levels_[static_cast<std::size_t>(type)];
  const auto& end = end_[static_cast<std::size_t>(type)];
  auto ctx = static_cast<std::size_t>(context);
  if (count <= first) {
    return end[kBandOf[static_cast<std::size_t>(first)]][ctx];
  }
  std::uint32_t cost =
      ctx == 0 ? first_not_end_[static_cast<std::size_t>(type)][kBandOf[static_cast<std::size_t>(first)]] : 0;
  for (int i = first; i < count; ++i) {
    const auto level = std::min(static_cast<std::size_t>(std::abs(levels[i])), kMaxLevel);
    cost += table[kBandOf[static_cast<std::size_t>(i)]][ctx][level];
    ctx = std::min<std::size_t>(level, 2);
  }
  return count < 16 ? cost + end[kBandOf[static_cast<std::size_t>(count)]][ctx] : cost;
}

}  // namespace imagepacker::vp8
