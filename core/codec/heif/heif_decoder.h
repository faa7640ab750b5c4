// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>

#include "codec/decoder.h"
#include "imagepacker/byte_sink.h"
#include "imagepacker/result.h"

namespace imagepacker::heif {

/// True when `file` begins with an 'ftyp' box that has one of HEIF's brands, AVIF's among them.
bool begins_as_heif(ByteView file);

/// CodecDescriptor::open_decoder for HEIF: the primary item with its alpha, HDR metadata, gain map, Exif and XMP. Its
/// planes are those of the file, cropped by 'clap'. They are not turned: 'irot' and 'imir' become the orientation, and
/// they alone, since Exif's has no say in HEIF (ISO/IEC 23008-12 annex A.2.1).
Result<std::unique_ptr<Decoder>> open_heif(ByteView file, const UnpackLimits& limits);

}  // namespace imagepacker::heif
