// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>

#include "codec/webp/vp8/bool_encoder.h"
#include "codec/webp/vp8/format_tables.h"

namespace imagepacker::vp8 {

/// The subblock mode that stands for a whole block's as context, clause 11.3.
SubblockMode subblock_mode_of(BlockMode mode);

void put_luma_mode(BlockMode mode, BoolEncoder& encoder);
void put_subblock_mode(SubblockMode mode, SubblockMode above, SubblockMode left, BoolEncoder& encoder);
void put_chroma_mode(BlockMode mode, BoolEncoder& encoder);

// What they cost, in 1/256 bit.
std::uint32_t luma_mode_cost(BlockMode mode);
const std::array<std::uint16_t, kSubblockModes>& subblock_mode_costs(SubblockMode above, SubblockMode left);
std::uint32_t chroma_mode_cost(BlockMode mode);

}  // namespace imagepacker::vp8
