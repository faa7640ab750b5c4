// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include "imagepacker/metadata.h"
#include "metadata/exif_document.h"
#include "metadata/xmp_packet.h"

namespace imagepacker {
namespace {

constexpr std::string_view kXmp = "http://ns.adobe.com/xap/1.0/";

ByteView view(std::string_view chars) {
  return std::as_bytes(std::span(chars));
}

std::string rating(int stars) {
  return "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' xmlns:xmp='" +
         std::string(kXmp) + "' xmp:Rating='" + std::to_string(stars) + "'/></rdf:RDF>";
}

TEST(EditExif, SetsWhatItCanAndNamesTheRest) {
  const ExifEdit edits[] = {{"Exif.Photo.FNumber", "2.8"},
                            {"Exif.Photo.FNumber", "wide open"},
                            {"Exif.No.Such", "1"},
                            {"Exif.Image.Artist", "Zoë"}};
  std::vector<Notice> notices;
  const auto exif = edit_exif({}, edits, notices);
  ASSERT_TRUE(exif.has_value());
  const auto document = ExifDocument::parse(*exif);
  ASSERT_TRUE(document.has_value());
  EXPECT_TRUE(document->has("Exif.Photo.FNumber"));
  EXPECT_TRUE(document->has("Exif.Image.Artist"));
  ASSERT_EQ(notices.size(), 2U);
  EXPECT_NE(notices[0].message.find("wide open"), std::string::npos);
  EXPECT_NE(notices[1].message.find("Exif.No.Such"), std::string::npos);
}

TEST(EditExif, StartsAnewWhereTheBaseIsBroken) {
  const ExifEdit edits[] = {{"Exif.Image.Artist", "Zoë"}};
  std::vector<Notice> notices;
  const auto exif = edit_exif(view("not Exif at all"), edits, notices);
  ASSERT_TRUE(exif.has_value());
  EXPECT_TRUE(ExifDocument::parse(*exif)->has("Exif.Image.Artist"));
  EXPECT_EQ(notices.size(), 1U);
}

TEST(ExifText, IsWhatWasWritten) {
  const ExifEdit edits[] = {{"Exif.Photo.DateTimeOriginal", "2026:03:04 04:06:07"},
                            {"Exif.Image.Artist", "Zoë"},
                            {"Exif.Photo.FNumber", "2.8"}};
  std::vector<Notice> notices;
  const auto exif = edit_exif({}, edits, notices);
  ASSERT_TRUE(exif.has_value());
  EXPECT_EQ(*exif_text(*exif, "Exif.Photo.DateTimeOriginal"), "2026:03:04 04:06:07");
  EXPECT_EQ(*exif_text(*exif, "Exif.Image.Artist"), "Zoë");
  EXPECT_EQ(*exif_text(*exif, "Exif.Photo.FNumber"), "") << "a number";
  EXPECT_EQ(*exif_text(*exif, "Exif.Image.Copyright"), "") << "not there";
  EXPECT_EQ(*exif_text(*exif, "Exif.No.Such"), "");
  EXPECT_EQ(*exif_text(view("not Exif at all"), "Exif.Image.Artist"), "");
}

TEST(EditXmp, SetsWhatItCanAndNamesTheRest) {
  const XmpEdit edits[] = {{std::string(kXmp), "xmp", "Rating", XmpEdit::Form::text, {"5"}},
                           {std::string(kXmp), "xmp", "Label", XmpEdit::Form::text, {"\x80"}}};
  for (const std::string& base : {std::string(), rating(1)}) {
    std::vector<Notice> notices;
    const auto xmp = edit_xmp(view(base), edits, notices);
    ASSERT_TRUE(xmp.has_value());
    const std::string_view chars(reinterpret_cast<const char*>(xmp->data()), xmp->size());
    EXPECT_NE(chars.find(">5<"), std::string_view::npos) << chars;
    ASSERT_EQ(notices.size(), 1U);
    EXPECT_NE(notices[0].message.find("xmp:Label"), std::string::npos);
  }
}

TEST(EditXmp, StartsAnewWhereTheBaseIsBroken) {
  const XmpEdit edits[] = {{std::string(kXmp), "xmp", "Rating", XmpEdit::Form::text, {"5"}}};
  std::vector<Notice> notices;
  const auto xmp = edit_xmp(view("<broken"), edits, notices);
  ASSERT_TRUE(xmp.has_value());
  EXPECT_TRUE(XmpPacket::parse(*xmp)->has(kXmp, "Rating"));
  EXPECT_EQ(notices.size(), 1U);
}

}  // namespace
}  // namespace imagepacker
