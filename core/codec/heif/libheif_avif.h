// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"

namespace imagepacker::heif {

/// `picture`, 4:2:0 or gray of 8 bit, as AVIF by libheif's encoder; empty where that is not there.
Bytes avif_of(const ImageView& picture);

}  // namespace imagepacker::heif
