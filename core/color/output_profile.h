// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/byte_sink.h"
#include "imagepacker/color_space.h"
#include "imagepacker/pixel_format.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// The ICC profile for a file whose format can state colour in no other way: empty where software that knows no
/// profile shows `color` right; else make_icc_profile's. Where no ICC curve can state the transfer, `color` gets the
/// sRGB curve (the picture is then to be converted to it) and the profile is for that; so does linear light, of which 8
/// bit show steps in the shadows. Errors: of make_icc_profile.
Result<Bytes> make_output_profile(ColorSpace& color, ColorModel model);

}  // namespace imagepacker
