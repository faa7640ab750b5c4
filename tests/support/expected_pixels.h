// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <vector>

#include "support/raw_frame.h"

namespace imagepacker::testing {

/// Planes of real-valued codes by component (Y Cb Cr A or R G B A), each at the target's resolution.
struct ExpectedPixels {
  std::array<std::vector<double>, 4> planes;
};

/// What the samples of `frame` are in `target`, computed in double precision from H.273: chroma interpolated linearly
/// between its declared positions, matrix, range, depth. Values are clipped to the code range but not rounded. Both
/// sides have the same primaries and transfer. Transparent pixels of a source whose target has no alpha show
/// `background` (R'G'B').
ExpectedPixels expected_pixels(const RawFrame& frame, const ImageFormat& target,
                               const std::array<double, 3>& background = {1, 1, 1});

}  // namespace imagepacker::testing
