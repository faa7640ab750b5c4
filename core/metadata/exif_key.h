// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace imagepacker {

/// The directories of Exif that people write to. Names in keys are Image, Photo and GPSInfo.
enum class ExifDirectory : std::uint8_t {
  image,  ///< IFD0
  photo,  ///< Exif IFD
  gps,    ///< GPS IFD
};

/// How a value is written, Exif 2.32 (CIPA DC-008) table 3; `comment` is UserComment's UNDEFINED with a character code.
enum class ExifType : std::uint8_t { byte, ascii, u16, u32, rational, signed_rational, undefined, comment };

/// One tag that can be set by name.
struct ExifKey {
  std::string_view name;  ///< "Exif.Photo.LensModel"
  ExifDirectory directory;
  std::uint16_t tag;
  ExifType type;
  std::uint8_t count;  ///< numbers (or bytes of undefined) that belong to it; 0 = any
};

/// All keys.
std::span<const ExifKey> exif_keys();

/// The key with that name, or nullptr.
const ExifKey* find_exif_key(std::string_view name);

}  // namespace imagepacker
