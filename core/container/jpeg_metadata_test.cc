// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/jpeg_metadata.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "container/md5.h"

namespace imagepacker {
namespace {

struct Segment {
  int marker = 0;
  std::string payload;
};

std::vector<Segment> segments_of(ByteView bytes) {
  std::vector<Segment> result;
  const std::string all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto byte_at = [&](std::size_t at) { return static_cast<unsigned char>(all.at(at)); };
  for (std::size_t at = 0; at < all.size();) {
    EXPECT_EQ(byte_at(at), 0xFF);
    const std::size_t length = byte_at(at + 2) << 8 | byte_at(at + 3);
    result.push_back({byte_at(at + 1), all.substr(at + 4, length - 2)});
    EXPECT_EQ(result.back().payload.size(), length - 2);
    at += 2 + length;
  }
  return result;
}

Bytes bytes_of(const std::string& chars) {
  const ByteView view = std::as_bytes(std::span(chars));
  return {view.begin(), view.end()};
}

TEST(JpegMetadata, IsJfifWhenThereIsNothingElse) {
  JpegSegmentWriter out;
  ASSERT_TRUE(append_jpeg_metadata({}, {}, out).has_value());
  const auto segments = segments_of(out.bytes());
  ASSERT_EQ(segments.size(), 1U);
  EXPECT_EQ(segments[0].marker, 0xE0);
  EXPECT_EQ(segments[0].payload, std::string("JFIF\0\1\2\0\0\1\0\1\0\0", 14));
}

TEST(JpegMetadata, PutsExifFirstThenXmpThenIcc) {
  JpegSegmentWriter out;
  const Metadata metadata{.exif = bytes_of("II*"), .xmp = bytes_of("<x/>"), .icc = {}};
  ASSERT_TRUE(append_jpeg_metadata(metadata, bytes_of("profile"), out).has_value());
  const auto segments = segments_of(out.bytes());
  ASSERT_EQ(segments.size(), 3U);
  EXPECT_EQ(segments[0].marker, 0xE1);
  EXPECT_EQ(segments[0].payload, std::string("Exif\0\0II*", 9));
  EXPECT_EQ(segments[1].marker, 0xE1);
  EXPECT_EQ(segments[1].payload, std::string("http://ns.adobe.com/xap/1.0/\0<x/>", 33));
  EXPECT_EQ(segments[2].marker, 0xE2);
  EXPECT_EQ(segments[2].payload, std::string("ICC_PROFILE\0\1\1profile", 21));
}

TEST(JpegMetadata, RefusesExifThatNoSegmentCanHold) {
  JpegSegmentWriter out;
  EXPECT_TRUE(append_jpeg_metadata({.exif = Bytes(65527), .xmp = {}, .icc = {}}, {}, out).has_value());
  const Status status = append_jpeg_metadata({.exif = Bytes(65528), .xmp = {}, .icc = {}}, {}, out);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, Errc::limit_exceeded);
  EXPECT_NE(status.error().message.find("65527"), std::string::npos) << status.error().message;
}

TEST(JpegMetadata, CutsALargeProfileIntoSegments) {
  std::string profile;
  for (int i = 0; i < 200000; ++i) {
    profile += static_cast<char>(i % 251);
  }
  JpegSegmentWriter out;
  ASSERT_TRUE(append_jpeg_metadata({}, bytes_of(profile), out).has_value());
  const auto segments = segments_of(out.bytes());
  ASSERT_EQ(segments.size(), 5U);
  std::string joined;
  for (std::size_t i = 1; i < segments.size(); ++i) {
    EXPECT_EQ(segments[i].payload.substr(0, 12), std::string("ICC_PROFILE\0", 12));
    EXPECT_EQ(segments[i].payload[12], static_cast<char>(i));
    EXPECT_EQ(segments[i].payload[13], 4);
    joined += segments[i].payload.substr(14);
  }
  EXPECT_EQ(joined, profile);

  const Status status = append_jpeg_metadata({}, Bytes(255 * 65519 + 1), out);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, Errc::limit_exceeded);
}

TEST(JpegMetadata, ExtendsXmpAboveOneSegment) {
  const std::string content = "<x:xmpmeta>" + std::string(150000, 'q') + "</x:xmpmeta>";
  const std::string packet =
      "<?xpacket begin=\"\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>" + content + "<?xpacket end=\"w\"?>";
  JpegSegmentWriter out;
  ASSERT_TRUE(append_jpeg_metadata({.exif = {}, .xmp = bytes_of(packet), .icc = {}}, {}, out).has_value());
  const auto segments = segments_of(out.bytes());
  ASSERT_EQ(segments.size(), 5U);
  const std::string guid = md5_hex(bytes_of(content));
  EXPECT_NE(segments[1].payload.find("xmpNote:HasExtendedXMP=\"" + guid + "\""), std::string::npos);
  std::string joined;
  for (std::size_t i = 2; i < segments.size(); ++i) {
    const std::string& payload = segments[i].payload;
    EXPECT_EQ(payload.substr(0, 35), std::string("http://ns.adobe.com/xmp/extension/\0", 35));
    EXPECT_EQ(payload.substr(35, 32), guid);
    const auto number = [&](std::size_t at) {
      std::size_t value = 0;
      for (std::size_t k = 0; k < 4; ++k) {
        value = value << 8 | static_cast<unsigned char>(payload[at + k]);
      }
      return value;
    };
    EXPECT_EQ(number(67), content.size());
    EXPECT_EQ(number(71), joined.size());
    joined += payload.substr(75);
  }
  EXPECT_EQ(joined, content);
}

}  // namespace
}  // namespace imagepacker
