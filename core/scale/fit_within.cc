// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdint>

#include "scale/scaler.h"

namespace imagepacker {
namespace {

/// length · part / whole, rounded to the nearest, at least 1.
int proportional(int length, int part, int whole) {
  const std::int64_t product = std::int64_t{length} * part;
  return static_cast<int>(std::max<std::int64_t>(1, (product + whole / 2) / whole));
}

}  // namespace

Size fit_within(Size size, int max_width, int max_height) {
  const int width_limit = max_width > 0 ? std::min(max_width, size.width) : size.width;
  const int height_limit = max_height > 0 ? std::min(max_height, size.height) : size.height;
  // The side whose limit asks for the smaller scale decides: width_limit / width against height_limit / height.
  if (std::int64_t{width_limit} * size.height <= std::int64_t{height_limit} * size.width) {
    return {width_limit, std::min(height_limit, proportional(size.height, width_limit, size.width))};
  }
  return {std::min(width_limit, proportional(size.width, height_limit, size.height)), height_limit};
}

}  // namespace imagepacker
