// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>

#include "imagepacker/picture.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// A gain map as Apple's cameras write it, HDR = SDR · (1 + (H − 1) · G^1.961) with the headroom H and the map's value
/// G of 0..1, in the terms of ISO 21496-1: other codes, which `code_of` gives for each of Apple's, and their metadata.
/// The gamma is chosen so that steps between codes stay as they were.
struct AppleGainMap {
  GainMapMetadata metadata;
  std::array<std::uint8_t, 256> code_of;
};

/// `headroom`: linear. Errors: corrupt_input unless it is above 1 and at most 64.
Result<AppleGainMap> convert_apple_gain_map(double headroom);

/// The headroom, at least 1, that the maker note's numbers 33 and 48 stand for; a missing number 48 counts as 0.
double apple_headroom(double number_33, double number_48);

}  // namespace imagepacker
