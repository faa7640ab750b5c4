// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "base/byte_writer.h"
#include "container/apple_gain_map_reading.h"
#include "container/gain_map_xmp.h"
#include "container/mpf.h"
#include "hdr/apple_gain_map.h"

namespace imagepacker {
namespace {

Result<std::optional<GainMapMetadata>> read(const std::string& description) {
  const std::string packet = xmp_packet_of(description);
  const auto parsed = XmpPacket::parse(std::as_bytes(std::span(packet)));
  EXPECT_TRUE(parsed.has_value());
  return read_gain_map_packet(*parsed);
}

std::string hdrgm(const std::string& attributes, const std::string& elements = {}) {
  return "<rdf:Description xmlns:h='http://ns.adobe.com/hdr-gain-map/1.0/' " + attributes + ">" + elements +
         "</rdf:Description>";
}

TEST(GainMapReading, UnderstandsWhatIsWritten) {
  GainMapMetadata metadata;
  for (const bool has_channels : {false, true}) {
    metadata.channels.fill({.gain_min = -0.25, .gain_max = 2.5, .gamma = 1.5, .base_offset = 0.125});
    metadata.channels[1].gain_max = has_channels ? 2 : 2.5;
    metadata.base_hdr_headroom = 0.5;
    metadata.alternate_hdr_headroom = 3;
    const std::string packet = gain_map_packet(metadata);
    const auto parsed = XmpPacket::parse(std::as_bytes(std::span(packet)));
    ASSERT_TRUE(parsed.has_value());
    const auto found = read_gain_map_packet(*parsed);
    ASSERT_TRUE(found.has_value() && *found);
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_EQ((*found)->channels[c].gain_min, metadata.channels[c].gain_min);
      EXPECT_EQ((*found)->channels[c].gain_max, metadata.channels[c].gain_max);
      EXPECT_EQ((*found)->channels[c].gamma, metadata.channels[c].gamma);
      EXPECT_EQ((*found)->channels[c].base_offset, metadata.channels[c].base_offset);
      EXPECT_EQ((*found)->channels[c].alternate_offset, metadata.channels[c].alternate_offset);
    }
    EXPECT_EQ((*found)->base_hdr_headroom, 0.5);
    EXPECT_EQ((*found)->alternate_hdr_headroom, 3);
  }
}

TEST(GainMapReading, TakesElementsAndDefaults) {
  const auto found = read(hdrgm("h:Version='1.0'",
                                "<h:GainMapMax>2.5</h:GainMapMax><h:HDRCapacityMax>2.5"
                                "</h:HDRCapacityMax><h:Gamma><rdf:Seq><rdf:li>0.5</rdf:li></rdf:Seq>"
                                "</h:Gamma>"));
  ASSERT_TRUE(found.has_value() && *found);
  EXPECT_EQ((*found)->channels[2].gain_max, 2.5);
  EXPECT_EQ((*found)->channels[2].gain_min, 0);
  EXPECT_EQ((*found)->channels[2].gamma, 0.5);
  EXPECT_EQ((*found)->channels[2].base_offset, 1.0 / 64);
}

TEST(GainMapReading, RefusesWhatMakesNoSense) {
  for (const char* const attributes :
       {"h:Version='1.0' h:GainMapMax='x' h:HDRCapacityMax='2'", "h:Version='1.0' h:GainMapMax='2'",
        "h:Version='1.0' h:GainMapMin='3' h:GainMapMax='2' h:HDRCapacityMax='2'",
        "h:Version='1.0' h:GainMapMax='2' h:Gamma='0' h:HDRCapacityMax='2'",
        "h:Version='1.0' h:GainMapMax='1e999' h:HDRCapacityMax='2'",
        "h:Version='1.0' h:GainMapMax='2' h:HDRCapacityMax='2' h:BaseRenditionIsHDR='True'"}) {
    EXPECT_FALSE(read(hdrgm(attributes)).has_value()) << attributes;
  }
  const auto none = read(hdrgm("h:Version='1.0'"));
  ASSERT_TRUE(none.has_value());
  EXPECT_FALSE(none->has_value());
}

/// A file with `index` as its MPF segment.
Bytes file_with_index(ByteView index) {
  JpegSegmentWriter out;
  out.start_of_image();
  EXPECT_TRUE(out.application(2, "index", {"MPF\0", 4}, index).has_value());
  const JpegComponent gray{.id = 1};
  out.frame(JpegMarker::sof0, {8, 8}, std::span(&gray, 1));
  out.scan(std::span(&gray, 1));
  out.end_of_image();
  return out.take();
}

TEST(MpfReading, FindsPositionsInBothByteOrders) {
  const Bytes big =
      file_with_index(ByteWriter()
                          .append(std::string_view("MM\0*\0\0\0\10\0\1\xB0\2\0\7\0\0\0\x20\0\0\0\x1A\0\0\0\0", 26))
                          .append(std::string_view("\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0", 16))
                          .append(std::string_view("\0\0\0\0\0\0\1\0\0\0\2\0\0\0\0\0", 16))
                          .bytes());
  const Bytes little =
      file_with_index(ByteWriter()
                          .append(std::string_view("II*\0\10\0\0\0\1\0\2\xB0\7\0\x20\0\0\0\x1A\0\0\0\0\0\0\0", 26))
                          .append(std::string_view("\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0", 16))
                          .append(std::string_view("\0\0\0\0\0\1\0\0\0\2\0\0\0\0\0\0", 16))
                          .bytes());
  for (const Bytes& file : {big, little}) {
    const auto structure = parse_jpeg(file);
    ASSERT_TRUE(structure.has_value());
    // Behind SOI, marker, length and signature stands the mark from which is counted.
    EXPECT_EQ(mpf_positions(*structure), std::vector<std::size_t>{2 + 4 + 4 + 512});
  }
}

TEST(MpfReading, SurvivesCutIndexes) {
  const std::string_view index("II*\0\10\0\0\0\1\0\2\xB0\7\0\xFF\xFF\xFF\xFF\x1A\0\0\0\0\0\0\0", 26);
  for (std::size_t size = 0; size <= index.size(); ++size) {
    const Bytes file = file_with_index(std::as_bytes(std::span(index.substr(0, size))));
    const auto structure = parse_jpeg(file);
    ASSERT_TRUE(structure.has_value());
    EXPECT_TRUE(mpf_positions(*structure).empty());
  }
}

TEST(AppleGainMapReading, FindsTheHeadroom) {
  const std::string stated = xmp_packet_of(
      "<rdf:Description xmlns:a='http://ns.apple.com/HDRGainMap/1.0/'><a:HDRGainMapVersion>131072"
      "</a:HDRGainMapVersion><a:HDRGainMapHeadroom>4.5</a:HDRGainMapHeadroom></rdf:Description>");
  const auto newer = XmpPacket::parse(std::as_bytes(std::span(stated)));
  ASSERT_TRUE(newer.has_value());
  EXPECT_TRUE(is_apple_gain_map(*newer));
  EXPECT_EQ(read_apple_headroom(*newer, {}), 4.5);

  const std::string unstated =
      xmp_packet_of("<rdf:Description xmlns:a='http://ns.apple.com/HDRGainMap/1.0/' a:HDRGainMapVersion='65536'/>");
  const auto older = XmpPacket::parse(std::as_bytes(std::span(unstated)));
  ASSERT_TRUE(older.has_value());
  EXPECT_TRUE(is_apple_gain_map(*older));
  EXPECT_EQ(read_apple_headroom(*older, {}), std::nullopt);
  ByteWriter note;
  note.append(std::string_view("Apple iOS\0\0\1MM", 14)).u16be(2);
  note.u16be(33).u16be(10).u32be(1).u32be(44).u16be(48).u16be(10).u32be(1).u32be(52).u32be(0);
  note.u16be(0);
  EXPECT_EQ(note.size(), 46U);
  ByteWriter exif;
  exif.append(std::string_view("MM\0*\0\0\0\10", 8));
  exif.u16be(1).u16be(0x8769).u16be(4).u32be(1).u32be(26).u32be(0);
  exif.u16be(1).u16be(0x927C).u16be(7).u32be(62).u32be(44).u32be(0);
  exif.append(note.bytes().first(44)).u32be(5).u32be(10).u32be(1).u32be(200).u16be(0);
  const auto headroom = read_apple_headroom(*older, exif.bytes());
  ASSERT_TRUE(headroom.has_value());
  EXPECT_NEAR(*headroom, std::exp2(-20 * 0.005 + 1.8), 1e-9);

  // Without number 48, whose tag is the second in the note.
  Bytes changed = exif.take();
  changed[8 + 18 + 18 + 14 + 2 + 12 + 1] = std::byte{49};
  const auto alone = read_apple_headroom(*older, changed);
  ASSERT_TRUE(alone.has_value());
  EXPECT_NEAR(*alone, std::exp2(1.8), 1e-9);
}

}  // namespace
}  // namespace imagepacker
