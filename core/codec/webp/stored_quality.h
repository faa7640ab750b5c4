// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include "imagepacker/byte_sink.h"

namespace imagepacker::webp {

/// The `quality` 0..100 at which the packer would have quantized as the lossy WebP `file` is (RFC 6386 clause 9.6): the
/// own coder's scale or libwebp's backwards, by whose file it is. Empty when there is no VP8 key frame or its header is broken.
std::optional<int> stored_quality(ByteView file);

}  // namespace imagepacker::webp
