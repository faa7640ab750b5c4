// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/heif_decoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/byte_writer.h"
#include "codec/heif/heif_reading.h"
#include "codec/heif/heif_test_files.h"
#include "codec/heif/libheif_avif.h"
#include "codec/heif/packed_heif.h"
#include "codec/heif/test_pictures.h"
#include "container/bmff_items.h"
#include "container/bmff_properties.h"
#include "container/bmff_writer.h"
#include "hdr/gain_map_metadata.h"
#include "metadata/exif_document.h"

namespace imagepacker::heif {
namespace {

using PF = PixelFormat;

constexpr PF kLayouts[] = {PF::i420,      PF::y42b,      PF::y444,      PF::gray8,     PF::a420,        PF::a422,
                           PF::a444,      PF::i420_10le, PF::i422_10le, PF::y444_10le, PF::a420_10le,   PF::a444_10le,
                           PF::i420_12le, PF::i422_12le, PF::y444_12le, PF::a422_12le, PF::gray10_le16, PF::gray12_le16,
                           PF::gbr,       PF::gbra,      PF::gbr_10le,  PF::gbr_12le,  PF::gbra_12le};
constexpr Size kSizes[] = {{1, 1}, {3, 5}, {131, 77}};
constexpr Size kGridSize = {8205, 35};

class EveryHeif : public testing::TestWithParam<std::tuple<PF, Size>> {};

TEST_P(EveryHeif, GivesTheSamplesThatWerePacked) {
  const auto [layout, size] = GetParam();
  const TestPicture picture(format_of(layout, size));
  const Opened opened = open(packed(picture.view().format));
  ASSERT_EQ(opened.error, "");
  EXPECT_TRUE(opened.notices.empty());
  ImageFormat expected = picture.view().format;
  if (expected.info().model == ColorModel::gray) {
    expected.color = opened.info.main.color;  // a gray picture's matrix has no effect
  }
  EXPECT_EQ(opened.info.main, expected);
  EXPECT_EQ(opened.picture.main.view().format, expected);
  EXPECT_EQ(planes_of(opened.picture.main.view()), picture.planes());
}

INSTANTIATE_TEST_SUITE_P(Heif, EveryHeif, testing::Combine(testing::ValuesIn(kLayouts), testing::ValuesIn(kSizes)));
INSTANTIATE_TEST_SUITE_P(HeifGrid, EveryHeif,
                         testing::Combine(testing::Values(PF::i420, PF::gray8, PF::a422, PF::gbra_12le),
                                          testing::Values(kGridSize)));

/// An independent reading of the file: lossy planes are those that libde265 gives.
TEST(HeifDecoder, GivesThePlanesOfTheStream) {
  for (const PF layout : {PF::i420, PF::y42b, PF::y444_10le, PF::gray8}) {
    for (const int effort : {0, 6}) {  // without and with all loop filters
      PackingOptions options = heif_options();
      options.effort = effort;
      const auto file = pack(TestPicture(format_of(layout, {333, 277})).view(), options);
      ASSERT_TRUE(file.has_value());
      const ReadHeif parts = read_heif(*file);
      const auto expected = decode_item(parts, *parts.find(parts.primary));
      const Opened opened = open(*file);
      ASSERT_EQ(opened.error, "");
      const auto planes = planes_of(opened.picture.main.view());
      EXPECT_TRUE(std::equal(expected.begin(), expected.end(), planes.begin()));
    }
  }
}

TEST(HeifDecoder, StatesTheOrientationAndDoesNotTurn) {
  const ImageFormat format = format_of(PF::i420, {63, 40});
  for (int turn = 1; turn <= 8; ++turn) {
    const auto orientation = static_cast<Orientation>(turn);
    const Opened opened = open(packed(format, {.orientation = orientation}));
    ASSERT_EQ(opened.error, "");
    EXPECT_EQ(opened.info.orientation, orientation);
    EXPECT_EQ(opened.picture.metadata.orientation, orientation);
    EXPECT_EQ(planes_of(opened.picture.main.view()), TestPicture(format).planes());
  }
}

TEST(HeifDecoder, ReadsColorHdrAndMetadata) {
  ImageFormat format = format_of(PF::i420_10le, {32, 24});
  format.color = {Primaries::bt2020, Transfer::pq, Matrix::bt2020_ncl, Range::limited, ChromaSite::top_left};
  format.hdr.mastering_display =
      MasteringDisplay{{35400, 14600}, {8500, 39850}, {6550, 2300}, {15635, 16450}, 10000000, 50};
  format.hdr.content_light_level = ContentLightLevel{.max_cll = 1000, .max_fall = 203};
  auto document = ExifDocument::create();
  ASSERT_TRUE(document.has_value() && document->set("Exif.Image.Artist", "Someone").has_value());
  Metadata metadata;
  metadata.exif = document->serialize().value();
  const auto packet = std::as_bytes(std::span(std::string_view("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")));
  metadata.xmp.assign(packet.begin(), packet.end());
  metadata.icc = Bytes(200, std::byte{7});
  const Opened opened = open(packed(format, metadata, false));
  ASSERT_EQ(opened.error, "");
  EXPECT_EQ(opened.info.main, format);
  EXPECT_EQ(opened.picture.metadata.exif, metadata.exif);
  EXPECT_EQ(opened.picture.metadata.xmp, metadata.xmp);
  EXPECT_EQ(opened.picture.metadata.icc, metadata.icc);
}

TEST(HeifDecoder, MakesExifSayWhatTheFileSays) {
  auto document = ExifDocument::create();
  ASSERT_TRUE(document.has_value() && document->set_orientation(Orientation::rotate_90).has_value());
  const Metadata metadata{.exif = document->serialize().value(), .orientation = Orientation::normal};
  const Opened opened = open(packed(format_of(PF::i420, {32, 24}), metadata));
  EXPECT_EQ(opened.info.orientation, Orientation::normal);
  EXPECT_EQ(exif_orientation(opened.picture.metadata.exif), Orientation::normal);
}

/// `file` written anew with an auxiliary image as Apple's cameras have it.
Bytes with_apple_map(const Bytes& file, const Bytes& map, std::string_view packet) {
  bmff::ItemFile result({"heic", "mif1"});
  const bmff::ItemId base_id = add_item(result, primary_of(file));
  ReadItem auxiliary = primary_of(map);
  auxiliary.hidden = true;
  auxiliary.properties.push_back(
      {.type = "auxC",
       .essential = true,
       .payload = ByteWriter().u32be(0).append("urn:com:apple:photo:2020:aux:hdrgainmap").u8(0).take()});
  const bmff::ItemId map_id = add_item(result, auxiliary);
  bmff::Item description{.type = "mime", .content_type = "application/rdf+xml", .hidden = true};
  description.data = ByteWriter().append(packet).take();
  const bmff::ItemId description_id = result.add_item(std::move(description)).value();
  result.add_reference("auxl", map_id, {base_id});
  result.add_reference("cdsc", description_id, {map_id});
  result.set_primary(base_id);
  return written(std::move(result));
}

/// `file` written anew with a 'tmap' of its primary item and that of `map`, which is hidden.
Bytes with_tone_map(const Bytes& file, const Bytes& map, ByteView iso21496) {
  bmff::ItemFile result({"heic", "mif1", "tmap"});
  const bmff::ItemId base_id = add_item(result, primary_of(file));
  ReadItem hidden_map = primary_of(map);
  hidden_map.hidden = true;
  const bmff::ItemId map_id = add_item(result, hidden_map);
  bmff::Item tone_map{.type = "tmap", .data = ByteWriter().u8(0).append(iso21496).take()};
  tone_map.properties.push_back(
      {result.add_property(bmff::color_nclx({.primaries = Primaries::bt2020, .transfer = Transfer::pq})), false});
  const bmff::ItemId tone_map_id = result.add_item(std::move(tone_map)).value();
  result.add_reference("dimg", tone_map_id, {base_id, map_id});
  result.add_group("altr", {tone_map_id, base_id});
  result.set_primary(base_id);
  return written(std::move(result));
}

GainMapMetadata gain(double max) {
  GainMapMetadata metadata;
  for (auto& channel : metadata.channels) {
    channel.gain_max = max;
  }
  metadata.alternate_hdr_headroom = max;
  return metadata;
}

TEST(HeifDecoder, GivesTheGainMap) {
  const ImageFormat base = format_of(PF::i420, {64, 48});
  const ImageFormat map = format_of(PF::gray8, {32, 24});
  const Bytes file = with_tone_map(packed(base), packed(map), write_iso21496(gain(2.5)));
  const Opened opened = open(file);
  ASSERT_EQ(opened.error, "");
  EXPECT_TRUE(opened.info.has_gain_map);
  ASSERT_TRUE(opened.picture.gain_map.has_value());
  const DecodedGainMap& found = *opened.picture.gain_map;
  EXPECT_EQ(found.metadata.channels[0].gain_max, 2.5);
  EXPECT_EQ(found.alternate.primaries, Primaries::bt2020);
  EXPECT_EQ(found.alternate.transfer, Transfer::pq);
  EXPECT_EQ(found.image.view().format.layout, PF::gray8);
  EXPECT_EQ(planes_of(found.image.view()), TestPicture(map).planes());
  EXPECT_EQ(planes_of(opened.picture.main.view()), TestPicture(base).planes());
}

TEST(HeifDecoder, LeavesOutAGainMapThatIsTurnedOtherwise) {
  const auto opened = [](Orientation base, Size map_size, Orientation map) {
    const Bytes file =
        with_tone_map(packed(format_of(PF::i420, {64, 48}), {.orientation = base}),
                      packed(format_of(PF::gray8, map_size), {.orientation = map}), write_iso21496(gain(2)));
    return open(file);
  };
  constexpr auto kUpright = Orientation::normal;
  EXPECT_TRUE(opened(Orientation::rotate_90, {32, 24}, Orientation::rotate_90).info.has_gain_map);
  EXPECT_TRUE(opened(Orientation::rotate_90, {32, 24}, kUpright).info.has_gain_map) << "its shape is as the picture's";
  EXPECT_FALSE(opened(Orientation::rotate_90, {24, 32}, kUpright).info.has_gain_map);
  const Opened other = opened(kUpright, {32, 24}, Orientation::rotate_180);
  EXPECT_FALSE(other.info.has_gain_map);
  ASSERT_EQ(other.notices.size(), 1U);
  EXPECT_NE(other.notices[0].message.find("turned"), std::string::npos) << other.notices[0].message;
}

TEST(HeifDecoder, GivesAGainMapOfThreeChannelsAsItIsStored) {
  const ImageFormat map = format_of(PF::y444, {32, 24});
  GainMapMetadata metadata = gain(2);
  metadata.channels[1].gain_max = 1;
  const Opened opened =
      open(with_tone_map(packed(format_of(PF::i420, {64, 48})), packed(map), write_iso21496(metadata)));
  ASSERT_TRUE(opened.picture.gain_map.has_value()) << opened.error;
  EXPECT_EQ(planes_of(std::as_const(opened.picture.gain_map->image).view()), TestPicture(map).planes());
}

TEST(HeifDecoder, PutsApplesGainMapInTheTermsOfIso21496) {
  const ImageFormat map = format_of(PF::gray8, {32, 24});
  const Bytes file = with_apple_map(
      packed(format_of(PF::i420, {64, 48})), packed(map),
      "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
      "<rdf:Description xmlns:a='http://ns.apple.com/HDRGainMap/1.0/' a:HDRGainMapVersion='131072' "
      "a:HDRGainMapHeadroom='4'/></rdf:RDF></x:xmpmeta>");
  const Opened opened = open(file);
  ASSERT_EQ(opened.error, "");
  ASSERT_TRUE(opened.picture.gain_map.has_value());
  const GainMapMetadata& metadata = opened.picture.gain_map->metadata;
  EXPECT_EQ(metadata.alternate_hdr_headroom, 2);
  const DecodedPlane stored = TestPicture(map).planes()[0];
  const DecodedPlane found = planes_of(std::as_const(opened.picture.gain_map->image).view())[0];
  const GainMapMetadata::Channel& channel = metadata.channels[0];
  for (int x = 0; x < stored.width; ++x) {
    const double expected = std::log2(1 + 3 * std::pow(stored.at(x, 5) / 255.0, 1.961));
    const double share = std::pow(found.at(x, 5) / 255.0, 1 / channel.gamma);
    EXPECT_NEAR(channel.gain_min + share * (channel.gain_max - channel.gain_min), expected, 0.03);
  }
}

TEST(HeifDecoder, LeavesOutAGainMapWithoutMeaning) {
  const ImageFormat base = format_of(PF::i420, {64, 48});
  const Bytes file = with_tone_map(packed(base), packed(format_of(PF::gray8, {32, 24})), Bytes(5));
  const Opened opened = open(file);
  ASSERT_EQ(opened.error, "");
  EXPECT_FALSE(opened.info.has_gain_map);
  ASSERT_EQ(opened.notices.size(), 1U);
  EXPECT_NE(opened.notices[0].message.find("gain map"), std::string::npos);
}

TEST(HeifDecoder, ReadsAvif) {
  for (const PF layout : {PF::i420, PF::gray8}) {
    const TestPicture picture(format_of(layout, {130, 70}));
    const Bytes file = avif_of(picture.view());
    if (file.empty()) {
      GTEST_SKIP() << "libheif was built without an encoder for AV1";
    }
    EXPECT_TRUE(begins_as_heif(file));
    const Opened opened = open(file);
    if (opened.code == Errc::unsupported) {
      GTEST_SKIP() << opened.error;
    }
    ASSERT_EQ(opened.error, "");
    ASSERT_EQ(opened.info.main.layout, layout);
    ASSERT_EQ(opened.info.main.size, (Size{130, 70}));
    const auto planes = planes_of(opened.picture.main.view());
    for (int p = 0; p < picture.view().format.info().plane_count; ++p) {
      const auto index = static_cast<std::size_t>(p);
      EXPECT_GE(psnr(planes[index], picture.planes()[index]), 30) << p;
    }
  }
}

TEST(HeifDecoder, SaysWhatItCannotDecode) {
  bmff::ItemFile file({"heic", "mif1"});
  ASSERT_TRUE(file.add_item({.type = "iovl"}).has_value());
  VectorSink sink;
  ASSERT_TRUE(std::move(file).write(sink).has_value());
  EXPECT_EQ(open(sink.bytes()).code, Errc::unsupported);
  BmffWriter sequence;
  sequence.begin("ftyp").fields().append("msf1").u32be(0).append("msf1hevc");
  sequence.end().begin("moov").end();
  const Bytes bytes = sequence.take();
  EXPECT_TRUE(begins_as_heif(bytes));
  EXPECT_EQ(open(bytes).code, Errc::unsupported);
  EXPECT_NE(open(bytes).error.find("sequence"), std::string::npos);
}

}  // namespace
}  // namespace imagepacker::heif
