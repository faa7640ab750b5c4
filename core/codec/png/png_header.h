// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"
#include "imagepacker/picture.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// Bits of a sample that came from the source, for sBIT; equal to the file's depth when nothing was widened.
struct SignificantBits {
  int color = 8;
  int alpha = 8;
};

/// Everything before the first IDAT: signature, IHDR, colour, HDR and metadata chunks.
///
/// Colour, best statement first:
/// * an ICC profile of the metadata: iCCP, alone, since a cICP would outrank it; with PQ or HLG samples cICP beside it;
/// * what is shown as sRGB: sRGB with the gAMA and cHRM that the standard recommends for old readers;
/// * else cICP where H.273 has codes, and iCCP where a profile can state the space.
/// mDCV and cLLI go along with cICP only.
///
/// `format`: the rows' layout (gray, RGB or RGBA, 8 or 16 bit) and colour. The profile goes in as it is: the packer has
/// checked it (metadata/icc_check.h), as for every format.
/// Errors: invalid_argument for Exif and XMP that a reader would refuse, limit_exceeded, out_of_memory.
Result<Bytes> png_header(const ImageFormat& format, SignificantBits significant, const Metadata& metadata);

}  // namespace imagepacker
