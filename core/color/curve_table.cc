// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/curve_table.h"

#include <bit>
#include <cstddef>
#include <cstdint>

namespace imagepacker {

CodeTable::CodeTable(const std::function<double(double)>& curve) {
  values_.reserve(CodeTableView::kValues);
  for (int i = 0; i <= CodeTableView::kSteps; ++i) {
    values_.push_back(static_cast<float>(curve(static_cast<double>(i) / CodeTableView::kSteps)));
  }
  // The interval beyond 1, read with weight 0.
  values_.push_back(values_.back());
}

LightTable::LightTable(const std::function<double(double)>& curve) {
  values_.reserve(LightTableView::kValues);
  for (std::size_t i = 0; i + 1 < LightTableView::kValues; ++i) {
    const auto bits = LightTableView::kLowestBits + (static_cast<std::uint32_t>(i) << LightTableView::kFractionBits);
    values_.push_back(static_cast<float>(curve(std::bit_cast<float>(bits))));
  }
  values_.push_back(values_.back());
}

}  // namespace imagepacker
