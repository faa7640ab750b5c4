// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

#include "imagepacker/byte_sink.h"
#include "imagepacker/color_space.h"

namespace imagepacker {

/// What an ICC profile says in the words of H.273.
struct ProfileColor {
  Primaries primaries = Primaries::unspecified;
  Transfer transfer = Transfer::unspecified;
};

/// The signature of the device's colour space, 'RGB ' or another, in the header of the ICC profile `icc` (ICC.1:2022
/// clause 7.2.6); 0 where there is no header. lcms2 tells it as an enumeration, which hostile profiles leave.
std::uint32_t profile_color_space(ByteView icc);

/// The primaries and the curve that the matrix-shaper profile `icc` (RGB, or gray with a curve only) stands for, or the
/// codes of its 'cicp' tag. `unspecified` where no code is close: colorants within 0.003 in XYZ, curves within a code
/// of 8 bit. A profile that can't be read gives both unspecified. Any thread.
ProfileColor profile_color(ByteView icc);

}  // namespace imagepacker
