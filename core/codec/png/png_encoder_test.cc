// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <string>

#include "codec/codec_list.h"
#include "codec/png/png_reading.h"
#include "image/image_buffer.h"

namespace imagepacker {
namespace {

/// What fills a test picture.
enum class Content { noise, gradient, flat, text };

std::uint8_t sample_at(Content content, std::size_t x, int y, std::minstd_rand& random) {
  switch (content) {
    case Content::noise:
      return static_cast<std::uint8_t>(random() >> 7);
    case Content::gradient:
      return static_cast<std::uint8_t>(x / 3 + static_cast<std::size_t>(y) + (random() >> 7) % 3);
    case Content::flat:
      return 0x5A;
    case Content::text:
      return (x / 24 + static_cast<std::size_t>(y) / 9) % 3 == 0 && (x * 7 + static_cast<std::size_t>(y) * 3) % 11 < 4
                 ? 0x10
                 : 0xF0;
  }
  return 0;
}

/// A picture of that layout whose rows lie `padding_bytes` apart and whose memory ends with the last sample.
struct TestImage {
  ImageFormat format;
  Bytes bytes;
  std::size_t row_bytes;
  std::size_t stride_bytes;

  TestImage(PixelFormat layout, Size size, Content content, std::size_t padding_bytes = 0) {
    format.layout = layout;
    format.size = size;
    format.alpha = format.info().has_alpha ? Alpha::straight : Alpha::none;
    row_bytes = plane_row_bytes(format.info(), 0, size);
    stride_bytes = row_bytes + padding_bytes;
    bytes.resize(stride_bytes * static_cast<std::size_t>(size.height) - padding_bytes);
    std::minstd_rand random(7);
    for (int y = 0; y < size.height; ++y) {
      for (std::size_t x = 0; x < row_bytes; ++x) {
        bytes[static_cast<std::size_t>(y) * stride_bytes + x] = std::byte{sample_at(content, x, y, random)};
      }
    }
  }

  [[nodiscard]] ImageView view() const {
    ImageView view{.format = format, .planes = {}};
    view.planes[0] = {.bytes = bytes, .stride_bytes = stride_bytes};
    return view;
  }

  /// All rows without padding.
  [[nodiscard]] std::vector<std::uint8_t> samples() const {
    std::vector<std::uint8_t> result(row_bytes * static_cast<std::size_t>(format.size.height));
    for (std::size_t y = 0; y < static_cast<std::size_t>(format.size.height); ++y) {
      std::memcpy(result.data() + y * row_bytes, bytes.data() + y * stride_bytes, row_bytes);
    }
    return result;
  }
};

struct Encoding {
  int effort = PackingOptions::kDefaultEffort;
  unsigned threads = 2;
  Metadata metadata;
};

Result<Bytes> encode(const ImageView& view, const Encoding& encoding = {}) {
  PackingOptions options{.format = Format::png};
  options.effort = encoding.effort;
  const auto encoder = find_codec(Format::png)->create_encoder(view.format, options);
  EXPECT_TRUE(encoder.has_value());
  TaskPool pool(encoding.threads);
  VectorSink sink;
  const ViewRows rows(view);
  const Status status =
      (*encoder)->encode({.image = rows, .metadata = encoding.metadata, .pool = pool, .stop = {}}, sink);
  if (!status.has_value()) {
    return Error(status.error());
  }
  return sink.take();
}

constexpr PixelFormat kLayouts[] = {PixelFormat::gray8,     PixelFormat::rgb,      PixelFormat::rgba,
                                    PixelFormat::gray16_be, PixelFormat::rgb48_be, PixelFormat::rgba64_be};

void expect_exact(const TestImage& image, int effort) {
  const auto png = encode(image.view(), {.effort = effort, .threads = 2, .metadata = {}});
  ASSERT_TRUE(png.has_value()) << png.error().message;
  const ReadPng read = read_png(*png);
  EXPECT_EQ(read.complaints, "");
  EXPECT_EQ(read.width, image.format.size.width);
  EXPECT_EQ(read.height, image.format.size.height);
  EXPECT_EQ(read.bit_depth, image.format.info().depth);
  EXPECT_TRUE(read.samples == image.samples());
}

class PngOfEveryLayout : public ::testing::TestWithParam<PixelFormat> {};

TEST_P(PngOfEveryLayout, ReadsBackExactly) {
  for (const Content content : {Content::noise, Content::gradient, Content::flat, Content::text}) {
    for (const Size size :
         {Size{1, 1}, Size{1, 33}, Size{33, 1}, Size{2, 2}, Size{3, 5}, Size{17, 13}, Size{257, 64}}) {
      SCOPED_TRACE(::testing::Message() << size.width << "×" << size.height << " content "
                                        << static_cast<int>(content));
      expect_exact(TestImage(GetParam(), size, content), PackingOptions::kDefaultEffort);
      expect_exact(TestImage(GetParam(), size, content, 29), PackingOptions::kDefaultEffort);
    }
  }
}

TEST_P(PngOfEveryLayout, ReadsBackExactlyWithEveryEffort) {
  for (const Content content : {Content::noise, Content::gradient, Content::flat, Content::text}) {
    for (int effort = 0; effort <= PackingOptions::kMaxEffort; ++effort) {
      SCOPED_TRACE(::testing::Message() << "effort " << effort << " content " << static_cast<int>(content));
      expect_exact(TestImage(GetParam(), {301, 83}, content), effort);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Png, PngOfEveryLayout, ::testing::ValuesIn(kLayouts),
                         [](const auto& instance) { return std::string(pixel_format_info(instance.param).name); });

TEST(PngEncoder, ReadsBackManyStripsExactly) {
  for (const Content content : {Content::noise, Content::gradient, Content::flat, Content::text}) {
    SCOPED_TRACE(static_cast<int>(content));
    expect_exact(TestImage(PixelFormat::rgb, {1203, 907}, content), PackingOptions::kDefaultEffort);
  }
}

TEST(PngEncoder, ReadsBackRowsLongerThanAStrip) {
  expect_exact(TestImage(PixelFormat::rgba64_be, {120001, 3}, Content::gradient), PackingOptions::kDefaultEffort);
}

TEST(PngEncoder, GivesTheSameBytesForAnyNumberOfThreads) {
  for (const int effort : {0, 4, 5, 7}) {
    const TestImage image(PixelFormat::rgb, {1203, 907}, Content::gradient);
    const Bytes one = encode(image.view(), {.effort = effort, .threads = 1, .metadata = {}}).value();
    EXPECT_TRUE(encode(image.view(), {.effort = effort, .threads = 2, .metadata = {}}).value() == one);
    EXPECT_TRUE(encode(image.view(), {.effort = effort, .threads = 5, .metadata = {}}).value() == one);
  }
}

TEST(PngEncoder, GivesTheSameBytesOnEveryCpu) {
  for (const PixelFormat layout : kLayouts) {
    for (const Content content : {Content::gradient, Content::flat, Content::text}) {
      const TestImage image(layout, {301, 83}, content);
      for (const int effort : {0, 2, 4, 5, 6}) {
        const Bytes best = encode(image.view(), {.effort = effort, .threads = 1, .metadata = {}}).value();
        for (const auto target : hwy::SupportedAndGeneratedTargets()) {
          hwy::SetSupportedTargetsForTest(target);
          EXPECT_TRUE(encode(image.view(), {.effort = effort, .threads = 1, .metadata = {}}).value() == best)
              << hwy::TargetName(target) << ", " << image.format.info().name << ", content "
              << static_cast<int>(content) << ", effort " << effort;
        }
        hwy::SetSupportedTargetsForTest(0);
      }
    }
  }
}

TEST(PngEncoder, PassesPngcheck) {
  if (std::system("pngcheck -h >/dev/null 2>&1") == 127 << 8) {
    GTEST_SKIP() << "pngcheck is not installed";
  }
  const std::string path = ::testing::TempDir() + "imagepacker-pngcheck.png";
  for (const PixelFormat layout : kLayouts) {
    for (const Content content : {Content::gradient, Content::text}) {
      const TestImage image(layout, {611, 433}, content);
      const Bytes png = encode(image.view()).value();
      std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(png.data()), std::ssize(png));
      EXPECT_EQ(std::system(("pngcheck -q '" + path + "'").c_str()), 0);
    }
  }
  std::remove(path.c_str());
}

TEST(PngEncoder, IsCancelled) {
  const TestImage image(PixelFormat::rgb, {64, 64}, Content::flat);
  const auto encoder = find_codec(Format::png)->create_encoder(image.format, {.format = Format::png}).value();
  TaskPool pool(1);
  VectorSink sink;
  const ImageView view = image.view();
  const ViewRows rows(view);
  const Metadata metadata;
  std::stop_source stop;
  stop.request_stop();
  const Status status =
      encoder->encode({.image = rows, .metadata = metadata, .pool = pool, .stop = stop.get_token()}, sink);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, Errc::cancelled);
}

class RefusingSink final : public ByteSink {
 public:
  explicit RefusingSink(int accepted) : accepted_(accepted) {}
  Status write(ByteView) override { return accepted_-- > 0 ? Status() : Status(make_error(Errc::sink_failed, "full")); }
  [[nodiscard]] int refusals() const { return -std::min(accepted_, 0); }

 private:
  int accepted_;
};

TEST(PngEncoder, HandsOnWhatTheSinkSays) {
  const TestImage image(PixelFormat::rgb, {1203, 907}, Content::noise);
  const auto encoder = find_codec(Format::png)->create_encoder(image.format, {.format = Format::png}).value();
  TaskPool pool(4);
  const ImageView view = image.view();
  const ViewRows rows(view);
  const Metadata metadata;
  for (int accepted = 0; accepted < 8; ++accepted) {
    RefusingSink sink(accepted);
    const Status status = encoder->encode({.image = rows, .metadata = metadata, .pool = pool, .stop = {}}, sink);
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, Errc::sink_failed);
    // Strips that other threads had begun are not written any more.
    EXPECT_EQ(sink.refusals(), 1) << accepted;
  }
}

TEST(PngEncoder, ChoosesTheNearestLayout) {
  const auto layout_for = [](PixelFormat layout, Alpha alpha, Transfer transfer = Transfer::srgb) {
    ImageFormat source{.layout = layout, .size = {4, 4}, .alpha = alpha};
    source.color.matrix = source.info().model == ColorModel::yuv ? Matrix::bt709 : Matrix::rgb;
    source.color.range = Range::limited;
    source.color.transfer = transfer;
    const auto encoder = find_codec(Format::png)->create_encoder(source, {.format = Format::png}).value();
    EXPECT_EQ(encoder->input().color.matrix, Matrix::rgb);
    EXPECT_EQ(encoder->input().color.range, Range::full);
    EXPECT_TRUE(validate(encoder->input()).has_value());
    return encoder->input().layout;
  };
  EXPECT_EQ(layout_for(PixelFormat::nv12, Alpha::none), PixelFormat::rgb);
  EXPECT_EQ(layout_for(PixelFormat::bgrx, Alpha::none), PixelFormat::rgb);
  EXPECT_EQ(layout_for(PixelFormat::bgra, Alpha::none), PixelFormat::rgb);
  EXPECT_EQ(layout_for(PixelFormat::bgra, Alpha::premultiplied), PixelFormat::rgba);
  EXPECT_EQ(layout_for(PixelFormat::gray8, Alpha::none), PixelFormat::gray8);
  EXPECT_EQ(layout_for(PixelFormat::gray10_le16, Alpha::none), PixelFormat::gray16_be);
  EXPECT_EQ(layout_for(PixelFormat::p010_10le, Alpha::none), PixelFormat::rgb48_be);
  EXPECT_EQ(layout_for(PixelFormat::argb64_le, Alpha::straight), PixelFormat::rgba64_be);
  EXPECT_EQ(layout_for(PixelFormat::nv12, Alpha::none, Transfer::hlg), PixelFormat::rgb48_be);
}

}  // namespace
}  // namespace imagepacker
