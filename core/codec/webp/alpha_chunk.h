// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <webp/encode.h>

#include <stop_token>

#include "image/row_source.h"
#include "imagepacker/byte_sink.h"
#include "imagepacker/result.h"

namespace imagepacker::webp {

/// What an "ALPH" chunk holds (RFC 9649 clause 2.7.1.2): the alpha of `image`, an a420 picture, exactly. `config`: as
/// make_lossless_config() makes it. Takes four bytes per pixel and what libwebp needs.
/// Errors: those of `image` and of make_vp8l_stream().
Result<Bytes> make_alpha_chunk(const RowSource& image, const WebPConfig& config, const std::stop_token& stop);

}  // namespace imagepacker::webp
