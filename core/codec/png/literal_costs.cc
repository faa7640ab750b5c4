// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/literal_costs.h"

#include <algorithm>
#include <numeric>

namespace imagepacker {
namespace {

/// Of so many bytes the first kSampledBytes are looked at.
constexpr std::size_t kSamplePeriod = 128;
constexpr std::size_t kSampledBytes = 16;

std::uint64_t entropy(std::span<const std::uint32_t> counts) {
  const std::uint32_t total = std::accumulate(counts.begin(), counts.end(), 0U);
  std::uint64_t cost = 0;
  for (const std::uint32_t count : counts) {
    cost += count == 0 ? 0 : std::uint64_t{count} * (log2_cost(total) - log2_cost(count));
  }
  return cost;
}

}  // namespace

std::uint64_t estimate_cost(const SymbolCounts& counts) {
  return entropy(counts.literals_and_lengths) + entropy(counts.distances) + kCostUnit * counts.extra_bits;
}

LiteralCosts estimate_literal_costs(std::span<const std::uint8_t> block) {
  std::array<std::uint32_t, 256> counts{};
  std::uint32_t total = 0;
  for (std::size_t i = 0; i < block.size(); i += kSamplePeriod) {
    const auto sample = block.subspan(i, std::min(kSampledBytes, block.size() - i));
    total += static_cast<std::uint32_t>(sample.size());
    for (const std::uint8_t value : sample) {
      ++counts[value];
    }
  }
  LiteralCosts costs;
  const std::uint32_t whole = log2_cost(total);
  std::uint64_t sum = 0;
  for (std::size_t value = 0; value < counts.size(); ++value) {
    const std::uint32_t count = counts[value];
    costs.each[value] = count == 0 ? kMaxLiteralCost : std::clamp(whole - log2_cost(count), kCostUnit, kMaxLiteralCost);
    sum += std::uint64_t{count} * costs.each[value];
  }
  costs.mean = static_cast<std::uint32_t>(sum / total);
  return costs;
}

}  // namespace imagepacker
