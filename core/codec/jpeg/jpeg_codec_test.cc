// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "codec/codec_list.h"
#include "codec/jpeg/decoded_jpeg.h"
#include "codec/jpeg/test_pictures.h"

namespace imagepacker::jpeg {
namespace {

const CodecDescriptor& codec() {
  return *find_codec(Format::jpeg);
}

Result<Bytes> encode(const ImageBuffer& picture, const PackingOptions& options, const Metadata& metadata = {},
                     unsigned threads = 2, const std::stop_token& stop = {}) {
  const ImageView view = picture.view();
  auto encoder = codec().create_encoder(view.format, options);
  if (!encoder.has_value()) {
    return encoder.error();
  }
  EXPECT_EQ((*encoder)->input(), view.format);
  const ViewRows rows(view);
  TaskPool pool(threads);
  VectorSink sink;
  const Status status = (*encoder)->encode({.image = rows, .metadata = metadata, .pool = pool, .stop = stop}, sink);
  if (!status.has_value()) {
    return Status(status).error();
  }
  return sink.take();
}

double luma_psnr(const ImageBuffer& picture, const DecodedJpeg& decoded) {
  const ImageView view = picture.view();
  double squares = 0;
  for (int y = 0; y < decoded.height; ++y) {
    for (int x = 0; x < decoded.width; ++x) {
      const auto at = static_cast<std::size_t>(y) * view.planes[0].stride_bytes + static_cast<std::size_t>(x);
      const auto coded =
          decoded
              .samples[static_cast<std::size_t>(y * decoded.width + x) * static_cast<std::size_t>(decoded.components)];
      const double difference = std::to_integer<int>(view.planes[0].bytes[at]) - static_cast<int>(coded);
      squares += difference * difference;
    }
  }
  return 10 * std::log10(255.0 * 255.0 * decoded.width * decoded.height / std::max(squares, 1e-9));
}

struct LayoutCase {
  PixelFormat layout;
  std::array<int, 2> luma_sampling;
};

class JpegCodecLayouts : public ::testing::TestWithParam<LayoutCase> {};

TEST_P(JpegCodecLayouts, DecodesToThePicture) {
  for (const bool progressive : {false, true}) {
    for (const Size size : {Size{1, 1}, Size{2, 2}, Size{3, 5}, Size{17, 13}, Size{640, 480}, Size{333, 1079}}) {
      const ImageBuffer picture = make_picture(GetParam().layout, size, Content::photo);
      const auto bytes = encode(picture, {.quality = 95, .progressive = progressive});
      ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
      const DecodedJpeg decoded = decode_jpeg(*bytes);
      EXPECT_EQ(decoded.error, "");
      EXPECT_EQ(decoded.width, size.width);
      EXPECT_EQ(decoded.height, size.height);
      EXPECT_EQ(decoded.progressive, progressive);
      EXPECT_TRUE(decoded.has_jfif);
      EXPECT_EQ(decoded.luma_sampling, GetParam().luma_sampling);
      EXPECT_GT(luma_psnr(picture, decoded), 38) << size.width << "x" << size.height;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, JpegCodecLayouts,
                         ::testing::Values(LayoutCase{PixelFormat::gray8, {1, 1}},
                                           LayoutCase{PixelFormat::i420, {2, 2}}, LayoutCase{PixelFormat::y42b, {2, 1}},
                                           LayoutCase{PixelFormat::y444, {1, 1}}));

TEST(JpegCodec, ChoosesTheLayoutNearestToTheSource) {
  const auto layout_for = [](PixelFormat source, ChromaSubsampling wanted) {
    ImageFormat format{.layout = source, .size = {16, 16}, .color = {}, .alpha = Alpha::none, .hdr = {}};
    const auto encoder = codec().create_encoder(format, {.chroma_subsampling = wanted});
    EXPECT_TRUE(encoder.has_value());
    EXPECT_EQ((*encoder)->input().color.matrix, Matrix::bt601);
    EXPECT_EQ((*encoder)->input().color.range, Range::full);
    EXPECT_EQ((*encoder)->input().color.chroma_site, ChromaSite::center);
    return (*encoder)->input().layout;
  };
  const auto automatic = ChromaSubsampling::automatic;
  EXPECT_EQ(layout_for(PixelFormat::rgba, automatic), PixelFormat::i420);
  EXPECT_EQ(layout_for(PixelFormat::p010_10le, automatic), PixelFormat::i420);
  EXPECT_EQ(layout_for(PixelFormat::yuy2, automatic), PixelFormat::y42b);
  EXPECT_EQ(layout_for(PixelFormat::ayuv, automatic), PixelFormat::y444);
  EXPECT_EQ(layout_for(PixelFormat::y41b, automatic), PixelFormat::i420);
  EXPECT_EQ(layout_for(PixelFormat::gray16_le, automatic), PixelFormat::gray8);
  EXPECT_EQ(layout_for(PixelFormat::gray8, ChromaSubsampling::yuv420), PixelFormat::gray8);
  EXPECT_EQ(layout_for(PixelFormat::rgb, ChromaSubsampling::yuv444), PixelFormat::y444);
  EXPECT_EQ(layout_for(PixelFormat::y444, ChromaSubsampling::yuv422), PixelFormat::y42b);
}

TEST(JpegCodec, TakesPairsOfChromaOnlyWhereNothingHasToBeConverted) {
  const ImageBuffer picture = make_picture(PixelFormat::nv12, {64, 48}, Content::photo);
  const auto input_for = [](ImageFormat format, const PackingOptions& options) {
    return (*codec().create_encoder(format, options))->input().layout;
  };
  const ImageFormat format = picture.view().format;
  EXPECT_EQ(input_for(format, {}), PixelFormat::nv12);
  EXPECT_EQ(input_for(format, {.progressive = true}), PixelFormat::i420);
  EXPECT_EQ(input_for(format, {.chroma_subsampling = ChromaSubsampling::yuv444}), PixelFormat::y444);
  ImageFormat limited = format;
  limited.color.range = Range::limited;
  EXPECT_EQ(input_for(limited, {}), PixelFormat::i420);

  const auto bytes = encode(picture, {.quality = 95});
  ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
  const DecodedJpeg decoded = decode_jpeg(*bytes);
  EXPECT_EQ(decoded.error, "");
  EXPECT_GT(luma_psnr(picture, decoded), 38);
}

TEST(JpegCodec, SpendsFewerBytesWithMoreEffort) {
  const ImageBuffer picture = make_picture(PixelFormat::i420, {640, 480}, Content::photo);
  std::size_t previous = SIZE_MAX;
  for (const int effort : {0, 2, PackingOptions::kDefaultEffort, 7}) {
    const auto bytes = encode(picture, {.effort = effort});
    ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
    EXPECT_LT(bytes->size(), previous) << "effort " << effort;
    previous = bytes->size();
    const DecodedJpeg decoded = decode_jpeg(*bytes);
    EXPECT_EQ(decoded.error, "");
    EXPECT_FALSE(decoded.progressive);
    EXPECT_GT(luma_psnr(picture, decoded), 37);
  }
}

TEST(JpegCodec, KeepsTheProfileOfThePicture) {
  const ImageBuffer picture = make_picture(PixelFormat::i420, {40, 30}, Content::photo);
  const std::string profile(100000, 'p');
  const ByteView view = std::as_bytes(std::span(profile));
  const auto bytes = encode(picture, {}, {.exif = {}, .xmp = {}, .icc = Bytes(view.begin(), view.end())});
  ASSERT_TRUE(bytes.has_value());
  const DecodedJpeg decoded = decode_jpeg(*bytes);
  EXPECT_EQ(decoded.error, "");
  EXPECT_EQ(std::string(decoded.icc.begin(), decoded.icc.end()), profile);
}

TEST(JpegCodec, RefusesStandardTablesForProgressiveScans) {
  const ImageBuffer picture = make_picture(PixelFormat::i420, {40, 30}, Content::photo);
  const auto bytes = encode(picture, {.progressive = true, .huffman_tables = HuffmanTables::standard});
  ASSERT_FALSE(bytes.has_value());
  EXPECT_EQ(bytes.error().code, Errc::unsupported);
}

TEST(JpegCodec, StopsWhenAsked) {
  const ImageBuffer picture = make_picture(PixelFormat::i420, {40, 30}, Content::photo);
  std::stop_source source;
  source.request_stop();
  for (const bool progressive : {false, true}) {
    const auto bytes = encode(picture, {.progressive = progressive}, {}, 1, source.get_token());
    ASSERT_FALSE(bytes.has_value());
    EXPECT_EQ(bytes.error().code, Errc::cancelled);
  }
}

/// Rows of a picture. With the last of them nobody wants it any more.
class UnwantedRows final : public RowSource {
 public:
  UnwantedRows(const ImageView& view, std::stop_source& stop) : view_(view), stop_(stop) {}
  [[nodiscard]] const ImageFormat& format() const override { return view_.format; }
  Result<ImageView> rows(int first, int count, ImageBuffer&) const override {
    if (first + count == view_.format.size.height) {
      stop_.request_stop();
    }
    return row_window(view_, first, count);
  }
  [[nodiscard]] bool is_window() const override { return true; }

 private:
  const ImageView& view_;
  std::stop_source& stop_;
};

TEST(JpegCodec, StopsBetweenScans) {
  const ImageBuffer picture = make_picture(PixelFormat::i420, {40, 30}, Content::photo);
  const ImageView view = picture.view();
  const auto encoder = codec().create_encoder(view.format, {.progressive = true});
  ASSERT_TRUE(encoder.has_value());
  std::stop_source stop;
  const UnwantedRows rows(view, stop);
  TaskPool pool(1);
  VectorSink sink;
  const Metadata metadata;
  const Status status =
      (*encoder)->encode({.image = rows, .metadata = metadata, .pool = pool, .stop = stop.get_token()}, sink);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, Errc::cancelled);
  EXPECT_TRUE(sink.bytes().empty());
}

}  // namespace
}  // namespace imagepacker::jpeg
