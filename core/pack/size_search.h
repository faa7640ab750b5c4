// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>

#include "imagepacker/byte_sink.h"
#include "imagepacker/options.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// Encodes the picture once with the given options.
using EncodeWith = std::function<Status(const PackingOptions& options, ByteSink& sink)>;

/// The picture at the highest quality from 0 to options.quality whose bytes are at most options.max_bytes; where the
/// output is lossless, at the lowest effort from options.effort up that fits.
/// Errors: limit_exceeded when nothing fits, naming the smallest size reached; encode's own.
Result<Bytes> largest_that_fits(const PackingOptions& options, const FormatInfo& codec, const EncodeWith& encode);

}  // namespace imagepacker
