// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/curve_table.h"

namespace imagepacker {

CodeTable::CodeTable(const std::function<double(double)>& curve) {
  values_.reserve(kSteps + 2);
  for (int i = 0; i <= kSteps; ++i) {
    values_.push_back(static_cast<float>(curve(static_cast<double>(i) / kSteps)));
  }
  // The interval beyond 1, read with weight 0.
  values_.push_back(values_.back());
}

LightTable::LightTable(const std::function<double(double)>& curve) {
  const std::uint32_t intervals = (kHighestBits - kLowestBits) >> kFractionBits;
  values_.reserve(intervals + 2);
  for (std::uint32_t i = 0; i <= intervals; ++i) {
    values_.push_back(static_cast<float>(curve(std::bit_cast<float>(kLowestBits + (i << kFractionBits)))));
  }
  values_.push_back(values_.back());
}

}  // namespace imagepacker
