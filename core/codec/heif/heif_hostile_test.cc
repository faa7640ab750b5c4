// SPDX-License-Identifier: LGPL-2.1-or-later
//
// HEIF files that are broken, or that would cost more than they are worth.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/byte_writer.h"
#include "codec/heif/heif_test_files.h"
#include "codec/heif/libheif_avif.h"
#include "codec/heif/packed_heif.h"
#include "codec/heif/test_pictures.h"
#include "container/bmff_items.h"

namespace imagepacker::heif {
namespace {

using PF = PixelFormat;

TEST(HeifHostile, RefusesWhatIsBeyondTheLimits) {
  const Bytes file = packed(format_of(PF::i420, {400, 300}));
  EXPECT_EQ(open(file, {.max_pixels = 119999}).code, Errc::limit_exceeded);
  EXPECT_EQ(open(file, {.max_memory_bytes = 300000}).code, Errc::limit_exceeded);
  EXPECT_EQ(open(file, {.max_pixels = 120000}).error, "");
}

/// A NAL unit behind its length.
Bytes sized(ByteView unit) {
  Bytes result = ByteWriter().u32be(static_cast<std::uint32_t>(unit.size())).take();
  result.insert(result.end(), unit.begin(), unit.end());
  return result;
}

/// With `unit` before the data.
Bytes with_unit(const Bytes& file, ByteView unit) {
  ReadItem item = primary_of(file);
  const Bytes before = sized(unit);
  item.data.insert(item.data.begin(), before.begin(), before.end());
  return file_of(item);
}

/// A sequence parameter set for pictures of 65535×65535, as far as the size. `profile_and_level` has 96 bits, as far as
/// decoders read them.
Bytes huge_parameter_set(const std::string& profile_and_level = std::string(96, '0')) {
  std::string bits =
      "0100001000000001"
      "0000"
      "000"
      "1";  // header, video parameter set, layers, nesting
  bits += profile_and_level;
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

TEST(HeifHostile, RefusesAStreamThatIsLargerThanItsHeadersSay) {
  const Bytes file = packed(format_of(PF::i420, {64, 48}));
  EXPECT_EQ(open(with_unit(file, Bytes{std::byte{0x4E}, std::byte{1}, std::byte{0x80}})).error, "");  // an empty SEI
  const Opened opened = open(with_unit(file, huge_parameter_set()));
  EXPECT_EQ(opened.code, Errc::limit_exceeded);
  EXPECT_NE(opened.error.find("4294836225"), std::string::npos) << opened.error;
}

/// More than two zeros stand before the 3 in no sound stream, but decoders leave it out there, too.
TEST(HeifHostile, ReadsParameterSetsAsTheDecoderDoes) {
  const Bytes file = packed(format_of(PF::i420, {64, 48}));
  for (std::size_t zeros = 2; zeros < 6; ++zeros) {
    std::string profile(96, '0');
    profile.insert(8 * zeros, "00000011");
    EXPECT_EQ(open(with_unit(file, huge_parameter_set(profile))).code, Errc::limit_exceeded) << zeros << " zeros";
  }
}

TEST(HeifHostile, RefusesThousandsOfItems) {
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

TEST(HeifHostile, SaysThatAPictureHasNoData) {
  const TestPicture picture(format_of(PF::i420, {64, 48}));
  for (const Bytes& file : {packed(format_of(PF::i420, {64, 48})), avif_of(picture.view())}) {
    if (file.empty() || open(file).code == Errc::unsupported) {
      continue;  // no AV1 here
    }
    ReadItem item = primary_of(file);
    item.data.clear();
    const Opened opened = open(file_of(std::move(item)));
    EXPECT_EQ(opened.code, Errc::corrupt_input);
    EXPECT_NE(opened.error.find("has no data"), std::string::npos) << opened.error;
  }
}

/// A grid of `columns`×`rows` tiles for a picture of `shown`. Without an item that it refers to it is not sound.
ReadItem grid_of(int columns, int rows, Size shown) {
  ReadItem grid{.type = "grid"};
  grid.data = ByteWriter()
                  .u16be(0)
                  .u8(static_cast<std::uint8_t>(rows - 1))
                  .u8(static_cast<std::uint8_t>(columns - 1))
                  .u16be(static_cast<std::uint16_t>(shown.width))
                  .u16be(static_cast<std::uint16_t>(shown.height))
                  .take();
  return grid;
}

/// A parameter set of another kind before the picture's own in its configuration.
ReadProperty& add_array(ReadItem& item, int array_type, ByteView unit) {
  constexpr std::size_t kArrayCount = 22;
  for (ReadProperty& property : item.properties) {
    if (property.type == "hvcC") {
      property.payload[kArrayCount] = static_cast<std::byte>(std::to_integer<int>(property.payload[kArrayCount]) + 1);
      property.payload = ByteWriter()
                             .append(property.payload)
                             .u8(static_cast<std::uint8_t>(array_type))
                             .u16be(1)
                             .u16be(static_cast<std::uint16_t>(unit.size()))
                             .append(unit)
                             .take();
      return property;
    }
  }
  ADD_FAILURE() << "no configuration";
  return item.properties.front();
}

TEST(HeifHostile, RefusesALargerPictureBehindAnotherUnitsName) {
  ReadItem item = primary_of(packed(format_of(PF::i420, {64, 48})));
  constexpr int kVideoParameterSets = 32;
  add_array(item, kVideoParameterSets, huge_parameter_set());
  EXPECT_EQ(open(file_of(item)).code, Errc::limit_exceeded);
}

TEST(HeifHostile, RefusesTilesThatShareTheirBytes) {
  // Writers state data without bytes as "to the end of the file".
  bmff::ItemFile file({"heic", "mif1"});
  const bmff::ItemId grid = add_item(file, grid_of(4, 4, {256, 256}));
  ReadItem tile = primary_of(packed(format_of(PF::i420, {64, 64})));
  const Bytes data = std::exchange(tile.data, {});
  std::vector<bmff::ItemId> tiles;
  for (int i = 0; i < 15; ++i) {
    tiles.push_back(add_item(file, tile));
  }
  tile.data = data;
  tiles.push_back(add_item(file, tile));
  file.add_reference("dimg", grid, tiles);
  file.set_primary(grid);
  const Opened opened = open(written(std::move(file)));
  EXPECT_EQ(opened.code, Errc::corrupt_input);
  EXPECT_NE(opened.error.find("more data than the file"), std::string::npos) << opened.error;
}

TEST(HeifHostile, RefusesTilesThatShareALongConfiguration) {
  bmff::ItemFile file({"heic", "mif1"});
  const bmff::ItemId grid = add_item(file, grid_of(100, 100, {6400, 6400}));
  ReadItem tile = primary_of(packed(format_of(PF::i420, {64, 64})));
  tile.data.resize(1);
  constexpr int kSupplement = 39;
  add_array(tile, kSupplement, Bytes(60000, std::byte{0x4E}));
  const bmff::ItemId one = add_item(file, tile);
  file.add_reference("dimg", grid, std::vector<bmff::ItemId>(10000, one));
  file.set_primary(grid);
  const Opened opened = open(written(std::move(file)));
  EXPECT_EQ(opened.code, Errc::corrupt_input);
  EXPECT_NE(opened.error.find("more data than the file"), std::string::npos) << opened.error;
}

/// Sixteen of them have 2^64 samples.
TEST(HeifHostile, RefusesTilesThatAreLargerThanAv1Can) {
  bmff::ItemFile file({"avif", "mif1"});
  const bmff::ItemId grid = add_item(file, grid_of(4, 4, {64, 64}));
  ReadItem tile{.type = "av01"};
  tile.data = Bytes(16);
  tile.properties.push_back({.type = "av1C", .essential = true, .payload = Bytes(4)});
  tile.properties.push_back(
      {.type = "ispe", .essential = false, .payload = ByteWriter().u32be(0).u32be(1 << 30).u32be(1 << 30).take()});
  file.add_reference("dimg", grid, std::vector<bmff::ItemId>(16, add_item(file, tile)));
  file.set_primary(grid);
  const Opened opened = open(written(std::move(file)));
  EXPECT_EQ(opened.code, Errc::corrupt_input);
  EXPECT_NE(opened.error.find("65536"), std::string::npos) << opened.error;
}

TEST(HeifHostile, CountsTheMemoryOfATileThatIsLargerThanThePicture) {
  const ReadItem tile = primary_of(packed(format_of(PF::i420, {2048, 2048}), {}, false));
  bmff::ItemFile file({"heic", "mif1"});
  const bmff::ItemId grid = add_item(file, grid_of(1, 1, {16, 16}));
  file.add_reference("dimg", grid, {add_item(file, tile)});
  file.set_primary(grid);
  const Bytes bytes = written(std::move(file));
  EXPECT_EQ(open(bytes).error, "");
  const Opened opened = open(bytes, {.max_memory_bytes = 1 << 20});
  EXPECT_EQ(opened.code, Errc::limit_exceeded);
  EXPECT_NE(opened.error.find("max-memory"), std::string::npos) << opened.error;
}

TEST(HeifHostile, RefusesEssentialPropertiesThatItDoesNotKnow) {
  ReadItem item = primary_of(packed(format_of(PF::i420, {64, 48})));
  item.properties.push_back({.type = "iscl", .essential = false, .payload = Bytes(8, std::byte{1})});
  EXPECT_EQ(open(file_of(item)).error, "");
  item.properties.back().essential = true;
  const Opened opened = open(file_of(item));
  EXPECT_EQ(opened.code, Errc::unsupported);
  EXPECT_NE(opened.error.find("iscl"), std::string::npos) << opened.error;
}

/// Without loop filters and with all of them: the decoder's memory is not the same.
constexpr std::array kFilterEfforts = {0, 6};

Bytes packed_with_effort(const ImageFormat& format, int effort, unsigned threads) {
  PackingOptions options = heif_options();
  options.effort = effort;
  auto file = pack(TestPicture(format).view(), options, {}, threads);
  EXPECT_TRUE(file.has_value());
  return file ? std::move(file).value() : Bytes();
}

/// The first plane; empty where the file can't be read.
DecodedPlane opened_luma(ByteView file, unsigned threads) {
  const Opened opened = open(file, {}, threads);
  return opened.error.empty() ? planes_of(opened.picture.main.view())[0] : DecodedPlane();
}

/// What a decoder did not decode is whatever was in its memory.
TEST(HeifHostile, RefusesASliceThatIsCut) {
  for (const int effort : kFilterEfforts) {
    ReadItem item = primary_of(packed_with_effort(format_of(PF::i420, {256, 192}), effort, 2));
    const Bytes whole = item.data;
    constexpr std::size_t kParts = 32;
    for (std::size_t parts = 1; parts < kParts; ++parts) {
      item.data = sized(ByteView(whole).subspan(4, whole.size() * parts / kParts));
      for (const unsigned threads : {1U, 2U, 5U}) {
        EXPECT_NE(open(file_of(item), {}, threads).error, "") << parts << " parts, " << threads << " threads";
      }
    }
  }
}

/// The slice's header says where rows begin, which one thread does not need to know.
TEST(HeifHostile, ReadsABrokenSliceWithAnyNumberOfThreads) {
  ReadItem item = primary_of(packed_with_effort(format_of(PF::i420, {256, 192}), 0, 2));
  const Bytes whole = item.data;
  const DecodedPlane expected = opened_luma(file_of(item), 1);
  constexpr std::size_t kLengthAndType = 6;
  int whole_pictures = 0;
  for (std::size_t at = kLengthAndType; at < kLengthAndType + 16; ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      item.data = whole;
      item.data[at] ^= std::byte{1} << bit;
      const Bytes file = file_of(item);
      const DecodedPlane alone = opened_luma(file, 1);
      EXPECT_TRUE(opened_luma(file, 3) == alone) << "byte " << at << ", bit " << bit;
      whole_pictures += alone == expected ? 1 : 0;
    }
  }
  EXPECT_GT(whole_pictures, 0);
}

/// A sound slice of one coding tree unit in a picture of twelve.
TEST(HeifHostile, RefusesASliceThatEndsTooEarly) {
  for (const PF layout : {PF::i420, PF::y444_10le, PF::gray8}) {
    for (const int effort : kFilterEfforts) {
      ReadItem item = primary_of(packed_with_effort(format_of(layout, {256, 192}), effort, 1));
      EXPECT_EQ(open(file_of(item)).error, "");
      item.data = primary_of(packed_with_effort(format_of(layout, {64, 64}), effort, 1)).data;
      for (const unsigned threads : {1U, 2U}) {
        EXPECT_NE(open(file_of(item), {}, threads).error, "") << threads << " threads";
      }
    }
  }
}

TEST(HeifHostile, GivesOneErrorForEveryCut) {
  const Bytes whole = packed(format_of(PF::a420, {40, 30}));
  for (std::size_t size = 0; size < whole.size(); size += 11) {
    const Opened opened = open(ByteView(whole).first(size));
    EXPECT_NE(opened.error, "") << size;
    EXPECT_EQ(opened.code, Errc::corrupt_input) << size << opened.error;
  }
}

TEST(HeifHostile, SurvivesEveryFlippedByteOfItsBoxes) {
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
