// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "codec/heif/heif_decoder.h"
#include "codec/heif/heif_reading.h"
#include "container/bmff_items.h"

namespace imagepacker::heif {

// What tests of the HEIF decoder begin with: files that are packed, taken apart, changed and put together again.

/// What the decoder makes of a file.
struct Opened {
  ImageInfo info;
  DecodedPicture picture;
  std::vector<Notice> notices;
  std::string error;  ///< empty when all went well
  Errc code = Errc::internal;
};
Opened open(ByteView file, const UnpackLimits& limits = {}, unsigned threads = 2);

/// A test picture of `format` at the least effort.
Bytes packed(const ImageFormat& format, const Metadata& metadata = {}, bool lossless = true);

/// The primary item of `file` with its data; its id is 0.
ReadItem primary_of(ByteView file);

/// Adds `item` with all of its properties; its id is a new one.
bmff::ItemId add_item(bmff::ItemFile& file, const ReadItem& item);

Bytes written(bmff::ItemFile file);

/// A file of one item.
Bytes file_of(const ReadItem& item);

}  // namespace imagepacker::heif
