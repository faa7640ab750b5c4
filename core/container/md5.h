// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "imagepacker/byte_sink.h"

namespace imagepacker {

/// The MD5 digest of `bytes` (RFC 1321): a name for content, as XMP in JPEG asks for. Not for security.
std::array<std::byte, 16> md5(ByteView bytes);

/// The same as 32 upper-case hexadecimal digits.
std::string md5_hex(ByteView bytes);

}  // namespace imagepacker
