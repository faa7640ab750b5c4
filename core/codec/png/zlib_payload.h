// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>

#include "imagepacker/byte_sink.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// The content of a small zlib stream (RFC 1950): a profile or a text. Bytes behind the stream are ignored.
/// Errors: limit_exceeded above `max_bytes` of content, corrupt_input, out_of_memory.
Result<Bytes> inflate_payload(ByteView zlib_stream, std::size_t max_bytes);

}  // namespace imagepacker
