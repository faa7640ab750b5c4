// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "imagepacker/byte_sink.h"
#include "imagepacker/result.h"
#include "metadata/exif_key.h"

namespace imagepacker {

enum class ByteOrder : std::uint8_t { little_endian, big_endian };

/// The longest text or byte value taken into Exif: half of what a JPEG segment holds.
inline constexpr std::size_t kMaxExifValueBytes = 32 * 1024;

/// A value as it stands in an Exif directory.
struct ExifValue {
  Bytes bytes;
  std::uint32_t count = 0;  ///< components of the key's type
};

/// `text` as the value of `key`: numbers are separated by blanks, fractions are "1/60" or decimal ("0.016667"), texts
/// are UTF-8, MakerNote and other undefined values are the bytes themselves.
/// Errors: invalid_argument (no number, out of the type's range, wrong count, invalid UTF-8), limit_exceeded (longer
/// than kMaxExifValueBytes); both name the key.
Result<ExifValue> encode_exif_value(const ExifKey& key, std::string_view text, ByteOrder order);

/// A non-negative fraction p/q with p, q < 2^32.
struct Fraction {
  std::uint32_t numerator;
  std::uint32_t denominator;
};

/// The simplest fraction within a relative distance of 1e-7 of `value`, which is finite and from 0 to 2^32 - 1.
Fraction nearest_fraction(double value);

/// True when `text` is well-formed UTF-8 (RFC 3629) without NUL.
bool is_valid_utf8_text(std::string_view text);

}  // namespace imagepacker
