// SPDX-License-Identifier: LGPL-2.1-or-later
#include "metadata/exif_document.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "metadata/exif_key.h"
#include "metadata/exif_value.h"

namespace imagepacker {
namespace {

ByteView view(std::string_view chars) {
  return std::as_bytes(std::span(chars));
}

bool contains(const Bytes& bytes, std::string_view chars) {
  const ByteView wanted = view(chars);
  return std::search(bytes.begin(), bytes.end(), wanted.begin(), wanted.end()) != bytes.end();
}

std::string sample_value(const ExifKey& key) {
  switch (key.type) {
    case ExifType::ascii:
      return "text of " + std::string(key.name);
    case ExifType::comment:
      return "Käse";
    case ExifType::undefined:
      return std::string(key.count == 0 ? 5 : key.count, '\3');
    default: {
      std::string numbers = "7";
      for (int i = 1; i < key.count; ++i) {
        numbers += " 7";
      }
      return numbers;
    }
  }
}

TEST(ExifDocument, EveryKeySurvivesWritingAndReading) {
  auto document = ExifDocument::create();
  ASSERT_TRUE(document.has_value());
  for (const ExifKey& key : exif_keys()) {
    const Status status = document->set(key.name, sample_value(key));
    EXPECT_TRUE(status.has_value()) << status.error().message;
  }
  const auto bytes = document->serialize();
  ASSERT_TRUE(bytes.has_value());
  const auto again = ExifDocument::parse(*bytes);
  ASSERT_TRUE(again.has_value());
  for (const ExifKey& key : exif_keys()) {
    EXPECT_TRUE(again->has(key.name)) << key.name;
    EXPECT_EQ(again->text_of(key.name), key.type == ExifType::ascii ? sample_value(key) : "") << key.name;
  }
  const auto second = again->serialize();
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(*bytes, *second);
}

TEST(ExifDocument, ValuesThatATagCantHoldAreNamed) {
  auto document = ExifDocument::create();
  ASSERT_TRUE(document.has_value());
  const std::pair<std::string, std::string> wrong[] = {
      {"Exif.Photo.NoSuchTag", "1"},        {"Exif.Photo.FNumber", "wide"},
      {"Exif.Photo.FNumber", "-1"},         {"Exif.Photo.FNumber", "1 2"},
      {"Exif.Photo.MeteringMode", "65536"}, {"Exif.GPSInfo.GPSLatitude", "48 8"},
      {"Exif.Photo.LensModel", "\xC3("},    {"Exif.Photo.LensModel", std::string("a\0b", 3)},
      {"Exif.Photo.ISOSpeed", "1e9"},       {"Exif.Image.Artist", std::string(kMaxExifValueBytes + 1, 'x')},
      {"Exif.Photo.FNumber", ""},           {"Exif.Photo.FNumber", "nan"},
  };
  for (const auto& [key, value] : wrong) {
    const Status status = document->set(key, value);
    ASSERT_FALSE(status.has_value()) << key << "=" << value.substr(0, 20);
    EXPECT_NE(status.error().message.find(key), std::string::npos) << status.error().message;
    EXPECT_FALSE(document->has(key));
  }
}

TEST(ExifDocument, GpsLeavesNothingBehind) {
  auto document = ExifDocument::create();
  ASSERT_TRUE(document.has_value());
  ASSERT_TRUE(document->set("Exif.GPSInfo.GPSMapDatum", "SOMEWHERE-SECRET").has_value());
  ASSERT_TRUE(document->set("Exif.Image.Artist", "Someone").has_value());
  EXPECT_TRUE(contains(*document->serialize(), "SOMEWHERE-SECRET"));
  document->erase_gps();
  const auto bytes = document->serialize();
  ASSERT_TRUE(bytes.has_value());
  EXPECT_FALSE(contains(*bytes, "SOMEWHERE-SECRET"));
  EXPECT_TRUE(contains(*bytes, "Someone"));
}

TEST(ExifDocument, GpsLeavesNothingBehindInOtherMetadataInside) {
  // IFD0 with an Artist and, as TIFF files have it, XMP, IPTC and Photoshop's resources.
  const std::string_view secrets[] = {"<exif:GPSLatitude>", "IPTC of a place", "8BIM of a place"};
  const int tags[] = {0x02BC, 0x83BB, 0x8649};
  std::string tiff("II*\0\10\0\0\0\4\0", 10);
  const auto append = [&](std::size_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
      tiff += static_cast<char>(value >> (8 * i) & 0xFF);
    }
  };
  constexpr std::size_t kValuesAt = 8 + 2 + 4 * 12 + 4;
  std::size_t at = kValuesAt;
  const auto append_entry = [&](int tag, int type, std::string_view value) {
    append(static_cast<std::size_t>(tag), 2);
    append(static_cast<std::size_t>(type), 2);
    append(value.size(), 4);
    append(at, 4);
    at += value.size();
  };
  constexpr std::string_view kArtist("Jane Doe\0", 9);
  append_entry(0x013B, 2, kArtist);
  for (std::size_t i = 0; i < std::size(tags); ++i) {
    append_entry(tags[i], i == 0 ? 1 : 7, secrets[i]);
  }
  append(0, 4);
  tiff += kArtist;
  for (const std::string_view secret : secrets) {
    tiff += secret;
  }

  auto document = ExifDocument::parse(view(tiff));
  ASSERT_TRUE(document.has_value());
  const auto before = document->serialize();
  ASSERT_TRUE(before.has_value());
  document->erase_gps();
  const auto after = document->serialize();
  ASSERT_TRUE(after.has_value());
  for (const std::string_view secret : secrets) {
    EXPECT_TRUE(contains(*before, secret)) << secret;
    EXPECT_FALSE(contains(*after, secret)) << secret;
  }
  EXPECT_TRUE(contains(*after, "Jane Doe"));
}

TEST(ExifDocument, OrientationAndThumbnailComeBack) {
  auto document = ExifDocument::create();
  ASSERT_TRUE(document.has_value());
  ASSERT_TRUE(document->describe_picture({4080, 3072}, ExifColorSpace::srgb).has_value());
  ASSERT_TRUE(document->set_orientation(Orientation::rotate_270).has_value());
  ASSERT_TRUE(document->set_thumbnail(view("\xFF\xD8 a thumbnail \xFF\xD9")).has_value());
  const auto again = ExifDocument::parse(*document->serialize());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->orientation(), Orientation::rotate_270);
  EXPECT_EQ(exif_orientation(document->serialize().value()), Orientation::rotate_270);
  EXPECT_EQ(exif_orientation({}), Orientation::normal);
  EXPECT_TRUE(again->has_thumbnail());
}

TEST(ExifDocument, DescribingAPictureDropsTheOldThumbnail) {
  auto document = ExifDocument::create();
  ASSERT_TRUE(document.has_value());
  ASSERT_TRUE(document->set_thumbnail(view("\xFF\xD8 OLD PICTURE \xFF\xD9")).has_value());
  ASSERT_TRUE(document->describe_picture({8, 8}, ExifColorSpace::uncalibrated).has_value());
  EXPECT_FALSE(contains(*document->serialize(), "OLD PICTURE"));
}

TEST(ExifDocument, RefusesWhatIsNotExif) {
  for (const std::string& bytes : {std::string(), std::string("Exif\0\0", 6), std::string("II*\0", 4),
                                   std::string("II*\0\xFF\xFF\xFF\xFF", 8), std::string(1000, 'x')}) {
    const auto document = ExifDocument::parse(view(bytes));
    ASSERT_FALSE(document.has_value());
    EXPECT_EQ(document.error().code, Errc::corrupt_input);
  }
}

TEST(ExifDocument, ReadsTheBeginningOfMoreThanItCanReadWhole) {
  auto document = ExifDocument::create();
  ASSERT_TRUE(document.has_value());
  for (const char* key : {"Exif.Image.ImageDescription", "Exif.Image.Artist", "Exif.Image.Copyright"}) {
    ASSERT_TRUE(document->set(key, std::string(30000, 'd')).has_value());
  }
  const auto again = ExifDocument::parse(*document->serialize());
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(again->has("Exif.Image.Artist"));
  EXPECT_FALSE(again->has("Exif.Image.Copyright"));
  EXPECT_EQ(again->unreadable_tags(), 1);
}

TEST(ExifDocument, AThumbnailBeyondTheLimitTakesNothingAlong) {
  auto document = ExifDocument::create();
  ASSERT_TRUE(document.has_value());
  ASSERT_TRUE(document->set("Exif.Image.Artist", std::string(30000, 'd')).has_value());
  Bytes thumbnail(40000);
  thumbnail[0] = thumbnail[thumbnail.size() - 2] = std::byte{0xFF};
  thumbnail[1] = std::byte{0xD8};
  thumbnail.back() = std::byte{0xD9};
  ASSERT_TRUE(document->set_thumbnail(thumbnail).has_value());
  const Bytes whole = *document->serialize();
  ASSERT_GT(whole.size(), kMaxExifBytes);
  const auto again = ExifDocument::parse(whole);
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(again->has("Exif.Image.Artist"));
  EXPECT_FALSE(again->has_thumbnail());
  EXPECT_EQ(again->unreadable_tags(), 0);
}

TEST(ExifDocument, SurvivesEveryTruncationAndFlippedByte) {
  auto document = ExifDocument::create();
  ASSERT_TRUE(document.has_value());
  for (const ExifKey& key : exif_keys()) {
    ASSERT_TRUE(document->set(key.name, sample_value(key)).has_value());
  }
  const Bytes whole = *document->serialize();
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    if (const auto cut = ExifDocument::parse(ByteView(whole).first(length)); cut.has_value()) {
      EXPECT_TRUE(cut->serialize().has_value());
    }
  }
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    Bytes changed = whole;
    changed[at] ^= std::byte{0xFF};
    if (const auto flipped = ExifDocument::parse(changed); flipped.has_value()) {
      EXPECT_TRUE(flipped->serialize().has_value());
    }
  }
}

TEST(ExifValue, FractionsAreTheSimplestNearby) {
  const std::tuple<double, std::uint32_t, std::uint32_t> expected[] = {
      {0, 0, 1}, {1, 1, 1}, {1.0 / 60, 1, 60}, {2.8, 14, 5}, {0.0166666667, 1, 60}, {4294967295.0, 4294967295, 1}};
  for (const auto& [value, numerator, denominator] : expected) {
    const Fraction fraction = nearest_fraction(value);
    EXPECT_EQ(fraction.numerator, numerator) << value;
    EXPECT_EQ(fraction.denominator, denominator) << value;
  }
}

TEST(ExifValue, NegativeFractionsAreTwosComplement) {
  const auto value = encode_exif_value(*find_exif_key("Exif.Photo.ExposureBiasValue"), "-2/3", ByteOrder::big_endian);
  ASSERT_TRUE(value.has_value());
  const Bytes expected = {std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFE},
                          std::byte{0},    std::byte{0},    std::byte{0},    std::byte{3}};
  EXPECT_EQ(value->bytes, expected);
}

TEST(ExifValue, CommentsBeyondAsciiAreUtf16) {
  const auto value =
      encode_exif_value(*find_exif_key("Exif.Photo.UserComment"), "\xF0\x9F\x93\xB7", ByteOrder::little_endian);
  ASSERT_TRUE(value.has_value());
  const std::string_view expected("UNICODE\0\x3D\xD8\xF7\xDC", 12);
  EXPECT_TRUE(std::ranges::equal(value->bytes, view(expected)));
}

TEST(ExifValue, TellsUtf8FromOtherBytes) {
  for (const std::string_view good : {"", "abc", "\xC3\xA4", "\xE2\x82\xAC", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_valid_utf8_text(good));
  }
  for (const std::string_view bad :
       {"\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8"}) {
    EXPECT_FALSE(is_valid_utf8_text(bad));
  }
}

}  // namespace
}  // namespace imagepacker
