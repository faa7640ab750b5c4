// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/image.h"
#include "imagepacker/options.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// Every option in its range, and the combination possible for `codec` (nullptr: not in this build).
/// Errors name option, value and what is allowed.
Status check_options(const PackingOptions& options, const FormatInfo* codec);

/// Errc::limit_exceeded when a picture of `size` is larger than the format can be.
Status check_size(Size size, const FormatInfo& codec);

}  // namespace imagepacker
