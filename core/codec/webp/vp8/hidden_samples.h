// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>

#include "codec/webp/vp8/macroblock.h"

namespace imagepacker::vp8 {

/// The alpha of a macroblock, row by row.
using AlphaSamples = std::array<std::uint8_t, 256>;

/// Gives the colours where alpha is 0, which nobody sees, the mean of those in the macroblock that are seen, or gray
/// where none is. A chroma sample is seen when one of its four pixels is.
void even_out_hidden(const AlphaSamples& alpha, MacroblockSamples& samples);

}  // namespace imagepacker::vp8
