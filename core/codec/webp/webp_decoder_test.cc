// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/webp_decoder.h"

#include <gtest/gtest.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include <cmath>
#include <cstring>
#include <random>
#include <string>

#include "codec/webp/decoded_webp.h"
#include "codec/webp/quality_scale.h"
#include "codec/webp/stored_quality.h"
#include "color/icc_profile.h"
#include "container/riff_webp.h"
#include "metadata/exif_document.h"

namespace imagepacker::webp {
namespace {

struct Opened {
  ImageInfo info;
  std::vector<DecodedPicture> frames;
  std::string error;
  Errc code = Errc::internal;
};

Opened open(ByteView file, const UnpackLimits& limits = {}) {
  Opened opened;
  const auto fail = [&](const Error& error) {
    opened.error = error.message;
    opened.code = error.code;
  };
  auto decoder = open_webp(file, limits);
  if (!decoder) {
    fail(decoder.error());
    return opened;
  }
  opened.info = (*decoder)->info();
  TaskPool pool(2);
  std::vector<Notice> notices;
  for (int i = 0; i < opened.info.frames; ++i) {
    auto picture = (*decoder)->decode({.pool = pool, .stop = {}, .notices = notices});
    if (!picture) {
      fail(picture.error());
      return opened;
    }
    opened.frames.push_back(std::move(picture).value());
  }
  return opened;
}

/// Soft shapes with some noise, R, G, B, A.
std::vector<std::uint8_t> picture(Size size, bool has_alpha, int seed = 1) {
  std::vector<std::uint8_t> rgba;
  std::minstd_rand random(static_cast<unsigned>(seed));
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const int wave = static_cast<int>(90 * std::sin(x * 0.11 + seed) * std::cos(y * 0.07));
      for (int c = 0; c < 3; ++c) {
        rgba.push_back(static_cast<std::uint8_t>(120 + wave + 20 * c - 20 + static_cast<int>(random() % 9)));
      }
      rgba.push_back(has_alpha ? static_cast<std::uint8_t>(x * 5 + y) : 255);
    }
  }
  return rgba;
}

Bytes encode(Size size, const std::vector<std::uint8_t>& rgba, bool lossless, float factor = 80) {
  WebPConfig config;
  WebPPicture input;
  EXPECT_TRUE(WebPConfigInit(&config) != 0 && WebPPictureInit(&input) != 0);
  config.lossless = lossless ? 1 : 0;
  config.quality = factor;
  config.exact = 1;
  input.use_argb = lossless ? 1 : 0;
  input.width = size.width;
  input.height = size.height;
  WebPMemoryWriter writer;
  WebPMemoryWriterInit(&writer);
  input.writer = WebPMemoryWrite;
  input.custom_ptr = &writer;
  EXPECT_NE(WebPPictureImportRGBA(&input, rgba.data(), size.width * 4), 0);
  EXPECT_NE(WebPEncode(&config, &input), 0);
  const auto* const first = reinterpret_cast<const std::byte*>(writer.mem);
  Bytes file(first, first + writer.size);
  WebPMemoryWriterClear(&writer);
  WebPPictureFree(&input);
  return file;
}

/// The bytes of a plane, row after row without padding.
std::vector<std::uint8_t> plane_of(const ImageView& image, int plane) {
  const std::size_t row_bytes = plane_row_bytes(image.format.info(), plane, image.format.size);
  std::vector<std::uint8_t> bytes;
  for (int y = 0; y < plane_height(image.format.info(), plane, image.format.size); ++y) {
    const auto* const row = reinterpret_cast<const std::uint8_t*>(image.planes[plane].bytes.data()) +
                            static_cast<std::size_t>(y) * image.planes[plane].stride_bytes;
    bytes.insert(bytes.end(), row, row + row_bytes);
  }
  return bytes;
}

class WebpSizes : public ::testing::TestWithParam<Size> {};

TEST_P(WebpSizes, LossyGivesThePlanesOfTheFile) {
  for (const bool has_alpha : {false, true}) {
    const auto rgba = picture(GetParam(), has_alpha);
    const Bytes file = encode(GetParam(), rgba, false);
    const Opened opened = open(file);
    ASSERT_EQ(opened.error, "");
    const ImageView image = opened.frames[0].main.view();
    EXPECT_EQ(image.format, opened.info.main);
    const DecodedWebp expected = decode_webp(file);
    ASSERT_EQ(image.format.layout, expected.has_alpha ? PixelFormat::a420 : PixelFormat::i420);
    EXPECT_EQ(image.format.color.matrix, Matrix::bt601);
    EXPECT_EQ(image.format.color.range, Range::limited);
    EXPECT_FALSE(opened.info.is_lossless);
    for (int p = 0; p < 3; ++p) {
      EXPECT_EQ(plane_of(image, p), expected.yuv[static_cast<std::size_t>(p)]) << p;
    }
    for (std::size_t i = 3; expected.has_alpha && i < rgba.size(); i += 4) {
      ASSERT_EQ(plane_of(image, 3)[i / 4], rgba[i]);
    }
  }
}

TEST_P(WebpSizes, LosslessGivesWhatWentIn) {
  for (const bool has_alpha : {false, true}) {
    std::vector<std::uint8_t> rgba = picture(GetParam(), has_alpha);
    if (has_alpha) {
      rgba[3] = 17;  // so that even one pixel has something transparent
    }
    const Opened opened = open(encode(GetParam(), rgba, true));
    ASSERT_EQ(opened.error, "");
    EXPECT_TRUE(opened.info.is_lossless);
    const ImageView image = opened.frames[0].main.view();
    ASSERT_EQ(image.format.layout, has_alpha ? PixelFormat::rgba : PixelFormat::rgb);
    EXPECT_EQ(image.format.color, ColorSpace{});
    std::vector<std::uint8_t> expected;
    for (std::size_t i = 0; i < rgba.size(); ++i) {
      if (has_alpha || i % 4 != 3) {
        expected.push_back(rgba[i]);
      }
    }
    EXPECT_EQ(plane_of(image, 0), expected);
  }
}

INSTANTIATE_TEST_SUITE_P(Webp, WebpSizes, ::testing::Values(Size{1, 1}, Size{7, 5}, Size{64, 48}, Size{301, 211}));

TEST(WebpDecoder, DeclinesStridesThatLibwebpCantCount) {
  const Size size{20, 1};
  const Bytes file = encode(size, picture(size, false), false);
  const auto decoder = open_webp(file, {});
  ASSERT_TRUE(decoder.has_value());
  ImageBuffer buffer;
  ASSERT_TRUE(buffer.reset((*decoder)->info().main).has_value());
  MutableImageView image = buffer.view();
  EXPECT_TRUE((*decoder)->can_decode_into(image));
  // Of a single row no stride is too long for its plane.
  image.planes[2].stride_bytes = std::size_t{1} << 32;
  EXPECT_TRUE(validate(image.as_const()).has_value());
  EXPECT_FALSE((*decoder)->can_decode_into(image));
}

TEST(WebpDecoder, ReadsMetadata) {
  const Size size{20, 10};
  const Bytes plain = encode(size, picture(size, false), true);
  const auto chunks = read_riff(plain, "WEBP");
  ASSERT_TRUE(chunks.has_value());
  auto document = ExifDocument::create();
  ASSERT_TRUE(document.has_value() && document->set_orientation(Orientation::rotate_180).has_value());
  const Bytes tiff = document->serialize().value();
  const Bytes icc =
      make_icc_profile({.primaries = Primaries::smpte_eg432, .transfer = Transfer::srgb}, ColorModel::rgb).value();
  const std::string packet = "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>";
  for (const bool has_prefix : {false, true}) {
    Bytes exif = tiff;
    if (has_prefix) {
      const auto prefix = std::as_bytes(std::span("Exif\0", 6));
      exif.insert(exif.begin(), prefix.begin(), prefix.end());
    }
    VectorSink sink;
    ASSERT_TRUE(
        write_webp({.size = size, .image = *chunks, .icc = icc, .exif = exif, .xmp = std::as_bytes(std::span(packet))},
                   sink)
            .has_value());
    const Opened opened = open(sink.bytes());
    ASSERT_EQ(opened.error, "");
    EXPECT_EQ(opened.info.orientation, Orientation::rotate_180);
    EXPECT_EQ(opened.info.main.color.primaries, Primaries::smpte_eg432);
    const Metadata& metadata = opened.frames[0].metadata;
    EXPECT_EQ(metadata.exif, tiff);
    EXPECT_EQ(metadata.icc, icc);
    EXPECT_EQ(metadata.xmp.size(), packet.size());
  }
}

Bytes animation(Size size, int frames) {
  WebPAnimEncoderOptions options;
  EXPECT_NE(WebPAnimEncoderOptionsInit(&options), 0);
  WebPAnimEncoder* const encoder = WebPAnimEncoderNew(size.width, size.height, &options);
  WebPConfig config;
  EXPECT_NE(WebPConfigInit(&config), 0);
  config.lossless = 1;
  config.exact = 1;
  int time_ms = 0;
  for (int i = 0; i < frames; ++i) {
    WebPPicture input;
    EXPECT_NE(WebPPictureInit(&input), 0);
    input.use_argb = 1;
    input.width = size.width;
    input.height = size.height;
    const auto rgba = picture(size, false, i + 1);
    EXPECT_NE(WebPPictureImportRGBA(&input, rgba.data(), size.width * 4), 0);
    EXPECT_NE(WebPAnimEncoderAdd(encoder, &input, time_ms, &config), 0);
    WebPPictureFree(&input);
    time_ms += 40 + 10 * i;
  }
  EXPECT_NE(WebPAnimEncoderAdd(encoder, nullptr, time_ms, nullptr), 0);
  WebPData data;
  WebPDataInit(&data);
  EXPECT_NE(WebPAnimEncoderAssemble(encoder, &data), 0);
  const auto* const first = reinterpret_cast<const std::byte*>(data.bytes);
  Bytes file(first, first + data.size);
  WebPDataClear(&data);
  WebPAnimEncoderDelete(encoder);
  return file;
}

TEST(WebpDecoder, GivesTheFramesOfAnAnimationWithTheirTimes) {
  const Size size{50, 30};
  const Opened opened = open(animation(size, 3));
  ASSERT_EQ(opened.error, "");
  EXPECT_EQ(opened.info.frames, 3);
  ASSERT_EQ(opened.frames.size(), 3U);
  for (int i = 0; i < 3; ++i) {
    const DecodedPicture& frame = opened.frames[static_cast<std::size_t>(i)];
    EXPECT_EQ(frame.duration_ns, (40 + 10 * i) * 1000000);
    EXPECT_EQ(plane_of(frame.main.view(), 0), picture(size, false, i + 1));
  }
}

TEST(WebpDecoder, TellsTheQualityAtWhichItWasPacked) {
  const Size size{320, 240};
  for (const int quality : {10, 30, 50, 75, 85, 95}) {
    const auto stored = stored_quality(encode(size, picture(size, false), false, libwebp_quality(quality)));
    ASSERT_TRUE(stored.has_value());
    EXPECT_NEAR(*stored, quality, 5);
  }
  EXPECT_FALSE(stored_quality(encode(size, picture(size, false), true)).has_value());
  EXPECT_FALSE(stored_quality({}).has_value());
}

TEST(WebpDecoder, RefusesWhatIsBeyondTheLimits) {
  const Size size{200, 100};
  const Bytes file = encode(size, picture(size, false), true);
  EXPECT_EQ(open(file, {.max_pixels = 19999}).code, Errc::limit_exceeded);
  EXPECT_EQ(open(file, {.max_memory_bytes = 80000}).code, Errc::limit_exceeded);
  EXPECT_EQ(open(file, {.max_pixels = 20000, .max_memory_bytes = 160000}).error, "");
  // I420 as it is; with alpha, what libwebp decodes that to as well.
  EXPECT_EQ(open(encode(size, picture(size, false), false), {.max_memory_bytes = 30000}).error, "");
  const Bytes with_alpha = encode(size, picture(size, true), false);
  EXPECT_EQ(open(with_alpha, {.max_memory_bytes = 149999}).code, Errc::limit_exceeded);
  EXPECT_EQ(open(with_alpha, {.max_memory_bytes = 150000}).error, "");
  EXPECT_EQ(open(animation(size, 2), {.max_memory_bytes = 399999}).code, Errc::limit_exceeded);
  EXPECT_EQ(open(animation(size, 2), {.max_memory_bytes = 400000}).error, "");
}

TEST(WebpDecoder, GivesOneErrorForEveryCut) {
  const Size size{60, 40};
  for (const Bytes& whole :
       {encode(size, picture(size, true), false), encode(size, picture(size, true), true), animation(size, 2)}) {
    for (std::size_t bytes = 0; bytes + 1 < whole.size(); bytes += 7) {
      const Opened opened = open(ByteView(whole).first(bytes));
      EXPECT_EQ(opened.code, Errc::corrupt_input) << bytes;
      EXPECT_NE(opened.error, "") << bytes;
    }
  }
}

TEST(WebpDecoder, SurvivesEveryFlippedByte) {
  const Size size{20, 10};
  for (const Bytes& whole :
       {encode(size, picture(size, true), false), encode(size, picture(size, true), true), animation(size, 2)}) {
    for (std::size_t position = 0; position < whole.size(); ++position) {
      Bytes broken = whole;
      broken[position] ^= std::byte{0x81};
      const Opened opened = open(broken, {.max_pixels = 1 << 20});
      EXPECT_TRUE(opened.error.empty() || opened.code != Errc::internal) << opened.error;
    }
  }
}

}  // namespace
}  // namespace imagepacker::webp
