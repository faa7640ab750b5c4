// SPDX-License-Identifier: LGPL-2.1-or-later
//
// HEIF files that are broken, or that would cost more than they are worth.
#include <gtest/gtest.h>

#include <string>
#include <utility>

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

TEST(HeifHostile, RefusesAStreamThatIsLargerThanItsHeadersSay) {
  const Bytes file = packed(format_of(PF::i420, {64, 48}));
  EXPECT_EQ(open(with_unit(file, Bytes{std::byte{0x4E}, std::byte{1}, std::byte{0x80}})).error, "");  // an empty SEI
  const Opened opened = open(with_unit(file, huge_parameter_set()));
  EXPECT_EQ(opened.code, Errc::limit_exceeded);
  EXPECT_NE(opened.error.find("4294836225"), std::string::npos) << opened.error;
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
