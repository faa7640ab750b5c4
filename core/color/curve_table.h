// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <vector>

#include "kernels/table_rows.h"

namespace imagepacker {

/// A function over code values 0..1, tabulated in even steps and interpolated.
class CodeTable {
 public:
  /// Throws std::bad_alloc.
  explicit CodeTable(const std::function<double(double)>& curve);

  [[nodiscard]] float operator()(float coded) const { return look_up(view(), coded); }
  [[nodiscard]] CodeTableView view() const { return {values_.data()}; }

 private:
  std::vector<float> values_;
};

/// A function over linear light, tabulated in steps that are even within each power of two and interpolated: even steps
/// over all of the range would be far too coarse in the shadows.
class LightTable {
 public:
  /// Throws std::bad_alloc.
  explicit LightTable(const std::function<double(double)>& curve);

  [[nodiscard]] float operator()(float light) const { return look_up(view(), light); }
  [[nodiscard]] LightTableView view() const { return {values_.data()}; }

 private:
  std::vector<float> values_;
};

}  // namespace imagepacker
