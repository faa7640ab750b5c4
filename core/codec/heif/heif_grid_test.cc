// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <algorithm>

#include "codec/heif/decoded_heif.h"
#include "codec/heif/heif_reading.h"
#include "codec/heif/packed_heif.h"
#include "codec/heif/test_pictures.h"
#include "codec/heif/tiling.h"

namespace imagepacker::heif {
namespace {

using PF = PixelFormat;

/// Rows that are copied on demand, as those of a conversion are.
class CopiedRows final : public RowSource {
 public:
  explicit CopiedRows(const ImageView& view) : view_(view) {}
  [[nodiscard]] const ImageFormat& format() const override { return view_.format; }
  [[nodiscard]] bool is_window() const override { return false; }
  Result<ImageView> rows(int first, int count, ImageBuffer& scratch) const override {
    const ImageView window = row_window(view_, first, count);
    if (Status status = scratch.reset(window.format); !status) {
      return std::move(status).error();
    }
    const MutableImageView target = scratch.view();
    const PixelFormatInfo& info = window.format.info();
    for (int p = 0; p < info.plane_count; ++p) {
      for (int y = 0; y < plane_height(info, p, window.format.size); ++y) {
        std::copy_n(window.planes[p].bytes.begin() + y * static_cast<std::ptrdiff_t>(window.planes[p].stride_bytes),
                    plane_row_bytes(info, p, window.format.size),
                    target.planes[p].bytes.begin() + y * static_cast<std::ptrdiff_t>(target.planes[p].stride_bytes));
      }
    }
    return target.as_const();
  }

 private:
  const ImageView& view_;
};

PackingOptions fast_lossless() {
  PackingOptions options = heif_options();
  options.lossless = true;
  options.effort = 0;
  return options;
}

TEST(HeifTiling, DependsOnTheSize) {
  const auto tiling = [](int width, int height) { return choose_tiling(format_of(PF::i420, {width, height})); };
  EXPECT_FALSE(tiling(1, 1).is_grid());
  EXPECT_EQ(tiling(1919, 1079).tile, (Size{1920, 1080}));
  EXPECT_FALSE(tiling(4000, 3000).is_grid());
  EXPECT_FALSE(tiling(8192, 2048).is_grid());
  EXPECT_TRUE(tiling(8193, 100).is_grid());
  EXPECT_EQ(tiling(8193, 100).tile, (Size{1024, 128}));
  const Tiling large = tiling(12000, 9001);
  EXPECT_EQ(large.picture.width, 12000);
  EXPECT_EQ(large.picture.height % 2, 0);
  EXPECT_EQ(large.tile, (Size{1024, 1024}));
  EXPECT_EQ(large.columns, 12);
  EXPECT_EQ(large.rows, 9);
}

class HeifGrid : public testing::TestWithParam<PF> {};

TEST_P(HeifGrid, LosslessIsExact) {
  const Size size = {8205, 67};
  const TestPicture picture(format_of(GetParam(), size));
  const auto bytes = pack(picture.view(), fast_lossless());
  ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
  const ReadHeif file = read_heif(*bytes);
  ASSERT_EQ(file.error, "");
  const ReadItem& primary = *file.find(file.primary);
  EXPECT_EQ(primary.type, "grid");
  EXPECT_FALSE(primary.hidden);
  const auto expected = picture.planes();
  const auto planes = decode_item(file, primary);
  EXPECT_TRUE(std::equal(planes.begin(), planes.end(), expected.begin()));
  if (picture.view().format.has_alpha()) {
    const ReadItem* const alpha = file.find_referring("auxl", file.primary);
    ASSERT_NE(alpha, nullptr);
    EXPECT_EQ(decode_item(file, *alpha)[0], expected[3]);
  }
  const DecodedHeif decoded = decode_heif(*bytes);
  ASSERT_EQ(decoded.error, "");
  EXPECT_EQ((Size{decoded.width, decoded.height}), size);
  EXPECT_TRUE(decoded.has_nclx);
  if (picture.view().format.info().model == ColorModel::rgb) {
    EXPECT_EQ(decoded.planes, expected);
  }
}

INSTANTIATE_TEST_SUITE_P(All, HeifGrid,
                         testing::Values(PF::i420, PF::a422, PF::gray8, PF::i420_10le, PF::y444_12le, PF::gbra));

TEST(HeifGrid, BytesDependOnNeitherThreadsNorTheKindOfRows) {
  const TestPicture picture(format_of(PF::a420, {70, 8200}));
  PackingOptions options = heif_options();
  options.effort = 0;
  const ImageView view = picture.view();
  const auto encoder = heif_codec_descriptor().create_encoder(view.format, options);
  ASSERT_TRUE(encoder.has_value());
  const auto encode = [&](const RowSource& rows, unsigned threads) {
    TaskPool pool(threads);
    VectorSink sink;
    const Metadata metadata;
    EXPECT_TRUE((*encoder)->encode({.image = rows, .metadata = metadata, .pool = pool, .stop = {}}, sink).has_value());
    return sink.take();
  };
  const Bytes reference = encode(ViewRows(view), 1);
  EXPECT_EQ(encode(ViewRows(view), 2), reference);
  EXPECT_EQ(encode(ViewRows(view), 5), reference);
  EXPECT_EQ(encode(CopiedRows(view), 2), reference);
}

TEST(HeifGrid, TheLongestPictureOpens) {
  const TestPicture picture(format_of(PF::gray8, {kMaxPictureDimension, 9}));
  const auto bytes = pack(picture.view(), fast_lossless());
  ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
  const DecodedHeif decoded = decode_heif(*bytes);
  ASSERT_EQ(decoded.error, "");
  EXPECT_EQ((Size{decoded.width, decoded.height}), (Size{kMaxPictureDimension, 9}));
  EXPECT_EQ(heif_codec_descriptor().info.max_width, kMaxPictureDimension);
}

TEST(HeifGrid, CancelledOnTheWay) {
  /// Asks to stop when the second row of tiles is read.
  class StoppingRows final : public RowSource {
   public:
    StoppingRows(const ImageView& view, std::stop_source& stop) : view_(view), stop_(stop) {}
    [[nodiscard]] const ImageFormat& format() const override { return view_.format; }
    [[nodiscard]] bool is_window() const override { return false; }
    Result<ImageView> rows(int first, int count, ImageBuffer&) const override {
      if (first >= 1024) {
        stop_.request_stop();
      }
      return row_window(view_, first, count);
    }

   private:
    const ImageView& view_;
    std::stop_source& stop_;
  };
  const TestPicture picture(format_of(PF::gray8, {64, 8200}));
  const ImageView view = picture.view();
  const auto encoder = heif_codec_descriptor().create_encoder(view.format, heif_options());
  std::stop_source stop;
  TaskPool pool(2);
  VectorSink sink;
  const Metadata metadata;
  const Status status = (*encoder)->encode(
      {.image = StoppingRows(view, stop), .metadata = metadata, .pool = pool, .stop = stop.get_token()}, sink);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, Errc::cancelled);
}

}  // namespace
}  // namespace imagepacker::heif
