// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <string>

#include "base/byte_writer.h"
#include "codec/heif/decoded_heif.h"
#include "codec/heif/heif_reading.h"
#include "codec/heif/packed_heif.h"
#include "codec/heif/test_pictures.h"
#include "codec/heif/tiling.h"

namespace imagepacker::heif {
namespace {

using PF = PixelFormat;

Bytes bytes_of(std::string_view chars) {
  ByteWriter writer;
  return writer.append(chars).take();
}

Bytes pack_with(ImageFormat format, const Metadata& metadata = {}, bool lossless = false) {
  const TestPicture picture(format);
  PackingOptions options = heif_options();
  options.lossless = lossless;
  auto bytes = pack(picture.view(), options, metadata);
  EXPECT_TRUE(bytes.has_value()) << bytes.error().message;
  return bytes.has_value() ? *bytes : Bytes{};
}

TEST(HeifMetadata, ColorIsStatedAsItIs) {
  struct Case {
    PF layout;
    ColorSpace color;
  };
  const Case cases[] = {
      {PF::i420, {Primaries::bt709, Transfer::bt709, Matrix::bt709, Range::limited, ChromaSite::left}},
      {PF::i420, {Primaries::smpte170m, Transfer::bt601, Matrix::bt601, Range::full, ChromaSite::center}},
      {PF::y444, {Primaries::smpte_eg432, Transfer::srgb, Matrix::bt601, Range::full, ChromaSite::unspecified}},
      {PF::i420_10le, {Primaries::bt2020, Transfer::pq, Matrix::bt2020_ncl, Range::limited, ChromaSite::top_left}},
      {PF::i420_10le, {Primaries::bt2020, Transfer::hlg, Matrix::bt2020_ncl, Range::full, ChromaSite::top_left}},
  };
  for (const Case& each : cases) {
    ImageFormat format = format_of(each.layout, {32, 24});
    format.color = each.color;
    const DecodedHeif decoded = decode_heif(pack_with(format));
    ASSERT_EQ(decoded.error, "");
    ASSERT_TRUE(decoded.has_nclx);
    EXPECT_EQ(decoded.primaries, static_cast<int>(each.color.primaries));
    EXPECT_EQ(decoded.transfer, static_cast<int>(each.color.transfer));
    EXPECT_EQ(decoded.matrix, static_cast<int>(each.color.matrix));
    EXPECT_EQ(decoded.is_full_range, each.color.range == Range::full);
    EXPECT_TRUE(decoded.icc.empty());
  }
}

TEST(HeifMetadata, ColorWithoutCodeGetsAProfile) {
  ImageFormat format = format_of(PF::y444, {32, 24});
  format.color.primaries = Primaries::adobe_rgb;
  format.color.transfer = Transfer::adobe_rgb;
  const DecodedHeif decoded = decode_heif(pack_with(format));
  ASSERT_EQ(decoded.error, "");
  EXPECT_EQ(decoded.primaries, 2);
  EXPECT_EQ(decoded.transfer, 2);
  EXPECT_EQ(decoded.matrix, 6);
  EXPECT_FALSE(decoded.icc.empty());
}

TEST(HeifMetadata, LightLevelsAreStated) {
  ImageFormat format = format_of(PF::i420_10le, {32, 24});
  format.color = {Primaries::bt2020, Transfer::pq, Matrix::bt2020_ncl, Range::limited, ChromaSite::top_left};
  format.hdr.content_light_level = ContentLightLevel{.max_cll = 1234, .max_fall = 56};
  format.hdr.mastering_display = MasteringDisplay{.red = {35400, 14600},
                                                  .green = {8500, 39850},
                                                  .blue = {6550, 2300},
                                                  .white = {15635, 16450},
                                                  .max_luminance = 10000000,
                                                  .min_luminance = 50};
  const ReadHeif file = read_heif(pack_with(format));
  ASSERT_EQ(file.error, "");
  const ReadItem& image = *file.find(file.primary);
  const Bytes clli = ByteWriter().u16be(1234).u16be(56).take();
  ByteWriter mdcv;
  for (const std::uint16_t value : {8500, 39850, 6550, 2300, 35400, 14600, 15635, 16450}) {
    mdcv.u16be(value);
  }
  mdcv.u32be(10000000).u32be(50);
  ASSERT_NE(image.find("clli"), nullptr);
  ASSERT_NE(image.find("mdcv"), nullptr);
  EXPECT_EQ(image.find("clli")->payload, clli);
  EXPECT_EQ(image.find("mdcv")->payload, mdcv.take());
}

TEST(HeifMetadata, BlobsComeBack) {
  Metadata metadata;
  metadata.exif = bytes_of(std::string_view("II*\0\x08\0\0\0\0\0\0\0\0\0", 14));
  metadata.xmp = bytes_of("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>");
  metadata.icc = bytes_of("profile");
  const DecodedHeif decoded = decode_heif(pack_with(format_of(PF::i420, {32, 24}), metadata));
  ASSERT_EQ(decoded.error, "");
  EXPECT_EQ(decoded.exif, ByteWriter().u32be(6).append(std::string_view("Exif\0\0", 6)).append(metadata.exif).take());
  EXPECT_EQ(decoded.xmp, metadata.xmp);
  EXPECT_EQ(decoded.icc, metadata.icc);
  EXPECT_TRUE(decoded.has_nclx);
}

TEST(HeifMetadata, HostileBlobsStayBlobs) {
  Metadata metadata;
  metadata.exif = Bytes(1 << 20, std::byte{0xFF});
  metadata.xmp = Bytes(3, std::byte{0});
  metadata.icc = Bytes(200000, std::byte{0});
  const ReadHeif file = read_heif(pack_with(format_of(PF::i420, {32, 24}), metadata));
  ASSERT_EQ(file.error, "");
  ASSERT_EQ(file.items.size(), 3u);
  EXPECT_EQ(file.items[1].data.size(), metadata.exif.size() + 10);
  EXPECT_EQ(file.items[2].data, metadata.xmp);
  EXPECT_EQ(file.items[2].content_type, "application/rdf+xml");
}

/// `plane` turned as Exif says, computed point by point.
DecodedPlane turned(const DecodedPlane& plane, Orientation orientation) {
  const bool swaps = static_cast<int>(orientation) >= static_cast<int>(Orientation::transpose);
  DecodedPlane result{.width = swaps ? plane.height : plane.width,
                      .height = swaps ? plane.width : plane.height,
                      .bits = plane.bits,
                      .samples = {}};
  const int right = plane.width - 1;
  const int bottom = plane.height - 1;
  for (int y = 0; y < result.height; ++y) {
    for (int x = 0; x < result.width; ++x) {
      // Where the pixel shown at (x, y) is stored: TIFF 6.0, tag Orientation.
      int sample = 0;
      switch (orientation) {
        case Orientation::normal:
          sample = plane.at(x, y);
          break;
        case Orientation::flip_horizontal:
          sample = plane.at(right - x, y);
          break;
        case Orientation::rotate_180:
          sample = plane.at(right - x, bottom - y);
          break;
        case Orientation::flip_vertical:
          sample = plane.at(x, bottom - y);
          break;
        case Orientation::transpose:
          sample = plane.at(y, x);
          break;
        case Orientation::rotate_90:
          sample = plane.at(y, bottom - x);
          break;
        case Orientation::transverse:
          sample = plane.at(right - y, bottom - x);
          break;
        case Orientation::rotate_270:
          sample = plane.at(right - y, x);
          break;
      }
      result.samples.push_back(static_cast<std::uint16_t>(sample));
    }
  }
  return result;
}

TEST(HeifMetadata, OrientationTurnsThePicture) {
  const ImageFormat format = format_of(PF::gbra, {37, 21});
  const auto stored = TestPicture(format).planes();
  for (int code = 1; code <= 8; ++code) {
    Metadata metadata;
    metadata.orientation = static_cast<Orientation>(code);
    const DecodedHeif decoded = decode_heif(pack_with(format, metadata, true));
    ASSERT_EQ(decoded.error, "");
    for (std::size_t p = 0; p < stored.size(); ++p) {
      EXPECT_EQ(decoded.planes[p], turned(stored[p], metadata.orientation)) << "orientation " << code << " plane " << p;
    }
  }
}

TEST(HeifMetadata, ItemsAreWhatReadersExpect) {
  const ReadHeif file = read_heif(pack_with(format_of(PF::a420, {33, 24})));
  ASSERT_EQ(file.error, "");
  EXPECT_EQ(file.brands, (std::vector<std::string>{"heic", "mif1", "miaf"}));
  const ReadItem& color = *file.find(file.primary);
  EXPECT_EQ(color.type, "hvc1");
  EXPECT_FALSE(color.hidden);
  ASSERT_NE(color.find("hvcC"), nullptr);
  EXPECT_TRUE(color.find("hvcC")->essential);
  ASSERT_NE(color.find("clap"), nullptr);
  EXPECT_TRUE(color.find("clap")->essential);
  const Size coded = choose_tiling(format_of(PF::a420, {33, 24})).picture;
  EXPECT_EQ(color.find("ispe")->payload, ByteWriter()
                                             .u32be(0)
                                             .u32be(static_cast<std::uint32_t>(coded.width))
                                             .u32be(static_cast<std::uint32_t>(coded.height))
                                             .take());
  EXPECT_EQ(color.find("pixi")->payload, ByteWriter().u32be(0).u8(3).u8(8).u8(8).u8(8).take());
  const ReadItem* const alpha = file.find_referring("auxl", file.primary);
  ASSERT_NE(alpha, nullptr);
  EXPECT_EQ(alpha->find("pixi")->payload, ByteWriter().u32be(0).u8(1).u8(8).take());
  EXPECT_EQ(alpha->find("auxC")->payload, ByteWriter().u32be(0).append("urn:mpeg:hevc:2015:auxid:1").u8(0).take());
  EXPECT_EQ(alpha->find("colr"), nullptr);
}

TEST(HeifMetadata, BrandsAndLevelTellTheDecoder) {
  for (const PF layout : {PF::i420, PF::i420_10le, PF::y444, PF::i420_12le, PF::gray8}) {
    for (const bool lossless : {false, true}) {
      const ReadHeif file = read_heif(pack_with(format_of(layout, {64, 64}), {}, lossless));
      ASSERT_EQ(file.error, "");
      const Bytes& configuration = file.find(file.primary)->find("hvcC")->payload;
      const int profile = std::to_integer<int>(configuration[1]) & 0x1F;
      EXPECT_EQ(file.brands.front(), profile == 1 || profile == 3 ? "heic" : "heix");
      EXPECT_EQ(file.brands.front() == "heic", layout == PF::i420);
      constexpr int kLevel62 = 186;
      EXPECT_LE(std::to_integer<int>(configuration[12]), kLevel62);
    }
  }
}

}  // namespace
}  // namespace imagepacker::heif
