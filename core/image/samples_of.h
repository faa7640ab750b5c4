// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <vector>

#include "imagepacker/image.h"

namespace imagepacker {

/// The bytes of all rows of all planes, without what lies between rows; for tests, which compare pictures by them.
inline std::vector<std::byte> samples_of(const ImageView& image) {
  std::vector<std::byte> samples;
  const PixelFormatInfo& info = image.format.info();
  for (int p = 0; p < info.plane_count; ++p) {
    const Plane& plane = image.planes[static_cast<std::size_t>(p)];
    for (int y = 0; y < plane_height(info, p, image.format.size); ++y) {
      const auto row = plane.bytes.subspan(static_cast<std::size_t>(y) * plane.stride_bytes,
                                           plane_row_bytes(info, p, image.format.size));
      samples.insert(samples.end(), row.begin(), row.end());
    }
  }
  return samples;
}

}  // namespace imagepacker
