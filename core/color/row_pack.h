// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "image/image_buffer.h"

namespace imagepacker {

/// Prepares row `row` of a layout with one plane for pack_row(): bytes that no component fills (the x of RGBx) become
/// 0xFF; words that several components share become 0, and so does the second luma sample of a pair that packed 4:2:2
/// has beside an odd last column. Other layouts need nothing.
void begin_packed_row(const MutableImageView& image, int row);

/// Writes one row of one component: code = truncated clamp(values[x] + (offset + 0.5), 0, max + 0.5), which rounds to
/// the nearest code. `row` and `count` are in samples of that component. Not for v210.
void pack_row(const MutableImageView& image, int component, int row, int count, const float* values, float offset);

}  // namespace imagepacker
