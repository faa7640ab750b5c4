// SPDX-License-Identifier: LGPL-2.1-or-later
// Gain maps that come with a picture, through the packer.
#include <gtest/gtest.h>

#include <vector>

#include "imagepacker/packer.h"
#include "support/decode.h"
#include "support/gain_map_file.h"

namespace imagepacker::testing {
namespace {

/// An SDR picture with an app's own map.
class OwnMap {
 public:
  explicit OwnMap(PixelFormat layout)
      : base_(32 * 32 * 3, std::byte{128}), map_(16 * 16 * (layout == PixelFormat::rgb ? 3 : 1), std::byte{200}) {
    picture.main.format = {.layout = PixelFormat::rgb, .size = {32, 24}};
    picture.main.planes[0] = {base_, 96};
    GainMap map;
    map.image.format = {.layout = layout, .size = {16, 12}};
    map.image.planes[0] = {map_, map_.size() / 16};
    for (auto& channel : map.metadata.channels) {
      channel = {.gain_min = -0.5, .gain_max = 2, .gamma = 1.25};
    }
    map.metadata.alternate_hdr_headroom = 2;
    picture.gain_map = map;
  }

  Picture picture;

 private:
  std::vector<std::byte> base_;
  std::vector<std::byte> map_;
};

Bytes pack(const Picture& picture, const PackingOptions& options = {}) {
  TaskPool pool(2);
  const auto packer = Packer::create(picture.main.format, options, pool);
  VectorSink sink;
  EXPECT_TRUE(packer && packer->pack(picture, sink).has_value());
  return sink.take();
}

TEST(OwnGainMap, IsWrittenAsGiven) {
  OwnMap own(PixelFormat::gray8);
  const Bytes file = pack(own.picture, {.gain_map_quality = 100});
  const GainMapFile parts = read_gain_map_file(file);
  const Gain gain = iso_gain(parts.map);
  EXPECT_DOUBLE_EQ(gain.min, -0.5);
  EXPECT_DOUBLE_EQ(gain.gamma, 1.25);
  EXPECT_DOUBLE_EQ(gain.base_offset, 1.0 / 64);
  const DecodedImage map = decode_jpeg_ycbcr(parts.map_bytes);
  EXPECT_EQ(map.size, (Size{16, 12}));
  EXPECT_NEAR(map.planes[0][40], 200, 1);
}

TEST(OwnGainMap, ShrinksWithThePictureAndKeepsItsShape) {
  OwnMap own(PixelFormat::gray8);
  struct Case {
    int max_width;
    Size base, map;
  };
  // Half of 20×15 and of 12×9 would be rounded to other shapes, which readers refuse.
  for (const Case& c : {Case{16, {16, 12}, {8, 6}}, Case{20, {20, 15}, {16, 12}}, Case{12, {12, 9}, {12, 9}}}) {
    const Bytes file = pack(own.picture, {.max_width = c.max_width});
    const GainMapFile parts = read_gain_map_file(file);
    EXPECT_EQ(decode_jpeg_ycbcr(parts.base_bytes).size, c.base);
    EXPECT_EQ(decode_jpeg_ycbcr(parts.map_bytes).size, c.map);
  }
}

TEST(OwnGainMap, OfThreeChannelsInAnotherColourSpaceIsForIsoReaders) {
  OwnMap own(PixelFormat::rgb);
  own.picture.gain_map->metadata.channels[1].gain_max = 1.5;
  own.picture.gain_map->metadata.use_base_color_space = false;
  own.picture.gain_map->image.format.color.primaries = Primaries::bt2020;
  const Bytes file = pack(own.picture);
  const GainMapFile parts = read_gain_map_file(file);
  EXPECT_EQ(parts.base.find(0xE1, kXmpSignature), nullptr);
  EXPECT_EQ(parts.map.find(0xE1, kXmpSignature), nullptr);
  EXPECT_NE(parts.map.find(0xE2, "ICC_PROFILE"), nullptr);
  ASSERT_NE(parts.map.find(0xE2, kIsoSignature), nullptr);
  EXPECT_EQ(parts.map.find(0xE2, kIsoSignature)->payload.size(), kIsoSignature.size() + 141);
}

TEST(OwnGainMap, IsRefusedWhereItCannotBe) {
  OwnMap own(PixelFormat::gray8);
  TaskPool pool(1);
  const auto status_of = [&](PackingOptions options) {
    const auto packer = Packer::create(own.picture.main.format, options, pool);
    EXPECT_TRUE(packer.has_value());
    VectorSink sink;
    return packer->pack(own.picture, sink);
  };
  for (const Format format : {Format::png, Format::webp}) {
    if (format_info(format) != nullptr) {
      const Status status = status_of({.format = format});
      ASSERT_FALSE(status.has_value());
      EXPECT_EQ(status.error().code, Errc::unsupported);
    }
  }
  own.picture.gain_map->metadata.channels[0].gamma = 0;
  EXPECT_EQ(status_of({}).error().code, Errc::invalid_argument);
  own.picture.gain_map->metadata.channels[0].gamma = 1;
  own.picture.gain_map->metadata.base_hdr_headroom = 3;
  EXPECT_EQ(status_of({}).error().code, Errc::unsupported);
}

}  // namespace
}  // namespace imagepacker::testing
