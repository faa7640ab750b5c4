// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <string>
#include <vector>

#include "imagepacker/byte_sink.h"
#include "imagepacker/export.h"
#include "imagepacker/notice.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// A tag of Exif and its value as text.
struct ExifEdit {
  std::string key;    ///< "Exif.Image.", "Exif.Photo." or "Exif.GPSInfo." and the tag's name in Exif 2.32
  std::string value;  ///< text in UTF-8; numbers with blanks between; fractions as "1/60" or decimal; undefined: bytes
};

/// `base` (a TIFF structure, or empty) with the tags of `edits` set; the last of equal keys wins. An edit that no Exif
/// can hold is left out, and so is a `base` that is broken; `notices` then says which and why.
/// Any thread. Errors: out_of_memory.
IMAGEPACKER_API Result<Bytes> edit_exif(ByteView base, std::span<const ExifEdit> edits, std::vector<Notice>& notices);

/// The XMP packet `base` with the properties of `additions` in it; those that both have are taken from `additions`.
/// Either may be empty. One that is broken is left out, and `notices` says why.
/// Any thread. Errors: out_of_memory.
IMAGEPACKER_API Result<Bytes> merge_xmp(ByteView base, ByteView additions, std::vector<Notice>& notices);

}  // namespace imagepacker
