// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>
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

/// True when `exif` (a TIFF structure) can be read and holds the tag that `key` names as in ExifEdit. Any thread.
IMAGEPACKER_API bool has_exif_tag(ByteView exif, std::string_view key);

/// The characters of the tag that `key` names in `exif`, up to the first NUL, in whatever encoding they are; empty when
/// it is not there or holds no text. Any thread. Errors: out_of_memory.
IMAGEPACKER_API Result<std::string> exif_text(ByteView exif, std::string_view key);

/// A property of XMP and its value.
struct XmpEdit {
  /// How XMP holds the value, ISO 16684-1 clause 8.2.
  enum class Form {
    text,       ///< one simple value
    lang_alt,   ///< a text in the default language
    ordered,    ///< rdf:Seq
    unordered,  ///< rdf:Bag
  };

  std::string namespace_uri;  ///< "http://purl.org/dc/elements/1.1/"
  std::string prefix;         ///< "dc", declared where the property is written
  std::string name;           ///< "title"
  Form form = Form::text;
  std::vector<std::string> values;  ///< UTF-8; one for text and lang_alt
};

/// `base` (an XMP packet, or empty) with the properties of `edits` in place of those of the same names. An edit whose
/// text is not valid UTF-8 or longer than kMaxXmpTextBytes is left out, and so is a `base` that is broken; `notices`
/// then says which and why. Any thread. Errors: out_of_memory.
IMAGEPACKER_API Result<Bytes> edit_xmp(ByteView base, std::span<const XmpEdit> edits, std::vector<Notice>& notices);

/// More text than this in one value is no caption.
inline constexpr std::size_t kMaxXmpTextBytes = std::size_t{1} << 20;

}  // namespace imagepacker
