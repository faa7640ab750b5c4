// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/byte_sink.h"
#include "imagepacker/pixel_format.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// Whether `icc` is a profile that readers will take (ICC.1 clause 7: header, size, tag table) for images of `model`
/// (yuv images are RGB to a profile). Errors: corrupt_input, invalid_argument (a profile for other colours).
Status check_icc_profile(ByteView icc, ColorModel model);

}  // namespace imagepacker
