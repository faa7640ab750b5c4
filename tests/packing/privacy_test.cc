// SPDX-License-Identifier: LGPL-2.1-or-later
// keep_gps = false: no byte of a position is left in the file.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "imagepacker/metadata.h"
#include "imagepacker/packer.h"
#include "metadata/exif_document.h"

namespace imagepacker::testing {
namespace {

// 47° 7' 24.4444" N, 8° 31' 55.5557" E, 1234.5678 m, as Exif and XMP hold them.
constexpr std::uint32_t kLatitudeSeconds = 244444;
constexpr std::uint32_t kLongitudeSeconds = 555557;
constexpr std::uint32_t kAltitude = 12345678;
constexpr std::string_view kXmp =
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    "<rdf:Description rdf:about='' xmlns:exif='http://ns.adobe.com/exif/1.0/' "
    "xmlns:dc='http://purl.org/dc/elements/1.1/'"
    " xmlns:drone='http://www.dji.com/drone-dji/1.0/' xmlns:geo='http://www.w3.org/2003/01/geo/wgs84_pos#'"
    " exif:GPSLatitude='47,7.407407N' drone:Latitude='47.123457' drone:GpsLongitude='8.532099'>"
    "<exif:GPSLongitude>8,31.925928E</exif:GPSLongitude><geo:lat>47.123457</geo:lat>"
    "<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>kept title</rdf:li></rdf:Alt></dc:title>"
    "<exif:Regions><rdf:Bag><rdf:li "
    "rdf:parseType='Resource'><exif:GPSAltitude>12345678/10000</exif:GPSAltitude></rdf:li>"
    "</rdf:Bag></exif:Regions></rdf:Description></rdf:RDF></x:xmpmeta>";

Bytes bytes_of(std::string_view chars) {
  const auto bytes = std::as_bytes(std::span(chars));
  return {bytes.begin(), bytes.end()};
}

Bytes exif_with_position() {
  auto document = ExifDocument::create();
  for (const auto& [key, value] : std::vector<std::pair<const char*, const char*>>{
           {"Exif.Image.Artist", "kept artist"},
           {"Exif.GPSInfo.GPSLatitudeRef", "N"},
           {"Exif.GPSInfo.GPSLatitude", "47/1 7/1 244444/10000"},
           {"Exif.GPSInfo.GPSLongitudeRef", "E"},
           {"Exif.GPSInfo.GPSLongitude", "8/1 31/1 555557/10000"},
           {"Exif.GPSInfo.GPSAltitude", "12345678/10000"},
           {"Exif.GPSInfo.GPSDateStamp", "1999:09:09"},
       }) {
    EXPECT_TRUE(document->set(key, value).has_value()) << key;
  }
  // A thumbnail that tells the position once more.
  EXPECT_TRUE(document->set_thumbnail(bytes_of("\xFF\xD8 47.123457, 8.532099 \xFF\xD9")).has_value());
  return *document->serialize();
}

bool contains(const Bytes& file, const Bytes& part) {
  return std::search(file.begin(), file.end(), part.begin(), part.end()) != file.end();
}

std::vector<Bytes> secrets() {
  std::vector<Bytes> secrets;
  for (const std::uint32_t number : {kLatitudeSeconds, kLongitudeSeconds, kAltitude}) {
    Bytes big;
    for (int shift = 24; shift >= 0; shift -= 8) {
      big.push_back(static_cast<std::byte>(number >> shift));
    }
    secrets.emplace_back(big.rbegin(), big.rend());
    secrets.push_back(std::move(big));
  }
  for (const char* const chars : {"47,7.40", "8,31.92", "47.1234", "8.5320", "12345678", "1999:09:09", "GPS",
                                  "Latitude", "Longitude", "geo:lat"}) {
    secrets.push_back(bytes_of(chars));
  }
  return secrets;
}

Bytes pack(Format format, bool keep_gps) {
  std::vector<std::byte> samples(64 * 48 * 3);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<std::byte>(i * 7 >> 4);
  }
  Picture picture;
  picture.main.format.layout = PixelFormat::rgb;
  picture.main.format.size = {64, 48};
  picture.main.planes[0] = {samples, 64 * 3};
  picture.metadata.exif = exif_with_position();
  picture.metadata.xmp = bytes_of(kXmp);
  TaskPool pool(1);
  VectorSink sink;
  const PackingOptions options{.format = format, .keep_gps = keep_gps, .thumbnail_size = 32};
  const auto packer = Packer::create(picture.main.format, options, pool);
  EXPECT_TRUE(packer.has_value()) << (packer ? "" : packer.error().message);
  EXPECT_TRUE(packer && packer->pack(picture, sink).has_value());
  return sink.take();
}

TEST(Privacy, NoByteOfThePositionIsLeft) {
  for (const FormatInfo& format : supported_formats()) {
    const Bytes file = pack(format.format, false);
    for (const Bytes& secret : secrets()) {
      const std::string shown(reinterpret_cast<const char*>(secret.data()), secret.size());
      EXPECT_FALSE(contains(file, secret)) << format.name << ": " << ::testing::PrintToString(shown);
    }
    EXPECT_TRUE(contains(file, bytes_of("kept artist"))) << format.name;
    EXPECT_TRUE(contains(file, bytes_of("kept title"))) << format.name;
  }
}

// The search would find them: what is searched stands in the files as it is.
TEST(Privacy, ThePositionIsThereWhenItIsKept) {
  for (const FormatInfo& format : supported_formats()) {
    const Bytes file = pack(format.format, true);
    const auto all = secrets();
    for (const std::uint32_t first : {0U, 2U, 4U}) {
      EXPECT_TRUE(contains(file, all[first]) || contains(file, all[first + 1])) << format.name;
    }
    for (const char* const chars : {"47,7.40", "8,31.92", "1999:09:09", "GPSAltitude"}) {
      EXPECT_TRUE(contains(file, bytes_of(chars))) << format.name << ": " << chars;
    }
  }
}

}  // namespace
}  // namespace imagepacker::testing
