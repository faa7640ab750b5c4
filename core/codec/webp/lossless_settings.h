// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <webp/encode.h>

#include "imagepacker/result.h"

namespace imagepacker::webp {

/// libwebp's configuration for lossless pictures of an `effort` of 0..10.
/// Errors: codec_failed when the installed libwebp is not the one this was compiled for.
Result<WebPConfig> make_lossless_config(int effort);

}  // namespace imagepacker::webp
