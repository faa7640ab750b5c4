// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pack/metadata_policy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "color/icc_profile.h"
#include "metadata/exif_document.h"
#include "metadata/xmp_packet.h"

namespace imagepacker {
namespace {

constexpr std::string_view kXmp =
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' "
    "xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmlns:tiff='http://ns.adobe.com/tiff/1.0/' "
    "xmlns:exif='http://ns.adobe.com/exif/1.0/' xmp:Rating='4' tiff:Orientation='6' exif:GPSLatitude='48,8.25N'/>"
    "</rdf:RDF>";

ByteView view(std::string_view chars) {
  return std::as_bytes(std::span(chars));
}

bool contains(const Bytes& bytes, std::string_view chars) {
  const ByteView wanted = view(chars);
  return std::search(bytes.begin(), bytes.end(), wanted.begin(), wanted.end()) != bytes.end();
}

class MetadataPolicyTest : public ::testing::Test {
 protected:
  MetadataPolicyTest() {
    auto exif = ExifDocument::create();
    EXPECT_TRUE(exif->set("Exif.Photo.LensModel", "LENS-NAME").has_value());
    EXPECT_TRUE(exif->set("Exif.GPSInfo.GPSMapDatum", "GPS-SECRET").has_value());
    EXPECT_TRUE(exif->set_orientation(Orientation::rotate_90).has_value());
    source_.exif = *exif->serialize();
    source_.xmp.assign(view(kXmp).begin(), view(kXmp).end());
    source_.icc = *make_icc_profile({.primaries = Primaries::smpte_eg432}, ColorModel::rgb);
  }

  Metadata pack(ByteView thumbnail = {}) {
    notices_.clear();
    auto packed = packed_metadata(
        source_, {.options = options_, .packed = packed_format_, .is_color_kept = is_color_kept_}, thumbnail, notices_);
    EXPECT_TRUE(packed.has_value());
    return std::move(*packed);
  }

  Metadata source_;
  PackingOptions options_;
  ImageFormat packed_format_{.layout = PixelFormat::rgb, .size = {640, 480}};
  bool is_color_kept_ = true;
  std::vector<Notice> notices_;
};

TEST_F(MetadataPolicyTest, KeepsEverythingByDefault) {
  const Metadata packed = pack();
  EXPECT_TRUE(contains(packed.exif, "LENS-NAME"));
  EXPECT_TRUE(contains(packed.exif, "GPS-SECRET"));
  EXPECT_TRUE(contains(packed.xmp, "Rating"));
  EXPECT_TRUE(contains(packed.xmp, "48,8.25N"));
  EXPECT_EQ(packed.icc, source_.icc);
  EXPECT_EQ(packed.orientation, Orientation::rotate_90);
  EXPECT_EQ(ExifDocument::parse(packed.exif)->orientation(), Orientation::rotate_90);
  EXPECT_TRUE(notices_.empty());
}

TEST_F(MetadataPolicyTest, TakesOutPositionsEverywhere) {
  options_.keep_gps = false;
  const Metadata packed = pack();
  EXPECT_FALSE(contains(packed.exif, "GPS-SECRET"));
  EXPECT_FALSE(contains(packed.xmp, "48,8.25N"));
  EXPECT_TRUE(contains(packed.exif, "LENS-NAME"));
  EXPECT_TRUE(contains(packed.xmp, "Rating"));
}

TEST_F(MetadataPolicyTest, TakesAStatedOrientationBeforeThatOfExif) {
  source_.overrides_exif_orientation = true;
  const Metadata packed = pack();
  EXPECT_EQ(packed.orientation, Orientation::normal);
  EXPECT_EQ(ExifDocument::parse(packed.exif)->orientation(), Orientation::normal);
}

TEST_F(MetadataPolicyTest, KeepsTheOrientationEvenWithoutExif) {
  options_.keep_exif = false;
  options_.keep_xmp = false;
  options_.keep_icc = false;
  const Metadata packed = pack();
  EXPECT_FALSE(contains(packed.exif, "LENS-NAME"));
  EXPECT_EQ(ExifDocument::parse(packed.exif)->orientation(), Orientation::rotate_90);
  EXPECT_TRUE(packed.xmp.empty());
  EXPECT_TRUE(packed.icc.empty());
}

TEST_F(MetadataPolicyTest, MarksTurnedPicturesUpright) {
  options_.apply_orientation = Orientation::rotate_90;
  const Metadata packed = pack();
  EXPECT_EQ(packed.orientation, Orientation::normal);
  EXPECT_EQ(ExifDocument::parse(packed.exif)->orientation(), Orientation::normal);
  EXPECT_FALSE(contains(packed.xmp, "Orientation"));
}

TEST_F(MetadataPolicyTest, TheFieldOutranksExif) {
  source_.orientation = Orientation::rotate_180;
  EXPECT_EQ(pack().orientation, Orientation::rotate_180);
}

TEST_F(MetadataPolicyTest, WritesNothingForAPictureWithoutMetadata) {
  source_ = {};
  const Metadata packed = pack();
  EXPECT_TRUE(packed.exif.empty());
  EXPECT_TRUE(packed.xmp.empty());
  EXPECT_TRUE(packed.icc.empty());
}

TEST_F(MetadataPolicyTest, LeavesOutBrokenPartsAndSaysSo) {
  source_.exif.resize(10);
  source_.xmp.resize(40);
  source_.icc.resize(100);
  const Metadata packed = pack();
  EXPECT_TRUE(packed.exif.empty());
  EXPECT_TRUE(packed.xmp.empty());
  EXPECT_TRUE(packed.icc.empty());
  ASSERT_EQ(notices_.size(), 3U);
  for (const char* part : {"Exif", "XMP", "ICC"}) {
    EXPECT_TRUE(std::ranges::any_of(notices_, [&](const auto& n) { return n.message.find(part) != n.message.npos; }))
        << part;
  }
}

TEST_F(MetadataPolicyTest, DropsTheProfileOfConvertedColors) {
  is_color_kept_ = false;
  EXPECT_TRUE(pack().icc.empty());
  EXPECT_EQ(notices_.size(), 1U);
}

TEST_F(MetadataPolicyTest, DropsTheThumbnailFirstWhenExifIsTooLongForJpeg) {
  auto exif = ExifDocument::parse(source_.exif);
  ASSERT_TRUE(exif->set("Exif.Image.ImageDescription", std::string(30000, 'd')).has_value());
  source_.exif = *exif->serialize();
  const std::string thumbnail(40000, 't');
  const Metadata in_jpeg = pack(view(thumbnail));
  EXPECT_FALSE(contains(in_jpeg.exif, "tttt"));
  EXPECT_TRUE(contains(in_jpeg.exif, "dddd"));
  ASSERT_EQ(notices_.size(), 1U);
  EXPECT_NE(notices_[0].message.find("thumbnail"), std::string::npos);
  options_.format = Format::png;
  EXPECT_TRUE(contains(pack(view(thumbnail)).exif, "tttt"));
  EXPECT_TRUE(notices_.empty());
}

TEST_F(MetadataPolicyTest, DropsAllOfExifWhenNothingElseHelps) {
  auto exif = ExifDocument::parse(source_.exif);
  for (const char* key : {"Exif.Image.ImageDescription", "Exif.Image.Artist"}) {
    ASSERT_TRUE(exif->set(key, std::string(30000, 'd')).has_value());
  }
  // What is left but for a few bytes, fewer than what Exif must say of every picture.
  const std::size_t rest = kMaxExifBytes - exif->serialize()->size() - 20;
  ASSERT_TRUE(exif->set("Exif.Image.Copyright", std::string(rest, 'd')).has_value());
  source_.exif = *exif->serialize();
  ASSERT_LE(source_.exif.size(), kMaxExifBytes);
  EXPECT_TRUE(pack().exif.empty());
  ASSERT_EQ(notices_.size(), 1U);
  EXPECT_NE(notices_[0].message.find("65527"), std::string::npos) << notices_[0].message;
}

TEST_F(MetadataPolicyTest, KeepsTheFirst64KiBOfExif) {
  auto exif = ExifDocument::parse(source_.exif);
  for (const char* key : {"Exif.Image.ImageDescription", "Exif.Image.Artist", "Exif.Image.Copyright"}) {
    ASSERT_TRUE(exif->set(key, std::string(30000, key[11])).has_value());
  }
  source_.exif = *exif->serialize();
  const Metadata packed = pack();
  EXPECT_TRUE(contains(packed.exif, "AAAA"));
  EXPECT_FALSE(contains(packed.exif, "CCCC"));
  ASSERT_EQ(notices_.size(), 1U);
  EXPECT_NE(notices_[0].message.find("first 65527"), std::string::npos) << notices_[0].message;
}

}  // namespace
}  // namespace imagepacker
