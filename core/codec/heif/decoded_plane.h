// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "imagepacker/image.h"

namespace imagepacker::heif {

/// One channel as a decoder gives it.
struct DecodedPlane {
  int width = 0;
  int height = 0;
  int bits = 0;
  std::vector<std::uint16_t> samples;  ///< width * height

  [[nodiscard]] int at(int x, int y) const { return samples[static_cast<std::size_t>(y) * width + x]; }
  friend bool operator==(const DecodedPlane&, const DecodedPlane&) = default;
};

/// A copy of `size` samples in `rows`: bytes up to 8 `bits`, above that native words. Empty where `rows` is null.
DecodedPlane copy_plane(const std::uint8_t* rows, std::ptrdiff_t stride_bytes, Size size, int bits);

}  // namespace imagepacker::heif
