// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <webp/encode.h>

#include "imagepacker/options.h"
#include "imagepacker/result.h"

namespace imagepacker::webp {

/// libwebp's configuration for the quality, effort and losslessness of `options`, all in range.
/// Errors: codec_failed when the installed libwebp is not the one this was compiled for.
Result<WebPConfig> make_config(const PackingOptions& options);

}  // namespace imagepacker::webp
