// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <stop_token>

#include "container/png_structure.h"
#include "image/image_buffer.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// The layout that holds the samples of a PNG without loss: gray, RGB or RGBA of 8 or 16 bit. Palettes and fewer bits
/// are widened; gray with transparency becomes RGBA.
PixelFormat png_layout(const PngHeader& header, bool has_transparency);

/// Reads the samples of `file`, whose structure is `structure`, into `image`, which has the layout png_layout() and the
/// size of the header. With `has_room` PlainPng::memory_bytes() may be taken, which makes it faster.
/// Errors: corrupt_input with libpng's text, out_of_memory, cancelled.
Status read_png_samples(ByteView file, const PngStructure& structure, bool has_room, const MutableImageView& image,
                        const std::stop_token& stop);

}  // namespace imagepacker
