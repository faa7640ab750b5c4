// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <webp/encode.h>

#include <stop_token>

#include "imagepacker/byte_sink.h"
#include "imagepacker/result.h"

namespace imagepacker::webp {

/// Has libwebp code the ARGB pixels of `picture` without loss: what a "VP8L" chunk holds. `config`: as
/// make_lossless_config() makes it.
/// Errors: out_of_memory, limit_exceeded (sides beyond 16383), cancelled, codec_failed.
Result<Bytes> make_vp8l_stream(const WebPConfig& config, WebPPicture& picture, const std::stop_token& stop);

}  // namespace imagepacker::webp
