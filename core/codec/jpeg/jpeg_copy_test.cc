// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/jpeg_copy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/byte_writer.h"
#include "base/text.h"
#include "codec/jpeg/decoded_jpeg.h"
#include "codec/jpeg/jpeg_decoder.h"
#include "codec/jpeg/libjpeg_file.h"
#include "container/gain_map_xmp.h"
#include "container/jpeg_metadata.h"
#include "container/jpeg_segments.h"
#include "container/jpeg_signatures.h"
#include "container/jpeg_structure.h"
#include "metadata/exif_document.h"

namespace imagepacker::jpeg {
namespace {

struct Asked {
  Metadata metadata = {};
  UnpackLimits limits = {};
  bool keeps_other_metadata = true;
  bool keeps_gain_map = true;
  Orientation turn = Orientation::normal;
  bool is_coding_given = false;
  HuffmanTables huffman_tables = HuffmanTables::optimal;
};

struct Copied {
  Bytes bytes;
  std::vector<Notice> notices;
};

Result<Copied> copied(ByteView file, const Asked& asked) {
  Copied result;
  VectorSink sink;
  const Status status = copy_jpeg({.file = file,
                                   .limits = asked.limits,
                                   .metadata = asked.metadata,
                                   .stop = {},
                                   .notices = result.notices,
                                   .keeps_other_metadata = asked.keeps_other_metadata,
                                   .keeps_gain_map = asked.keeps_gain_map,
                                   .turn = asked.turn,
                                   .is_coding_given = asked.is_coding_given,
                                   .huffman_tables = asked.huffman_tables},
                                  sink);
  if (!status.has_value()) {
    return status.error();
  }
  result.bytes = sink.take();
  return result;
}

Bytes some_exif() {
  auto document = ExifDocument::create();
  EXPECT_TRUE(document.has_value() && document->set("Exif.Image.Make", "Maker").has_value());
  auto exif = document->serialize();
  EXPECT_TRUE(exif.has_value());
  return std::move(*exif);
}

/// `file` with `segments` before what stands at `at`.
Bytes with_segments(Bytes file, std::size_t at, ByteView segments) {
  file.insert(file.begin() + static_cast<std::ptrdiff_t>(at), segments.begin(), segments.end());
  return file;
}

std::size_t count_of(ByteView bytes, std::string_view chars) {
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::size_t count = 0;
  for (std::size_t at = all.find(chars); at != std::string_view::npos; at = all.find(chars, at + 1)) {
    ++count;
  }
  return count;
}

PixelFormat layout_of(ByteView file) {
  const auto decoder = JpegDecoder::open(file, {});
  EXPECT_TRUE(decoder.has_value()) << decoder.error().message;
  return (*decoder)->info().main.layout;
}

/// Exif with a maker note of Apple's: numbers 33 and 48 are 0.5 and 0.005.
Bytes apple_exif() {
  ByteWriter exif;
  exif.append(std::string_view("MM\0*\0\0\0\10", 8));
  exif.u16be(1).u16be(0x8769).u16be(4).u32be(1).u32be(26).u32be(0);
  exif.u16be(1).u16be(0x927C).u16be(7).u32be(62).u32be(44).u32be(0);
  exif.append(std::string_view("Apple iOS\0\0\1MM", 14)).u16be(2);
  exif.u16be(33).u16be(10).u32be(1).u32be(44).u16be(48).u16be(10).u32be(1).u32be(52);
  return exif.u32be(0).u32be(5).u32be(10).u32be(1).u32be(200).u16be(0).take();
}

/// A picture with a gain map of Apple's, whose packet has `properties` beside its version.
Bytes apple_file(std::string_view properties) {
  const std::string packet = xmp_packet_of(text(
      "<rdf:Description xmlns:a='http://ns.apple.com/HDRGainMap/1.0/' a:HDRGainMapVersion='65536'", properties, "/>"));
  JpegSegmentWriter primary_head;
  JpegSegmentWriter map_head;
  EXPECT_TRUE(primary_head.application(1, "Exif", kJpegExifSignature, apple_exif()).has_value());
  EXPECT_TRUE(append_jpeg_xmp(std::as_bytes(std::span(packet)), {}, map_head).has_value());
  Bytes file = with_segments(write_with_libjpeg({}), 2, primary_head.bytes());
  const Bytes map = with_segments(write_with_libjpeg({.size = {32, 24}, .components = 1}), 2, map_head.bytes());
  file.insert(file.end(), map.begin(), map.end());
  return file;
}

TEST(JpegCopy, KeepsWhatTheComponentsAre) {
  // JFIF says Y, Cb and Cr, which readers believe before a marker of Adobe's or ids that say R, G and B.
  const Bytes plain = write_with_libjpeg({});
  JpegSegmentWriter adobe;
  ASSERT_TRUE(
      adobe.application(14, "Adobe", kJpegAdobeSignature, ByteWriter().u16be(100).u32be(0).u8(0).bytes()).has_value());
  const Bytes with_adobe = with_segments(plain, parse_jpeg(plain)->head.front().whole.size() + 2, adobe.bytes());
  Bytes with_ids = plain;
  const auto structure = parse_jpeg(with_ids);
  ASSERT_TRUE(structure.has_value());
  for (const JpegSegment& segment : structure->head) {
    if (segment.marker == structure->frame.marker) {
      const auto at = static_cast<std::size_t>(segment.payload.data() - with_ids.data()) + 6;
      for (std::size_t c = 0; c < 3; ++c) {
        with_ids[at + 3 * c] = static_cast<std::byte>("RGB"[c]);
        with_ids[structure->scan_begin + 5 + 2 * c] = static_cast<std::byte>("RGB"[c]);
      }
    }
  }
  for (const Bytes& file : {plain, with_adobe, with_ids}) {
    ASSERT_EQ(layout_of(file), PixelFormat::y444);
    for (const Metadata& metadata : {Metadata{}, Metadata{.exif = some_exif()}}) {
      for (const bool is_coding_given : {false, true}) {
        const auto copy = copied(file, {.metadata = metadata, .is_coding_given = is_coding_given});
        ASSERT_TRUE(copy.has_value()) << copy.error().message;
        EXPECT_EQ(layout_of(copy->bytes), PixelFormat::y444);
        EXPECT_EQ(decode_jpeg(copy->bytes).blocks, decode_jpeg(file).blocks);
      }
    }
  }
  const auto with_exif = copied(plain, {.metadata = {.exif = some_exif()}});
  ASSERT_TRUE(with_exif.has_value());
  EXPECT_EQ(count_of(with_exif->bytes, "JFIF"), 0U);
}

TEST(JpegCopy, TakesNoApplicationsAlongBetweenScans) {
  constexpr std::string_view kPlace = "48 51 30 N";
  JpegSegmentWriter place;
  ASSERT_TRUE(place.application(9, "place", kPlace, {}).has_value());
  const Bytes plain = write_with_libjpeg({.progressive = true});
  const auto structure = parse_jpeg(plain);
  ASSERT_TRUE(structure.has_value());
  const std::string_view chars(reinterpret_cast<const char*>(plain.data()), plain.size());
  const std::size_t between = chars.find("\xFF\xDA", structure->scan_begin + 2);
  const Bytes file = with_segments(plain, between, place.bytes());
  for (const bool keeps_other_metadata : {true, false}) {
    const auto copy = copied(file, {.keeps_other_metadata = keeps_other_metadata});
    ASSERT_TRUE(copy.has_value()) << copy.error().message;
    EXPECT_EQ(count_of(copy->bytes, kPlace), keeps_other_metadata ? 1U : 0U);
    EXPECT_EQ(decode_jpeg(copy->bytes).blocks, decode_jpeg(plain).blocks);
    EXPECT_EQ(copy->notices.size(), keeps_other_metadata ? 0U : 1U);
  }
}

TEST(JpegCopy, AddsAMissingEndMarkerWhereNothingElseIsMissing) {
  const Bytes whole = write_with_libjpeg({});
  const auto copy = copied(ByteView(whole).first(whole.size() - 2), {});
  ASSERT_TRUE(copy.has_value()) << copy.error().message;
  EXPECT_EQ(decode_jpeg(copy->bytes).error, "");
  EXPECT_EQ(decode_jpeg(copy->bytes).blocks, decode_jpeg(whole).blocks);
  const auto refused = copied(ByteView(whole).first(whole.size() - 40), {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::corrupt_input);
}

TEST(JpegCopy, TellsWhatStandsBehindThePicture) {
  Bytes file = write_with_libjpeg({});
  file.resize(file.size() + 500);
  for (const bool keeps_gain_map : {true, false}) {
    const auto copy = copied(file, {.keeps_gain_map = keeps_gain_map});
    ASSERT_TRUE(copy.has_value());
    ASSERT_EQ(copy->notices.size(), 1U);
    EXPECT_NE(copy->notices[0].message.find("500 bytes"), std::string::npos) << copy->notices[0].message;
  }
}

TEST(JpegCopy, KeepsTheHeadroomOfApplesGainMaps) {
  const auto has_map = [](ByteView file) {
    const auto decoder = JpegDecoder::open(file, {});
    return decoder.has_value() && (*decoder)->info().has_gain_map;
  };
  const Bytes by_note = apple_file("");
  const Bytes by_packet = apple_file(" a:HDRGainMapHeadroom='4.5'");
  ASSERT_TRUE(has_map(by_note) && has_map(by_packet));
  for (const Bytes& exif : {apple_exif(), some_exif(), Bytes()}) {
    const auto packet_copy = copied(by_packet, {.metadata = {.exif = exif}});
    ASSERT_TRUE(packet_copy.has_value()) << packet_copy.error().message;
    EXPECT_TRUE(has_map(packet_copy->bytes));
    const auto note_copy = copied(by_note, {.metadata = {.exif = exif}});
    ASSERT_EQ(note_copy.has_value(), exif == apple_exif());
    if (note_copy.has_value()) {
      EXPECT_TRUE(has_map(note_copy->bytes));
    } else {
      EXPECT_EQ(note_copy.error().code, Errc::unsupported);
    }
  }
}

TEST(JpegCopy, TurnsGrayPicturesOfWholeBlocks) {
  for (const int sampling : {1, 2}) {
    LibjpegFile file{.size = {40, 24}, .components = 1, .luma_sampling = {sampling, sampling}};
    const auto copy = copied(write_with_libjpeg(file), {.turn = Orientation::rotate_180});
    ASSERT_TRUE(copy.has_value()) << copy.error().message;
    file.samples = smooth_samples(file.size, 1);
    std::ranges::reverse(file.samples);
    const auto expected = decode_jpeg(write_with_libjpeg(file));
    const auto actual = decode_jpeg(copy->bytes);
    ASSERT_EQ(actual.error, "");
    ASSERT_EQ(actual.samples.size(), expected.samples.size());
    for (std::size_t i = 0; i < expected.samples.size(); ++i) {
      ASSERT_NEAR(actual.samples[i], expected.samples[i], 1) << i;
    }
  }
}

TEST(JpegCopy, TurnsPicturesThatEndWithinBlocks) {
  for (const bool progressive : {false, true}) {
    for (const int components : {1, 3, 4}) {
      for (const auto& sampling : {std::array{1, 1}, {2, 2}, {2, 1}, {1, 2}, {4, 1}, {4, 2}}) {
        if (components == 4 && sampling[0] * sampling[1] > 4) {
          continue;  // more than ten blocks in an MCU
        }
        const LibjpegFile file{.size = {37, 51},
                               .components = components,
                               .keeps_colors = components == 4,
                               .luma_sampling = sampling,
                               .progressive = progressive};
        LibjpegFile turned = file;
        turned.size = {51, 37};
        turned.samples.clear();
        const auto before = smooth_samples(file.size, components);
        for (std::size_t x = 0; x < 37; ++x) {
          for (std::size_t y = 0; y < 51; ++y) {
            const auto pixel =
                before.begin() + static_cast<std::ptrdiff_t>((y * 37 + x) * static_cast<std::size_t>(components));
            turned.samples.insert(turned.samples.end(), pixel, pixel + components);
          }
        }
        std::swap(turned.luma_sampling[0], turned.luma_sampling[1]);
        const Bytes bytes = write_with_libjpeg(file);
        const auto copy = copied(bytes, {.turn = Orientation::transpose});
        ASSERT_TRUE(copy.has_value()) << copy.error().message;
        const auto back = copied(copy->bytes, {.turn = Orientation::transpose});
        ASSERT_TRUE(back.has_value()) << back.error().message;
        const DecodedJpeg actual = decode_jpeg(copy->bytes);
        const DecodedJpeg expected = decode_jpeg(write_with_libjpeg(turned));
        ASSERT_EQ(actual.error, "");
        ASSERT_EQ(actual.width, 51);
        EXPECT_EQ(decode_jpeg(back->bytes).blocks, decode_jpeg(bytes).blocks);
        int most = 0;
        for (std::size_t i = 0; i < expected.samples.size(); ++i) {
          most = std::max(most, std::abs(actual.samples[i] - expected.samples[i]));
        }
        EXPECT_LE(most, 3) << components << " " << sampling[0] << sampling[1];
      }
    }
  }
}

TEST(JpegCopy, CountsCoefficientsAmongTheMemory) {
  // 60,000 bytes of samples; coefficients take two bytes each, those of turned blocks as many.
  const Bytes file = write_with_libjpeg({.size = {200, 100}});
  const auto is_refused = [&](Asked asked, std::uint64_t most) {
    asked.limits.max_memory_bytes = most;
    const auto copy = copied(file, asked);
    EXPECT_TRUE(copy.has_value() || copy.error().code == Errc::limit_exceeded) << copy.error().message;
    return !copy.has_value();
  };
  EXPECT_FALSE(is_refused({}, 60'000));
  EXPECT_TRUE(is_refused({.is_coding_given = true}, 119'999));
  EXPECT_FALSE(is_refused({.is_coding_given = true}, 120'000));
  EXPECT_TRUE(is_refused({.turn = Orientation::transpose}, 239'999));
  EXPECT_FALSE(is_refused({.turn = Orientation::transpose}, 240'000));
}

TEST(JpegCopy, WritesNoCodesThatTheStandardTablesLack) {
  // A block of 8×8 whose first AC coefficient is 2047: more than samples of eight bits come to.
  JpegSegmentWriter file;
  file.start_of_image();
  std::array<std::uint8_t, 64> steps;
  steps.fill(1);
  file.quantization_table(0, steps);
  const std::array component = {JpegComponent{.id = 1}};
  file.frame(JpegMarker::sof0, {8, 8}, component);
  file.huffman_table(false, 0, {.length_counts = {1}, .symbols = {0}});
  file.huffman_table(true, 0, {.length_counts = {1, 1}, .symbols = {11, 0}});
  file.scan(component);
  file.segment(ByteWriter().u8(0x3F).u8(0xFD).bytes());
  file.end_of_image();
  const DecodedJpeg before = decode_jpeg(file.bytes());
  ASSERT_EQ(before.error, "");
  ASSERT_EQ(before.blocks[0][1], 2047);
  for (const HuffmanTables tables : {HuffmanTables::standard, HuffmanTables::optimal}) {
    const auto copy = copied(file.bytes(), {.is_coding_given = true, .huffman_tables = tables});
    EXPECT_TRUE(!copy.has_value() || decode_jpeg(copy->bytes).blocks == before.blocks);
  }
}

}  // namespace
}  // namespace imagepacker::jpeg
