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

struct Opened {
  ImageInfo info;
  DecodedPicture picture;
  std::vector<Notice> notices;
  std::string error;
  Errc code = Errc::internal;
};

Opened open(ByteView file, const UnpackLimits& limits = {}) {
  Opened opened;
  const auto fail = [&](const Error& error) {
    opened.error = error.message;
    opened.code = error.code;
  };
  auto decoder = open_heif(file, limits);
  if (!decoder) {
    fail(decoder.error());
    return opened;
  }
  opened.info = (*decoder)->info();
  TaskPool pool(2);
  auto picture = (*decoder)->decode({.pool = pool, .stop = {}, .notices = opened.notices});
  if (!picture) {
    fail(picture.error());
    return opened;
  }
  opened.picture = std::move(picture).value();
  return opened;
}

Bytes packed(const ImageFormat& format, const Metadata& metadata = {}, bool lossless = true) {
  const TestPicture picture(format);
  PackingOptions options = heif_options();
  options.lossless = lossless;
  options.effort = 0;
  auto bytes = pack(picture.view(), options, metadata);
  EXPECT_TRUE(bytes.has_value()) << bytes.error().message;
  return bytes ? std::move(bytes).value() : Bytes();
}

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
    const Bytes file = packed(format_of(layout, {131, 77}), {}, false);
    const ReadHeif parts = read_heif(file);
    const auto expected = decode_item(parts, *parts.find(parts.primary));
    const Opened opened = open(file);
    const auto planes = planes_of(opened.picture.main.view());
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), planes.begin()));
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

/// Adds the primary item of `source` to `file`.
bmff::ItemId copy_primary(bmff::ItemFile& file, const Bytes& source, bool is_hidden, std::string_view auxiliary = {}) {
  const ReadHeif parts = read_heif(source);
  const ReadItem& primary = *parts.find(parts.primary);
  bmff::Item item{.type = primary.type, .hidden = is_hidden, .data = primary.data};
  for (const ReadProperty& property : primary.properties) {
    BmffWriter box;
    box.begin(property.type).fields().append(property.payload);
    item.properties.push_back({file.add_property(box.end().take()), property.essential});
  }
  if (!auxiliary.empty()) {
    item.properties.push_back({file.add_property(bmff::auxiliary_type(auxiliary)), true});
  }
  return file.add_item(std::move(item)).value();
}

/// `file` written anew with an auxiliary image as Apple's cameras have it.
Bytes with_apple_map(const Bytes& file, const Bytes& map, std::string_view packet) {
  bmff::ItemFile result({"heic", "mif1"});
  const bmff::ItemId base_id = copy_primary(result, file, false);
  const bmff::ItemId map_id = copy_primary(result, map, true, "urn:com:apple:photo:2020:aux:hdrgainmap");
  bmff::Item description{.type = "mime", .content_type = "application/rdf+xml", .hidden = true};
  description.data = ByteWriter().append(packet).take();
  const bmff::ItemId description_id = result.add_item(std::move(description)).value();
  result.add_reference("auxl", map_id, {base_id});
  result.add_reference("cdsc", description_id, {map_id});
  result.set_primary(base_id);
  VectorSink sink;
  EXPECT_TRUE(std::move(result).write(sink).has_value());
  return sink.take();
}

/// `file` written anew with a 'tmap' of its primary item and that of `map`, which is hidden.
Bytes with_tone_map(const Bytes& file, const Bytes& map, ByteView iso21496) {
  bmff::ItemFile result({"heic", "mif1", "tmap"});
  const bmff::ItemId base_id = copy_primary(result, file, false);
  const bmff::ItemId map_id = copy_primary(result, map, true);
  bmff::Item tone_map{.type = "tmap", .data = ByteWriter().u8(0).append(iso21496).take()};
  tone_map.properties.push_back(
      {result.add_property(bmff::color_nclx({.primaries = Primaries::bt2020, .transfer = Transfer::pq})), false});
  const bmff::ItemId tone_map_id = result.add_item(std::move(tone_map)).value();
  result.add_reference("dimg", tone_map_id, {base_id, map_id});
  result.add_group("altr", {tone_map_id, base_id});
  result.set_primary(base_id);
  VectorSink sink;
  EXPECT_TRUE(std::move(result).write(sink).has_value());
  return sink.take();
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

TEST(HeifDecoder, RefusesWhatIsBeyondTheLimits) {
  const Bytes file = packed(format_of(PF::i420, {400, 300}));
  EXPECT_EQ(open(file, {.max_pixels = 119999}).code, Errc::limit_exceeded);
  EXPECT_EQ(open(file, {.max_memory_bytes = 300000}).code, Errc::limit_exceeded);
  EXPECT_EQ(open(file, {.max_pixels = 120000}).error, "");
}

/// The primary item of `file` in a file of its own, with other data.
Bytes with_data(const Bytes& file, Bytes data) {
  const ReadHeif parts = read_heif(file);
  const ReadItem& primary = *parts.find(parts.primary);
  bmff::ItemFile result({"heic", "mif1"});
  bmff::Item item{.type = primary.type, .data = std::move(data)};
  for (const ReadProperty& property : primary.properties) {
    BmffWriter box;
    box.begin(property.type).fields().append(property.payload);
    item.properties.push_back({result.add_property(box.end().take()), property.essential});
  }
  result.set_primary(result.add_item(std::move(item)).value());
  VectorSink sink;
  EXPECT_TRUE(std::move(result).write(sink).has_value());
  return sink.take();
}

/// With `unit` before the data.
Bytes with_unit(const Bytes& file, ByteView unit) {
  const ReadHeif parts = read_heif(file);
  const Bytes& data = parts.find(parts.primary)->data;
  Bytes changed = ByteWriter().u32be(static_cast<std::uint32_t>(unit.size())).take();
  changed.insert(changed.end(), unit.begin(), unit.end());
  changed.insert(changed.end(), data.begin(), data.end());
  return with_data(file, std::move(changed));
}

/// A sequence parameter set for pictures of 65535×65535, as far as the size.
Bytes huge_parameter_set() {
  std::string bits =
      "0100001000000001"
      "0000"
      "000"
      "1";                       // header, video parameter set, layers, nesting
  bits += std::string(96, '0');  // profile and level
  const std::string side = std::string(16, '0') + "1" + std::string(16, '0');
  bits +=
      "1"
      "010" +
      side + side +
      "0"
      "1"
      "1"
      "1";  // id, 4:2:0, sides, no window, 8 bits, 8 bits, counter
  bits.resize((bits.size() + 7) / 8 * 8 + 64, '1');
  ByteWriter unit;
  for (std::size_t at = 0; at < bits.size(); at += 8) {
    unit.u8(static_cast<std::uint8_t>(std::stoi(bits.substr(at, 8), nullptr, 2)));
  }
  return unit.take();
}

TEST(HeifDecoder, RefusesAStreamThatIsLargerThanItsHeadersSay) {
  const Bytes file = packed(format_of(PF::i420, {64, 48}));
  EXPECT_EQ(open(with_unit(file, Bytes{std::byte{0x4E}, std::byte{1}, std::byte{0x80}})).error, "");  // an empty SEI
  const Opened opened = open(with_unit(file, huge_parameter_set()));
  EXPECT_EQ(opened.code, Errc::limit_exceeded);
  EXPECT_NE(opened.error.find("4294836225"), std::string::npos) << opened.error;
}

TEST(HeifDecoder, RefusesThousandsOfItems) {
  bmff::ItemFile file({"heic", "mif1"});
  for (int i = 0; i < 10000; ++i) {
    ASSERT_TRUE(file.add_item({.type = "hvc1"}).has_value());
  }
  VectorSink sink;
  ASSERT_TRUE(std::move(file).write(sink).has_value());
  const Opened opened = open(sink.bytes());
  EXPECT_EQ(opened.code, Errc::limit_exceeded);
  EXPECT_NE(opened.error.find("items"), std::string::npos) << opened.error;
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

TEST(HeifDecoder, SaysThatAPictureHasNoData) {
  const TestPicture picture(format_of(PF::i420, {64, 48}));
  for (const Bytes& file : {packed(format_of(PF::i420, {64, 48})), avif_of(picture.view())}) {
    if (file.empty() || open(file).code == Errc::unsupported) {
      continue;  // no AV1 here
    }
    const Opened opened = open(with_data(file, {}));
    EXPECT_EQ(opened.code, Errc::corrupt_input);
    EXPECT_NE(opened.error.find("has no data"), std::string::npos) << opened.error;
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

TEST(HeifDecoder, GivesOneErrorForEveryCut) {
  const Bytes whole = packed(format_of(PF::a420, {40, 30}));
  for (std::size_t size = 0; size < whole.size(); size += 11) {
    const Opened opened = open(ByteView(whole).first(size));
    EXPECT_NE(opened.error, "") << size;
    EXPECT_EQ(opened.code, Errc::corrupt_input) << size << opened.error;
  }
}

TEST(HeifDecoder, SurvivesEveryFlippedByteOfItsBoxes) {
  const Bytes whole = packed(format_of(PF::a420, {40, 30}));
  for (std::size_t position = 0; position < whole.size(); ++position) {
    Bytes broken = whole;
    broken[position] ^= std::byte{0x11};
    const Opened opened = open(broken, {.max_pixels = 1 << 16});
    EXPECT_TRUE(opened.error.empty() || opened.code != Errc::internal) << opened.error;
  }
}

}  // namespace
}  // namespace imagepacker::heif
