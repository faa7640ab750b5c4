// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"

namespace imagepacker {

/// A PNG as libpng writes it, for tests: every kind that our encoder does not make.
struct PngToWrite {
  Size size;
  int bit_depth = 8;
  int color_type = 0;
  bool is_interlaced = false;
  std::vector<std::uint8_t> rows;           ///< as in the file, without padding between rows
  std::vector<std::uint8_t> palette;        ///< R, G, B
  std::vector<std::uint8_t> palette_alpha;  ///< tRNS of a palette
  std::vector<std::uint16_t> transparent;   ///< tRNS of gray (1) or RGB (3): the colour that is not there
};

Bytes write_png(const PngToWrite& png);

/// `png` with a chunk more, right behind IHDR.
Bytes with_chunk(ByteView png, std::string_view type, ByteView data);

}  // namespace imagepacker
