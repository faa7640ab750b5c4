// SPDX-License-Identifier: LGPL-2.1-or-later
// libFuzzer entry: Exif is read, edited and written; what comes out can be read again. See docs/testing.md.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "metadata/exif_document.h"

namespace {

using imagepacker::Bytes;
using imagepacker::ByteView;
using imagepacker::ExifDocument;

void expect(bool is_right) {
  if (!is_right) {
    __builtin_trap();
  }
}

void edit(ExifDocument& document, ByteView input) {
  const std::string text(reinterpret_cast<const char*>(input.data()), input.size());
  for (const char* const key : {"Exif.Image.Artist", "Exif.Photo.UserComment", "Exif.Photo.FNumber",
                                "Exif.Photo.MakerNote", "Exif.GPSInfo.GPSLatitude"}) {
    (void)document.set(key, text);
  }
  (void)document.set(text.substr(0, text.find('\0')), "1");
  expect(document.set("Exif.Photo.LensModel", "lens").has_value());
  expect(document.set_orientation(imagepacker::Orientation::rotate_90).has_value());
  expect(document.describe_picture({64, 48}, imagepacker::ExifColorSpace::srgb).has_value());
  if (!input.empty() && input.size() <= 0xFFFF) {
    expect(document.set_thumbnail(input).has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input = std::as_bytes(std::span(data, size));
  auto document = ExifDocument::parse(input);
  if (!document) {
    return 0;
  }
  (void)document->orientation();
  edit(*document, input);
  document->erase_gps();
  const auto written = document->serialize();
  expect(written.has_value());
  if (written->size() <= imagepacker::kMaxExifBytes) {
    const auto again = ExifDocument::parse(*written);
    expect(again.has_value() && again->has("Exif.Photo.LensModel") && !again->has("Exif.GPSInfo.GPSLatitude"));
    expect(again->orientation() == imagepacker::Orientation::rotate_90);
  }
  return 0;
}
