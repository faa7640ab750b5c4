// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>

#include "codec/decoder.h"
#include "imagepacker/byte_sink.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// CodecDescriptor::open_decoder for PNG. All colour types, depths and interlacing; of an animated PNG the still
/// picture. Broken metadata chunks are left out with a notice, broken samples are an error.
Result<std::unique_ptr<Decoder>> open_png(ByteView file, const UnpackLimits& limits);

}  // namespace imagepacker
