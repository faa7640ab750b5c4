// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/tiling.h"

#include <algorithm>
#include <cstdint>

#include "codec/heif/hevc_still.h"

namespace imagepacker::heif {
namespace {

constexpr std::int64_t kMaxSingleArea = 1 << 24;
constexpr int kMaxSingleDimension = 8192;
constexpr int kTileDimension = 1024;

/// Tiles are multiples of this, as MIAF recommends (ISO/IEC 23000-22 clause 7.3.11.4.2), also where one row does.
constexpr int kTileStep = 64;

constexpr int round_up(int length, int step) {
  return (length + step - 1) / step * step;
}

}  // namespace

Tiling choose_tiling(const ImageFormat& format) {
  const Size picture = hevc_size(format.size, format.info());
  if (std::int64_t{picture.width} * picture.height <= kMaxSingleArea &&
      std::max(picture.width, picture.height) <= kMaxSingleDimension) {
    return {.picture = picture, .tile = picture};
  }
  const auto tile_length = [](int length) { return std::min(round_up(length, kTileStep), kTileDimension); };
  const Size tile = {tile_length(picture.width), tile_length(picture.height)};
  return {.picture = picture,
          .tile = tile,
          .columns = round_up(picture.width, tile.width) / tile.width,
          .rows = round_up(picture.height, tile.height) / tile.height};
}

}  // namespace imagepacker::heif
