// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string_view>

#include "container/jpeg_segments.h"
#include "imagepacker/picture.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// The application segments that stand behind SOI: Exif (CIPA DC-008) or, without it, JFIF (T.871), since each of the
/// two wants to be the first; then XMP (extended XMP above one segment, XMP specification part 3 clause 1.1.3) and the
/// profile in as many segments as it takes (ICC.1 annex B.4).
///
/// `icc` stands for metadata.icc, which is not looked at: the caller knows whether a profile has to be made.
/// `main_descriptions`: rdf:Description elements that are part of metadata.xmp and have to stand in its main packet too
/// when it becomes an extended one, because readers look for them nowhere else.
/// Errors: limit_exceeded for Exif above 65,527 bytes and a profile above 255 segments, naming size and limit.
Status append_jpeg_metadata(const Metadata& metadata, ByteView icc, JpegSegmentWriter& out,
                            std::string_view main_descriptions = {});

/// APP0 of JFIF: square pixels, no thumbnail.
Status append_jpeg_jfif(JpegSegmentWriter& out);

/// The parts of it for images that stand behind the primary one.
Status append_jpeg_xmp(ByteView xmp, std::string_view main_descriptions, JpegSegmentWriter& out);
Status append_jpeg_icc(ByteView icc, JpegSegmentWriter& out);

}  // namespace imagepacker
