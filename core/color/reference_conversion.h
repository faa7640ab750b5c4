// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

#include "imagepacker/image.h"

namespace imagepacker {

// What conversions are compared with in tests: one sample at a time, in double precision, straight from the formulas,
// with nothing taken from the fast code but the numbers in luma_weights(), transfer.h, primaries.h and tone_map.h.

/// The code that stands in `image` for `component` at column x and row y of that component.
int code_at(const ImageView& image, int component, int x, int y);

/// The code, before rounding, that a conversion of `image` to `target` should write for `component` at column x and row
/// y of that component in the target; clamped to the codes there are.
double reference_value(const ImageView& image, const ImageFormat& target, std::uint32_t background, int component,
                       int x, int y);

/// The largest distance, in codes, of a sample of `converted` from reference_value(): at most 0.5 where conversions
/// round to the nearest code, apart from ties that single precision decides otherwise.
double largest_deviation(const ImageView& image, const ImageView& converted, std::uint32_t background);

}  // namespace imagepacker
