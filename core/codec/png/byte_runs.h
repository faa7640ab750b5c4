// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/png/deflate_tokens.h"

namespace imagepacker {

/// How often a byte must follow itself to be worth a match; up to 8.
inline constexpr std::size_t kMinRunRepeats = 5;

/// Splits `bytes` into literals and repetitions of the byte before: where the same byte follows at least kMinRunRepeats
/// times, one literal and matches at distance 1. Replaces the content of `sequences`, which cover `bytes`.
void find_byte_runs(std::span<const std::uint8_t> bytes, std::vector<Sequence>& sequences);

}  // namespace imagepacker
