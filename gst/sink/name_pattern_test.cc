// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink/name_pattern.h"

#include <gtest/gtest.h>

namespace imagepacker::element {
namespace {

using Kind = NamePattern::Kind;

std::tm a_time() {
  std::tm time{};
  time.tm_year = 2026 - 1900;
  time.tm_mon = 0;
  time.tm_mday = 2;
  time.tm_hour = 13;
  time.tm_min = 4;
  time.tm_sec = 5;
  time.tm_isdst = -1;
  return time;
}

std::string name(const char* pattern, std::uint64_t index, unsigned copy = 0, Kind kind = Kind::path) {
  const auto parsed = NamePattern::parse(pattern, kind);
  return parsed ? parsed->name(index, a_time(), copy) : "error: " + parsed.error().message;
}

TEST(NamePattern, PlacesAreFilled) {
  EXPECT_EQ(name("photo.jpg", 7), "photo.jpg");
  EXPECT_EQ(name("a/%05d.jpg", 7), "a/00007.jpg");
  EXPECT_EQ(name("%d.jpg", 123456), "123456.jpg");
  EXPECT_EQ(name("%3d.jpg", 7), "  7.jpg");
  EXPECT_EQ(name("%03d.jpg", 12345), "12345.jpg");
  EXPECT_EQ(name("IMG_{date:%Y%m%d_%H%M%S}_%03d.heic", 1), "IMG_20260102_130405_001.heic");
  EXPECT_EQ(name("100%% {{x}}.png", 1), "100% {x}.png");
  EXPECT_EQ(name("{date:%d%%}", 1), "02%");
}

// It was left out when it was too long, and each photo replaced the one before as ".jpg".
TEST(NamePattern, DatesMayBeLong) {
  std::string pattern = "{date:";
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    pattern += "%Y";
    expected += "2026";
  }
  EXPECT_EQ(name((pattern + "}.jpg").c_str(), 0), expected + ".jpg");
}

TEST(NamePattern, UrisKeepTheirEscapes) {
  EXPECT_EQ(name("file:///a%20b/%05d.jpg", 3, 0, Kind::uri), "file:///a%20b/00003.jpg");
  EXPECT_EQ(name("file:///a%2db.jpg", 3, 0, Kind::uri), "file:///a%2db.jpg");
  EXPECT_EQ(name("file:///%d%%.jpg", 3, 0, Kind::uri), "file:///3%25.jpg");
  EXPECT_TRUE(NamePattern::parse("file:///100%.jpg", Kind::uri).has_value() == false);
}

TEST(NamePattern, ACopyIsNumberedBeforeTheExtension) {
  EXPECT_EQ(name("a.b/photo.jpg", 0, 2), "a.b/photo-2.jpg");
  EXPECT_EQ(name("a.b/photo", 0, 2), "a.b/photo-2");
}

TEST(NamePattern, MistakesAreNamed) {
  for (const char* const pattern : {"", "%s.jpg", "%5.jpg", "%", "a%", "%d_%d.jpg", "%ld.jpg", "%x.jpg", "%-5d.jpg",
                                    "%999d.jpg", "{index}.jpg", "{date}.jpg", "{date:}.jpg", "{date:%Y.jpg",
                                    "{date:%Q}.jpg", "{date:%}.jpg", "{date:%D}.jpg", "{date:%n}.jpg", "a}.jpg"}) {
    const auto parsed = NamePattern::parse(pattern, Kind::path);
    ASSERT_FALSE(parsed) << pattern;
    EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
    EXPECT_NE(parsed.error().message.find(pattern), std::string::npos) << parsed.error().message;
  }
  EXPECT_NE(name("%s.jpg", 0).find("\"%s.\", which is no index"), std::string::npos) << name("%s.jpg", 0);
}

TEST(NamePattern, TheExtensionIsWhatComesLast) {
  const auto extension = [](const char* pattern) { return NamePattern::parse(pattern, Kind::path)->extension(); };
  EXPECT_EQ(extension("a.b/c_%d.JPG"), "jpg");
  EXPECT_EQ(extension("a.b/c"), "");
  EXPECT_EQ(extension("a.%d"), "");
  EXPECT_EQ(extension("photo."), "");
}

}  // namespace
}  // namespace imagepacker::element
