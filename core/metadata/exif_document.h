// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"
#include "imagepacker/picture.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// So much of an Exif structure is read: a JPEG APP1 segment less its length and "Exif\0\0". libexif reads no more.
inline constexpr std::size_t kMaxExifBytes = 65527;

/// ColorSpace (0xA001) as Exif knows it.
enum class ExifColorSpace : std::uint16_t { srgb = 1, uncalibrated = 0xFFFF };

/// An Exif structure that is read, edited and written. Not for use by several threads at once.
class ExifDocument {
 public:
  /// An empty one.
  static Result<ExifDocument> create();

  /// Reads a TIFF structure, with or without "Exif\0\0" before it. Of more than kMaxExifBytes, which only formats other
  /// than JPEG hold, that what stands there: most often all but the thumbnail. Errors: corrupt_input, out_of_memory.
  static Result<ExifDocument> parse(ByteView tiff);

  ExifDocument(ExifDocument&&) noexcept;
  ExifDocument& operator=(ExifDocument&&) noexcept;
  ~ExifDocument();

  /// How many tags the structure that was parsed declares but does not hold, see count_unreadable_tags(). They are
  /// gone.
  [[nodiscard]] int unreadable_tags() const;

  /// Sets the tag that `key` names ("Exif.Photo.LensModel", see exif_key.h) from a text, see encode_exif_value.
  /// Errors: invalid_argument (unknown key, value that the tag can't hold), limit_exceeded, out_of_memory.
  Status set(std::string_view key, std::string_view value);

  /// True when the tag is there. Unknown keys are not.
  [[nodiscard]] bool has(std::string_view key) const;

  /// The characters of the tag up to the first NUL; empty when it is not there or holds no text.
  [[nodiscard]] std::string text_of(std::string_view key) const;

  /// Takes the tag out, if it is there.
  void erase(std::string_view key);

  /// Takes out the whole GPS directory, and what of other metadata is inside of Exif: XMP, IPTC, Photoshop's resources.
  void erase_gps();

  /// States what the packed picture is: PixelX/YDimension, ColorSpace, and what every Exif needs beside them
  /// (ExifVersion, resolution …) where it is missing. Takes out a thumbnail: it shows another rendition.
  Status describe_picture(Size size, ExifColorSpace color_space);

  Status set_orientation(Orientation orientation);

  /// The stored orientation; normal when absent or out of range.
  [[nodiscard]] Orientation orientation() const;
  [[nodiscard]] bool has_orientation() const;

  /// A small JPEG (SOI to EOI) as the thumbnail of IFD1. At most 64 KiB minus what a JPEG segment needs besides.
  Status set_thumbnail(ByteView jpeg);
  void erase_thumbnail();
  [[nodiscard]] bool has_thumbnail() const;
  /// Its bytes, until the document changes; empty when there is none.
  [[nodiscard]] ByteView thumbnail() const;

  /// The TIFF structure, without a prefix. Errors: out_of_memory.
  [[nodiscard]] Result<Bytes> serialize() const;

 private:
  struct Impl;
  explicit ExifDocument(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// `exif` without the "Exif\0\0" that some writers of PNG, WebP and HEIF put before the TIFF structure.
ByteView without_exif_prefix(ByteView exif);

/// The orientation that `exif` states; normal where it states none or can't be read.
Orientation exif_orientation(ByteView exif);

}  // namespace imagepacker
