// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/orientation.h"

namespace imagepacker {

/// An orientation as what is done to stored pixels to show them: transposed, then mirrored.
struct Turn {
  bool transposes = false;
  bool mirrors_x = false;  ///< left and right of what is shown change places
  bool mirrors_y = false;  ///< so do top and bottom

  /// True when the stored columns are read from the right.
  [[nodiscard]] constexpr bool mirrors_columns() const { return transposes ? mirrors_y : mirrors_x; }
  /// True when the stored rows are read from the bottom.
  [[nodiscard]] constexpr bool mirrors_rows() const { return transposes ? mirrors_x : mirrors_y; }

  friend bool operator==(const Turn&, const Turn&) = default;
};

/// The orientations of either half stand in this order: as it is, mirrored in x, in both, in y.
constexpr Turn turn_of(Orientation orientation) {
  const int step = (static_cast<int>(orientation) - static_cast<int>(Orientation::normal)) % 4;
  return {.transposes = swaps_sides(orientation), .mirrors_x = step == 1 || step == 2, .mirrors_y = step >= 2};
}

/// The inverse of turn_of().
constexpr Orientation orientation_of(const Turn& turn) {
  const int step = turn.mirrors_y ? (turn.mirrors_x ? 2 : 3) : (turn.mirrors_x ? 1 : 0);
  const Orientation first = turn.transposes ? Orientation::transpose : Orientation::normal;
  return static_cast<Orientation>(static_cast<int>(first) + step);
}

}  // namespace imagepacker
