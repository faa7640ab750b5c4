// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/png/deflate_tokens.h"

namespace imagepacker {

/// Shorter runs of zeros are cheaper as literals.
inline constexpr std::size_t kMinZeroRun = 8;

/// Splits `bytes` into literals and repetitions of zero: every run of at least kMinZeroRun zeros becomes one literal
/// and matches at distance 1. The only repetitions that filtered photographs have. Replaces the content of `sequences`,
/// which cover `bytes`.
void find_zero_runs(std::span<const std::uint8_t> bytes, std::vector<Sequence>& sequences);

}  // namespace imagepacker
