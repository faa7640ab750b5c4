// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <x265.h>

#include "imagepacker/result.h"

namespace imagepacker::heif {

/// Fills `param` with the coding tools for `effort` 0..10. Errors: codec_failed.
Status set_effort(const x265_api& api, x265_param& param, int effort);

}  // namespace imagepacker::heif
