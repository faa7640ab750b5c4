// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

namespace imagepacker {

/// Exif orientation (tag 0x0112): how to turn the stored pixels for display.
enum class Orientation : std::uint8_t {
  normal = 1,
  flip_horizontal = 2,
  rotate_180 = 3,
  flip_vertical = 4,
  transpose = 5,
  rotate_90 = 6,  ///< clockwise
  transverse = 7,
  rotate_270 = 8,
};

/// True when width and height change places.
constexpr bool swaps_sides(Orientation orientation) {
  return orientation >= Orientation::transpose;
}

}  // namespace imagepacker
