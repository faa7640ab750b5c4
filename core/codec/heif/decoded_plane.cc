// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/decoded_plane.h"

#include <cstring>

namespace imagepacker::heif {

DecodedPlane copy_plane(const std::uint8_t* rows, std::ptrdiff_t stride_bytes, Size size, int bits) {
  if (rows == nullptr) {
    return {};
  }
  DecodedPlane plane{.width = size.width, .height = size.height, .bits = bits, .samples = {}};
  for (int y = 0; y < plane.height; ++y) {
    const std::uint8_t* const row = rows + y * stride_bytes;
    for (int x = 0; x < plane.width; ++x) {
      std::uint16_t sample = 0;
      if (bits > 8) {
        std::memcpy(&sample, row + 2 * static_cast<std::ptrdiff_t>(x), sizeof sample);
      } else {
        sample = row[x];
      }
      plane.samples.push_back(sample);
    }
  }
  return plane;
}

}  // namespace imagepacker::heif
