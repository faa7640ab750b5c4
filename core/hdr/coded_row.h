// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>

#include "imagepacker/image.h"

namespace imagepacker {

/// The samples of `component` in row `row` of `view`, which has one for every pixel, in bytes or little-endian words of
/// which all significant bits are the lowest.
inline void read_codes(const ImageView& view, int component, int row, std::uint16_t* codes) {
  const PixelFormatInfo& info = view.format.info();
  const PixelComponent& place = info.components[static_cast<std::size_t>(component)];
  const Plane& plane = view.planes[place.plane];
  const std::byte* at = plane.bytes.data() + static_cast<std::size_t>(row) * plane.stride_bytes + place.offset_bytes;
  const bool has_words = info.packing != Packing::bytes;
  for (int x = 0; x < view.format.size.width; ++x, at += place.step_bytes) {
    codes[x] =
        has_words ? static_cast<std::uint16_t>(std::to_integer<unsigned>(at[0]) | std::to_integer<unsigned>(at[1]) << 8)
                  : std::to_integer<std::uint16_t>(at[0]);
  }
}

}  // namespace imagepacker
