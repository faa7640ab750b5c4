// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <stop_token>

#include "codec/codec.h"

namespace imagepacker::heif {

// What tests of the HEIF encoder begin with.

const CodecDescriptor& heif_codec_descriptor();

/// A picture in that layout with sRGB colours: full range, YCbCr with the BT.601 matrix.
ImageFormat format_of(PixelFormat layout, Size size);

/// The default options for HEIF.
PackingOptions heif_options();

/// Encodes a view that is in the layout the encoder reads.
Result<Bytes> pack(const ImageView& view, const PackingOptions& options, const Metadata& metadata = {},
                   unsigned threads = 2, const std::stop_token& stop = {});

}  // namespace imagepacker::heif
