// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/riff.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "container/riff_webp.h"

namespace imagepacker {
namespace {

using namespace std::string_view_literals;

ByteView as_view(std::string_view chars) {
  return std::as_bytes(std::span(chars));
}

std::string as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(Riff, PadsChunksToEvenLengths) {
  const RiffChunk chunks[] = {{"ABCD", as_view("odd")}, {"EFGH", as_view("even")}, {"IJKL", {}}};
  VectorSink sink;
  ASSERT_TRUE(write_riff("WEBP", chunks, sink).has_value());
  EXPECT_EQ(as_text(sink.bytes()),
            "RIFF\x24\0\0\0WEBP"
            "ABCD\x03\0\0\0odd\0"
            "EFGH\x04\0\0\0even"
            "IJKL\0\0\0\0"sv);
}

TEST(Riff, ReadsWhatItWrites) {
  const RiffChunk chunks[] = {{"ABCD", as_view("odd")}, {"EFGH", as_view("even")}, {"IJKL", as_view("x")}};
  VectorSink sink;
  ASSERT_TRUE(write_riff("WEBP", chunks, sink).has_value());
  const auto read = read_riff(sink.bytes(), "WEBP");
  ASSERT_TRUE(read.has_value());
  ASSERT_EQ(read->size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ((*read)[i].fourcc, chunks[i].fourcc);
    EXPECT_EQ(as_text((*read)[i].payload), as_text(chunks[i].payload));
  }
}

TEST(Riff, RefusesMillionsOfChunks) {
  const std::vector<RiffChunk> chunks(kMaxRiffChunks + 1, {"ABCD", {}});
  VectorSink sink;
  ASSERT_TRUE(write_riff("WEBP", chunks, sink).has_value());
  const auto read = read_riff(sink.bytes(), "WEBP");
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, Errc::limit_exceeded);
}

TEST(Riff, RefusesEveryCut) {
  const RiffChunk chunks[] = {{"ABCD", as_view("even")}, {"EFGH", as_view("more")}};
  VectorSink sink;
  ASSERT_TRUE(write_riff("WEBP", chunks, sink).has_value());
  const ByteView whole = sink.bytes();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(read_riff(whole.first(length), "WEBP").has_value()) << length;
  }
  EXPECT_FALSE(read_riff(whole, "WAVE").has_value());
}

TEST(Riff, RefusesChunksThatReachPastTheEnd) {
  for (const std::string_view file : {
           "RIFF\x0C\0\0\0WEBPABCD\x01\0\0\0"sv,
           "RIFF\x0C\0\0\0WEBPABCD\xFF\xFF\xFF\xFF"sv,
           "RIFF\x07\0\0\0WEBPABC"sv,
           "RIFF\x03\0\0\0WEBP"sv,
           "RIFF\xFF\xFF\xFF\xFFWEBP"sv,
       }) {
    EXPECT_FALSE(read_riff(as_view(file), "WEBP").has_value());
  }
}

TEST(Riff, RefusesWhatItsSizeFieldCantHold) {
  // Never read: the size is refused before.
  const ByteView huge(static_cast<const std::byte*>(nullptr), 0x80000000);
  const RiffChunk chunks[] = {{"ICCP", huge}, {"EXIF", huge}};
  VectorSink sink;
  const Status status = write_riff("WEBP", chunks, sink);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(Status(status).error().code, Errc::limit_exceeded);
  EXPECT_TRUE(sink.bytes().empty());
}

/// Takes nothing, so that nobody reads the bytes that are not there.
class FullSink final : public ByteSink {
 public:
  Status write(ByteView) override { return make_error(Errc::sink_failed, "full"); }
};

TEST(Riff, EndsWhereTheSpecificationOfWebpEnds) {
  // RFC 9649 clause 2.4: the size is at most 2^32 - 10; here it is the form type, a header, and the payload.
  constexpr std::size_t kMostPayload = 0xFFFFFFF6 - 12;
  for (const std::size_t over : {0, 1, 2}) {
    const ByteView huge(static_cast<const std::byte*>(nullptr), kMostPayload + over);
    const RiffChunk chunks[] = {{"VP8L", huge}};
    FullSink sink;
    const Status status = write_riff("WEBP", chunks, sink);
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, over == 0 ? Errc::sink_failed : Errc::limit_exceeded) << over;
  }
}

TEST(RiffWebp, KeepsToTheSimpleLayoutWhereItCan) {
  const RiffChunk image[] = {{"VP8 ", as_view("picture!")}};
  VectorSink sink;
  ASSERT_TRUE(write_webp({.size = {7, 5}, .image = image, .icc = {}, .exif = {}, .xmp = {}}, sink).has_value());
  EXPECT_EQ(as_text(sink.bytes()), "RIFF\x14\0\0\0WEBPVP8 \x08\0\0\0picture!"sv);
}

TEST(RiffWebp, PutsMetadataInTheOrderOfTheSpecification) {
  const RiffChunk image[] = {{"ALPH", as_view("aa")}, {"VP8 ", as_view("vv")}};
  VectorSink sink;
  ASSERT_TRUE(write_webp({.size = {16383, 256},
                          .image = image,
                          .icc = as_view("iccp"),
                          .exif = as_view("II*\0"sv),
                          .xmp = as_view("<x/>")},
                         sink)
                  .has_value());
  EXPECT_EQ(as_text(sink.bytes()).substr(12),
            "VP8X\x0A\0\0\0\x3C\0\0\0\xFE\x3F\0\xFF\0\0"
            "ICCP\x04\0\0\0iccp"
            "ALPH\x02\0\0\0aa"
            "VP8 \x02\0\0\0vv"
            "EXIF\x04\0\0\0II*\0"
            "XMP \x04\0\0\0<x/>"sv);
}

TEST(RiffWebp, TellsAlphaOfLosslessImages) {
  for (const bool alpha : {false, true}) {
    const RiffChunk image[] = {{"VP8L", as_view(alpha ? "\x2F\0\0\0\x10"sv : "\x2F\0\0\0\0"sv)}};
    VectorSink sink;
    ASSERT_TRUE(
        write_webp({.size = {1, 1}, .image = image, .icc = as_view("i"), .exif = {}, .xmp = {}}, sink).has_value());
    EXPECT_EQ(sink.bytes()[20], std::byte(alpha ? 0x30 : 0x20));
  }
}

}  // namespace
}  // namespace imagepacker
