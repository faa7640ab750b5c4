// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/no_new_threads_test_scope.h"
#include "codec/heif/decoded_heif.h"
#include "codec/heif/heif_reading.h"
#include "codec/heif/heif_test_files.h"
#include "codec/heif/packed_heif.h"
#include "codec/heif/test_pictures.h"

namespace imagepacker::heif {
namespace {

using PF = PixelFormat;

/// The layouts that the encoder reads. RGB ones only when lossless.
constexpr PF kLayouts[] = {PF::i420,      PF::y42b,      PF::y444,      PF::gray8,     PF::a420,        PF::a422,
                           PF::a444,      PF::i420_10le, PF::i422_10le, PF::y444_10le, PF::a420_10le,   PF::a444_10le,
                           PF::i420_12le, PF::i422_12le, PF::y444_12le, PF::a422_12le, PF::gray10_le16, PF::gray12_le16,
                           PF::gbr,       PF::gbra,      PF::gbr_10le,  PF::gbr_12le,  PF::gbra_12le};
constexpr Size kSizes[] = {{1, 1}, {2, 2}, {3, 5}, {17, 13}, {64, 48}, {131, 77}};

class HeifPlanes : public testing::TestWithParam<std::tuple<PF, Size>> {};

/// The planes of the file in the order of the source's: color, then alpha.
std::array<DecodedPlane, 4> planes_of(const ReadHeif& file) {
  std::array<DecodedPlane, 4> result;
  const auto color = decode_item(file, *file.find(file.primary));
  std::copy(color.begin(), color.end(), result.begin());
  if (const ReadItem* const alpha = file.find_referring("auxl", file.primary)) {
    result[3] = decode_item(file, *alpha)[0];
  }
  return result;
}

TEST_P(HeifPlanes, LosslessIsExact) {
  const auto [layout, size] = GetParam();
  const TestPicture picture(format_of(layout, size));
  PackingOptions options = heif_options();
  options.lossless = true;
  const auto bytes = pack(picture.view(), options);
  ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
  const ReadHeif file = read_heif(*bytes);
  ASSERT_EQ(file.error, "");
  EXPECT_EQ(planes_of(file), picture.planes());
}

TEST_P(HeifPlanes, LossyIsClose) {
  const auto [layout, size] = GetParam();
  if (pixel_format_info(layout).model == ColorModel::rgb) {
    GTEST_SKIP() << "lossy RGB is coded as YCbCr";
  }
  const TestPicture picture(format_of(layout, size));
  PackingOptions options = heif_options();
  options.quality = 95;
  const auto bytes = pack(picture.view(), options);
  ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
  const ReadHeif file = read_heif(*bytes);
  ASSERT_EQ(file.error, "");
  const auto planes = planes_of(file);
  const auto expected = picture.planes();
  for (std::size_t p = 0; p < expected.size(); ++p) {
    ASSERT_EQ(planes[p].samples.size(), expected[p].samples.size()) << "plane " << p;
    EXPECT_GE(psnr(planes[p], expected[p]), 38) << "plane " << p;
  }
}

/// libheif, through which most programs read HEIF, sees the same picture, alpha and size as the planes say.
TEST_P(HeifPlanes, LibheifOpensIt) {
  const auto [layout, size] = GetParam();
  const PixelFormatInfo& info = pixel_format_info(layout);
  const TestPicture picture(format_of(layout, size));
  PackingOptions options = heif_options();
  options.lossless = true;
  const auto bytes = pack(picture.view(), options);
  ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
  const DecodedHeif decoded = decode_heif(*bytes);
  ASSERT_EQ(decoded.error, "");
  EXPECT_EQ(decoded.width, size.width);
  EXPECT_EQ(decoded.height, size.height);
  const auto expected = picture.planes();
  if (info.model == ColorModel::rgb) {
    EXPECT_EQ(decoded.planes, expected);
  } else if (info.model == ColorModel::gray) {
    EXPECT_EQ(decoded.planes[0].samples, expected[0].samples);
  }
  EXPECT_EQ(decoded.planes[3], expected[3]);
}

std::string name_of(const testing::TestParamInfo<std::tuple<PF, Size>>& info) {
  const auto& [layout, size] = info.param;
  return std::string(pixel_format_info(layout).name) + "_" + std::to_string(size.width) + "x" +
         std::to_string(size.height);
}

INSTANTIATE_TEST_SUITE_P(All, HeifPlanes, testing::Combine(testing::ValuesIn(kLayouts), testing::ValuesIn(kSizes)),
                         name_of);

TEST(HeifCodec, BytesDoNotDependOnThreads) {
  // The second size needs the most padding.
  for (const auto& [layout, size] : {std::pair(PF::i420, Size{333, 254}), std::pair(PF::y42b, Size{322, 258}),
                                     std::pair(PF::a444_10le, Size{333, 254})}) {
    const TestPicture picture(format_of(layout, size));
    const auto one = pack(picture.view(), heif_options(), {}, 1);
    const auto two = pack(picture.view(), heif_options(), {}, 2);
    const auto five = pack(picture.view(), heif_options(), {}, 5);
    ASSERT_TRUE(one.has_value() && two.has_value() && five.has_value());
    EXPECT_EQ(*one, *two);
    EXPECT_EQ(*one, *five);
  }
}

TEST(HeifCodec, EveryEffortAndQualityDecodes) {
  const TestPicture picture(format_of(PF::i420, {95, 66}));
  for (int effort = 0; effort <= PackingOptions::kMaxEffort; ++effort) {
    for (const int quality : {0, 50, 100}) {
      PackingOptions options = heif_options();
      options.effort = effort;
      options.quality = quality;
      const auto bytes = pack(picture.view(), options);
      ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
      const auto planes = planes_of(read_heif(*bytes));
      EXPECT_GE(psnr(planes[0], picture.planes()[0]), quality == 100 ? 50 : 15) << effort << " " << quality;
    }
  }
}

// Coding units are no larger than the picture, and the transforms inside them no smaller than 4 pixels.
TEST(HeifCodec, EveryEffortCodesSmallPictures) {
  for (const Size size : {Size{1, 1}, Size{5, 7}, Size{16, 100}, Size{31, 33}, Size{100, 32}}) {
    for (const PF layout : {PF::i420, PF::y444, PF::gray8, PF::i420_10le}) {
      const TestPicture picture(format_of(layout, size));
      PackingOptions options = heif_options();
      options.quality = 100;
      for (int effort = 0; effort <= PackingOptions::kMaxEffort; ++effort) {
        options.effort = effort;
        const auto bytes = pack(picture.view(), options);
        ASSERT_TRUE(bytes.has_value()) << size.width << "×" << size.height << " effort " << effort << ": "
                                       << bytes.error().message;
        const ReadHeif file = read_heif(*bytes);
        EXPECT_GE(psnr(planes_of(file)[0], picture.planes()[0]), 40)
            << size.width << "×" << size.height << " " << effort;
      }
    }
  }
}

TEST(HeifCodec, FlatColorsStayWhatTheyAre) {
  struct Case {
    PF layout;
    std::array<int, 3> samples;
  };
  // White, black, red, green, blue and gray in limited and full range, in the codes of BT.601, BT.709 and BT.2020.
  const Case cases[] = {{PF::i420, {235, 128, 128}},         {PF::i420, {16, 128, 128}},
                        {PF::i420, {81, 90, 240}},           {PF::i420, {173, 42, 26}},
                        {PF::y444, {29, 255, 107}},          {PF::y42b, {126, 128, 128}},
                        {PF::i420_10le, {287, 403, 960}},    {PF::y444_10le, {638, 151, 93}},
                        {PF::i420_12le, {1024, 3840, 1888}}, {PF::y444, {255, 128, 128}}};
  for (const Case& each : cases) {
    ImageBuffer buffer;
    ASSERT_TRUE(buffer.reset(format_of(each.layout, {50, 35})).has_value());
    const PixelFormatInfo& info = pixel_format_info(each.layout);
    for (std::size_t p = 0; p < 3; ++p) {
      const MutablePlane plane = buffer.view().planes[p];
      for (std::size_t i = 0; i < plane.bytes.size(); ++i) {
        const bool is_high = info.depth > 8 && i % 2 == 1;
        plane.bytes[i] = static_cast<std::byte>(is_high ? each.samples[p] >> 8 : each.samples[p]);
      }
    }
    PackingOptions options = heif_options();
    options.quality = 95;
    const auto bytes = pack(std::as_const(buffer).view(), options);
    ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
    const auto planes = planes_of(read_heif(*bytes));
    for (std::size_t p = 0; p < 3; ++p) {
      for (const int sample : planes[p].samples) {
        ASSERT_NEAR(sample, each.samples[p], info.depth == 8 ? 0 : 1) << info.name << " plane " << p;
      }
    }
  }
}

TEST(HeifCodec, ReadsRowsOfWordsAtOddAddresses) {
  const TestPicture picture(format_of(PF::i420_10le, {40, 30}));
  ImageView view = picture.view();
  std::array<Bytes, 3> shifted;
  for (std::size_t p = 0; p < shifted.size(); ++p) {
    shifted[p].resize(view.planes[p].bytes.size() + 1);
    std::copy(view.planes[p].bytes.begin(), view.planes[p].bytes.end(), shifted[p].begin() + 1);
    view.planes[p].bytes = ByteView(shifted[p]).subspan(1);
  }
  const auto expected = pack(picture.view(), heif_options());
  const auto bytes = pack(view, heif_options());
  ASSERT_TRUE(expected.has_value() && bytes.has_value());
  EXPECT_EQ(*bytes, *expected);
}

TEST(HeifCodec, CancelledBeforeTheStart) {
  const TestPicture picture(format_of(PF::i420, {64, 64}));
  std::stop_source stop;
  stop.request_stop();
  const auto bytes = pack(picture.view(), heif_options(), {}, 2, stop.get_token());
  ASSERT_FALSE(bytes.has_value());
  EXPECT_EQ(bytes.error().code, Errc::cancelled);
}

/// Decoders and encoders with threads of their own wait for those that could not be started.
TEST(HeifCodec, EndsWithoutNewThreads) {
  const TestPicture picture(format_of(PF::i420, {256, 192}));
  const auto file = pack(picture.view(), heif_options());
  ASSERT_TRUE(file.has_value());
  const Opened expected = open(*file);
  const NoNewThreads scope;
  const Opened opened = open(*file);
  EXPECT_EQ(opened.error, "");
  EXPECT_EQ(heif::planes_of(opened.picture.main.view()), heif::planes_of(expected.picture.main.view()));
  const auto again = pack(picture.view(), heif_options());
  EXPECT_TRUE(again.has_value() ? *again == *file : again.error().code == Errc::codec_failed);
}

TEST(HeifCodec, CurvesThatNoProfileHoldsNeedPrimariesWithACode) {
  ImageFormat format = format_of(PF::y444_10le, {16, 16});
  for (const Transfer transfer : {Transfer::pq, Transfer::hlg, Transfer::log100}) {
    format.color.transfer = transfer;
    format.color.primaries = Primaries::adobe_rgb;
    const auto encoder = heif_codec_descriptor().create_encoder(format, heif_options());
    ASSERT_FALSE(encoder.has_value());
    EXPECT_EQ(encoder.error().code, Errc::unsupported);
    EXPECT_NE(encoder.error().message.find("convert to BT.2020"), std::string::npos) << encoder.error().message;
    format.color.primaries = Primaries::bt2020;
    EXPECT_TRUE(heif_codec_descriptor().create_encoder(format, heif_options()).has_value());
  }
}

TEST(HeifCodec, LosslessWithFewerChromaSamplesIsRefused) {
  PackingOptions options = heif_options();
  options.lossless = true;
  options.chroma_subsampling = ChromaSubsampling::yuv420;
  const auto encoder = heif_codec_descriptor().create_encoder(format_of(PF::y444, {16, 16}), options);
  ASSERT_FALSE(encoder.has_value());
  EXPECT_EQ(encoder.error().code, Errc::unsupported);
}

}  // namespace
}  // namespace imagepacker::heif
