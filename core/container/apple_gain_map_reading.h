// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include "imagepacker/byte_sink.h"
#include "metadata/xmp_packet.h"

namespace imagepacker {

/// True when the packet of an auxiliary image says that it is a gain map of Apple's.
bool is_apple_gain_map(const XmpPacket& packet);

/// The linear headroom of such a map: from its own packet, else from the numbers in the maker note of the primary
/// image's `exif`. Empty when neither has it.
std::optional<double> read_apple_headroom(const XmpPacket& packet, ByteView exif);

}  // namespace imagepacker
