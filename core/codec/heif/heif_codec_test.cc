// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "codec/codec_list.h"
#include "codec/heif/decoded_heif.h"
#include "codec/heif/test_pictures.h"
#include "image/row_source.h"

namespace imagepacker::heif {
namespace {

using PF = PixelFormat;

/// libheif 1.15 takes every picture through RGB that is not in the colour space it would choose itself; with these
/// codes its planes are those of the file.
constexpr Matrix kDecoderMatrix = Matrix::bt470bg;

ImageFormat format_of(PF layout, Size size) {
  const PixelFormatInfo& info = pixel_format_info(layout);
  return {.layout = layout,
          .size = size,
          .color = {.primaries = Primaries::bt709,
                    .transfer = Transfer::srgb,
                    .matrix = info.model == ColorModel::rgb ? Matrix::rgb : kDecoderMatrix,
                    .range = Range::full,
                    .chroma_site = ChromaSite::unspecified},
          .alpha = info.has_alpha ? Alpha::straight : Alpha::none,
          .hdr = {}};
}

Result<Bytes> pack(const ImageView& view, const PackingOptions& options, const Metadata& metadata = {},
                   unsigned threads = 2, std::stop_token stop = {}) {
  auto encoder = find_codec(Format::heif)->create_encoder(view.format, options);
  if (!encoder) {
    return std::move(encoder).error();
  }
  EXPECT_EQ((*encoder)->input().layout, view.format.layout);
  TaskPool pool(threads);
  VectorSink sink;
  const ViewRows rows(view);
  if (auto status = (*encoder)->encode({.image = rows, .metadata = metadata, .pool = pool, .stop = stop}, sink);
      !status) {
    return std::move(status).error();
  }
  return sink.take();
}

DecodedKind kind_of(const PixelFormatInfo& layout) {
  if (layout.model != ColorModel::yuv) {
    return layout.model == ColorModel::gray ? DecodedKind::gray : DecodedKind::rgb;
  }
  return layout.log2_chroma_h > 0   ? DecodedKind::yuv420
         : layout.log2_chroma_w > 0 ? DecodedKind::yuv422
                                    : DecodedKind::yuv444;
}

PackingOptions heif_options() {
  PackingOptions options;
  options.format = Format::heif;
  return options;
}

/// The layouts that the encoder reads, all of which are kept as they are.
constexpr PF kLossyLayouts[] = {PF::i420,      PF::y42b,        PF::y444,       PF::gray8,     PF::a420,
                                PF::a422,      PF::a444,        PF::i420_10le,  PF::i422_10le, PF::y444_10le,
                                PF::a420_10le, PF::a444_10le,   PF::i420_12le,  PF::i422_12le, PF::y444_12le,
                                PF::a422_12le, PF::gray10_le16, PF::gray12_le16};
constexpr Size kSizes[] = {{1, 1}, {2, 2}, {3, 5}, {17, 13}, {64, 48}, {131, 77}};

class HeifPlanes : public testing::TestWithParam<std::tuple<PF, Size>> {};

TEST_P(HeifPlanes, LosslessIsExact) {
  const auto [layout, size] = GetParam();
  const TestPicture picture(format_of(layout, size));
  PackingOptions options = heif_options();
  options.lossless = true;
  const auto file = pack(picture.view(), options);
  ASSERT_TRUE(file.has_value()) << file.error().message;
  const DecodedHeif decoded = decode_heif(*file, kind_of(pixel_format_info(layout)));
  ASSERT_EQ(decoded.error, "");
  EXPECT_EQ(decoded.width, size.width);
  EXPECT_EQ(decoded.height, size.height);
  const auto expected = picture.planes();
  for (std::size_t p = 0; p < expected.size(); ++p) {
    EXPECT_EQ(decoded.planes[p].width, expected[p].width) << "plane " << p;
    EXPECT_EQ(decoded.planes[p].height, expected[p].height) << "plane " << p;
    EXPECT_EQ(decoded.planes[p].bits, expected[p].bits) << "plane " << p;
    if (kind_of(pixel_format_info(layout)) == DecodedKind::rgb) {
      EXPECT_EQ(decoded.planes[p].samples, expected[p].samples) << "plane " << p;
    }
  }
}

std::string name_of(const testing::TestParamInfo<std::tuple<PF, Size>>& info) {
  const auto& [layout, size] = info.param;
  return std::string(pixel_format_info(layout).name) + "_" + std::to_string(size.width) + "x" +
         std::to_string(size.height);
}

INSTANTIATE_TEST_SUITE_P(Yuv, HeifPlanes, testing::Combine(testing::ValuesIn(kLossyLayouts), testing::ValuesIn(kSizes)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Rgb, HeifPlanes,
                         testing::Combine(testing::Values(PF::gbr, PF::gbra, PF::gbr_10le, PF::gbr_12le, PF::gbra_12le),
                                          testing::ValuesIn(kSizes)),
                         name_of);

TEST(HeifCodec, BytesDoNotDependOnThreads) {
  for (const PF layout : {PF::i420, PF::a444_10le}) {
    const TestPicture picture(format_of(layout, {333, 254}));
    const auto one = pack(picture.view(), heif_options(), {}, 1);
    const auto two = pack(picture.view(), heif_options(), {}, 2);
    const auto five = pack(picture.view(), heif_options(), {}, 5);
    ASSERT_TRUE(one.has_value() && two.has_value() && five.has_value());
    EXPECT_EQ(*one, *two);
    EXPECT_EQ(*one, *five);
  }
}

TEST(HeifCodec, CancelledBeforeTheStart) {
  const TestPicture picture(format_of(PF::i420, {64, 64}));
  std::stop_source stop;
  stop.request_stop();
  const auto file = pack(picture.view(), heif_options(), {}, 2, stop.get_token());
  ASSERT_FALSE(file.has_value());
  EXPECT_EQ(file.error().code, Errc::cancelled);
}

}  // namespace
}  // namespace imagepacker::heif
