// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>

#include "codec/decoder.h"
#include "imagepacker/byte_sink.h"
#include "imagepacker/result.h"

namespace imagepacker::webp {

/// True when `file` begins as a RIFF file of form WEBP.
bool begins_as_webp(ByteView file);

/// CodecDescriptor::open_decoder for WebP. Lossy pictures give the planes of the file (I420, A420), lossless ones RGB
/// or RGBA, animations every frame as RGBA of the whole canvas, disposed and blended as the file says.
Result<std::unique_ptr<Decoder>> open_webp(ByteView file, const UnpackLimits& limits);

}  // namespace imagepacker::webp
