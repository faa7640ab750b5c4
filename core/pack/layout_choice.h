// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>

#include "imagepacker/image.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// `source` in the one of `layouts` that keeps most of it: first colour, then transparency that means something, depth,
/// chroma resolution, the colour model; of those that keep the same the one that takes least memory, then the first.
/// `source` itself when its layout is among them or there are none to choose from.
/// Errors: unsupported when every one of them would turn colour into gray.
Result<ImageFormat> choose_unpacked_layout(const ImageFormat& source, std::span<const PixelFormat> layouts);

}  // namespace imagepacker
