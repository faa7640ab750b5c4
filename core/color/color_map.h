// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>

#include "color/matrix.h"
#include "imagepacker/image.h"

namespace imagepacker {

/// A change of R'G'B' values that no 3×3 matrix on codes can state: another transfer curve, other primaries, a tone
/// map.
class ColorMap {
 public:
  virtual ~ColorMap() = default;

  /// Maps `count` pixels in place. Values are R'G'B' with 0 black and 1 the highest code; what is outside is clipped.
  virtual void apply(float* r, float* g, float* b, int count) const = 0;
};

/// The map from the colours of `source` to those of `target`, or nullptr when values mean the same in both: equal
/// curves and primaries, or curves that are both shown as sRGB.
std::unique_ptr<const ColorMap> make_color_map(const ImageFormat& source, const ImageFormat& target);

/// The R'G'B' value in `color` that shows the sRGB colour 0xRRGGBB.
Vector3 srgb_color_in(const ColorSpace& color, std::uint32_t srgb);

}  // namespace imagepacker
