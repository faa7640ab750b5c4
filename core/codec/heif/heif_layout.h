// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include "imagepacker/image.h"
#include "imagepacker/options.h"

namespace imagepacker::heif {

/// The samples that a HEIF file holds for pictures like `source`.
///
/// Depth: 8 stays 8; 9 and 10 become 10; 11 and 12 become 12; 16 becomes 10 when lossy, because Main 10 opens
/// everywhere, and 12, the most HEVC decoders know, when lossless. Sampling: as asked, else the source's own (4:1:1
/// becomes 4:2:0); RGB becomes full-range YCbCr 4:2:0 with the BT.601 matrix, which viewers assume where they read
/// nothing; lossless RGB stays RGB, as G, B, R planes. Colour: the source's, whatever it is, since the file states it.
/// A YCbCr source that does not say its matrix is BT.601. Alpha: straight, in a plane of its own.
ImageFormat choose_input(const ImageFormat& source, const PackingOptions& options);

/// The layout that holds coded samples: `chroma_format_idc` of H.265 (0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4), as G,
/// B, R where `is_rgb`, of up to `depth` bits. Monochrome with alpha is 4:2:0 with neutral chroma. Empty above 12 bits.
std::optional<PixelFormat> coded_layout(int chroma_format_idc, bool is_rgb, int depth, bool has_alpha);

/// The color planes of `format` as a picture of their own, without alpha.
ImageFormat color_format(const ImageFormat& format);

/// The alpha plane of `format` as a picture: gray of the same depth and full range.
ImageFormat alpha_format(const ImageFormat& format);

}  // namespace imagepacker::heif
