// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

#include "codec/webp/vp8/format_tables.h"

namespace imagepacker::vp8 {

/// Samples around a block of a whole plane of a macroblock.
struct BlockEdge {
  const std::uint8_t* above;  ///< above[-1] isn't it: see corner
  const std::uint8_t* left;   ///< from the top down
  std::uint8_t corner;
  bool has_above;  ///< else `above` is what clause 12.2 makes up
  bool has_left;
};

/// Predicts `size` × `size` samples, 8 or 16, in rows of 16 bytes: clauses 12.2 and 12.3.
void predict_block(BlockMode mode, const BlockEdge& edge, int size, std::uint8_t* prediction);

}  // namespace imagepacker::vp8
