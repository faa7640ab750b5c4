// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace imagepacker {

// Pixels with their components side by side ↔ rows of one component each. Nothing beyond the samples is touched; source
// and target don't overlap. Wide samples are words in native byte order.

/// rows[c][x] = pixels[x · components + c], for 2, 3 or 4 components.
void deinterleave(const std::uint8_t* pixels, int components, std::size_t count, std::uint8_t* const* rows);
void deinterleave(const std::uint16_t* pixels, int components, std::size_t count, std::uint16_t* const* rows);

/// pixels[x · components + c] = rows[c][x], for 2, 3 or 4 components.
void interleave(const std::uint8_t* const* rows, int components, std::size_t count, std::uint8_t* pixels);
void interleave(const std::uint16_t* const* rows, int components, std::size_t count, std::uint16_t* pixels);

}  // namespace imagepacker
