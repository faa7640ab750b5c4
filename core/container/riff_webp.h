// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>

#include "container/riff.h"
#include "imagepacker/image.h"

namespace imagepacker {

/// What goes into a WebP file with one still image. All borrowed; empty means absent.
struct WebpContent {
  Size size;                         ///< 1..16383 each
  std::span<const RiffChunk> image;  ///< "VP8 ", "ALPH" and "VP8 ", or "VP8L"
  ByteView icc;
  ByteView exif;  ///< a TIFF structure, without any prefix
  ByteView xmp;
};

/// Writes `content` in the simple layout where that can hold it, else in the extended one ("VP8X"), whose alpha flag
/// is what the image chunks say. Layouts and chunk order: WebP Container Specification.
/// Errors: as write_riff.
Status write_webp(const WebpContent& content, ByteSink& sink);

}  // namespace imagepacker
