// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <string>

#include "base/try.h"
#include "codec/codec_list.h"
#include "codec/webp/decoded_webp.h"
#include "codec/webp/stored_quality.h"
#include "color/icc_profile.h"
#include "container/riff.h"

namespace imagepacker::webp {
namespace {

const CodecDescriptor& codec() {
  return *find_codec(Format::webp);
}

ColorSpace color_of(PixelFormat layout) {
  if (pixel_format_info(layout).model == ColorModel::rgb) {
    return {};
  }
  return {.matrix = Matrix::bt601, .range = Range::limited, .chroma_site = ChromaSite::center};
}

/// Soft waves, edges and a little noise in every component: what photographs are made of.
ImageBuffer make_picture(PixelFormat layout, Size size) {
  const PixelFormatInfo& info = pixel_format_info(layout);
  ImageBuffer buffer;
  const Status status = buffer.reset({.layout = layout,
                                      .size = size,
                                      .color = color_of(layout),
                                      .alpha = info.has_alpha ? Alpha::straight : Alpha::none,
                                      .hdr = {}});
  EXPECT_TRUE(status.has_value());
  const MutableImageView view = buffer.view();
  std::mt19937 random(7);
  for (int p = 0; p < info.plane_count; ++p) {
    const auto row_bytes = static_cast<int>(plane_row_bytes(info, p, size));
    for (int y = 0; y < plane_height(info, p, size); ++y) {
      std::byte* const row = view.planes[static_cast<std::size_t>(p)].bytes.data() +
                             static_cast<std::size_t>(y) * view.planes[static_cast<std::size_t>(p)].stride_bytes;
      for (int x = 0; x < row_bytes; ++x) {
        const double wave = 120 + 70 * std::sin(x * 0.021 + p) * std::cos(y * 0.017);
        const double edge = (x / 37 + y / 41) % 5 == 0 ? 35 : 0;
        row[x] = static_cast<std::byte>(static_cast<int>(wave + edge) + static_cast<int>(random() % 5) - 2);
      }
    }
  }
  return buffer;
}

/// Rows that must be copied for every band, as a conversion's are.
class CopiedRows final : public RowSource {
 public:
  explicit CopiedRows(const ImageView& view) : view_(view) {}
  [[nodiscard]] const ImageFormat& format() const override { return view_.format; }
  [[nodiscard]] bool is_window() const override { return false; }
  Result<ImageView> rows(int first, int count, ImageBuffer& scratch) const override {
    const ImageView window = row_window(view_, first, count);
    IP_TRY(scratch.reset(window.format));
    const MutableImageView copy = scratch.view();
    for (int p = 0; p < window.format.info().plane_count; ++p) {
      const auto at = static_cast<std::size_t>(p);
      for (int y = 0; y < plane_height(window.format.info(), p, window.format.size); ++y) {
        std::memcpy(copy.planes[at].bytes.data() + static_cast<std::size_t>(y) * copy.planes[at].stride_bytes,
                    window.planes[at].bytes.data() + static_cast<std::size_t>(y) * window.planes[at].stride_bytes,
                    plane_row_bytes(window.format.info(), p, window.format.size));
      }
    }
    return copy.as_const();
  }

 private:
  const ImageView& view_;
};

struct Circumstances {
  Metadata metadata{};
  unsigned threads = 2;
  bool copied_rows = false;
  std::stop_token stop{};
};

Result<Bytes> encode(const ImageView& view, const PackingOptions& options, const Circumstances& how = {}) {
  IP_ASSIGN(const auto encoder, codec().create_encoder(view.format, options));
  EXPECT_EQ(encoder->input().layout, view.format.layout);
  const ViewRows windows(view);
  const CopiedRows copies(view);
  const RowSource& rows = how.copied_rows ? static_cast<const RowSource&>(copies) : windows;
  TaskPool pool(how.threads);
  VectorSink sink;
  IP_TRY(encoder->encode({.image = rows, .metadata = how.metadata, .pool = pool, .stop = how.stop}, sink));
  return sink.take();
}

std::uint8_t sample(const ImageView& view, std::size_t plane, int x, int y) {
  return std::to_integer<std::uint8_t>(
      view.planes[plane]
          .bytes[static_cast<std::size_t>(y) * view.planes[plane].stride_bytes + static_cast<std::size_t>(x)]);
}

double plane_psnr(const ImageView& view, std::size_t plane, const std::vector<std::uint8_t>& decoded) {
  const PixelFormatInfo& info = view.format.info();
  const auto width = static_cast<int>(plane_row_bytes(info, static_cast<int>(plane), view.format.size));
  const int height = plane_height(info, static_cast<int>(plane), view.format.size);
  double squares = 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double difference = sample(view, plane, x, y) - decoded.at(static_cast<std::size_t>(y * width + x));
      squares += difference * difference;
    }
  }
  return 10 * std::log10(255.0 * 255.0 * width * height / std::max(squares, 1e-9));
}

const Size kSizes[] = {{1, 1}, {2, 2}, {3, 5}, {17, 13}, {640, 480}, {333, 219}};

TEST(WebpCodec, CodesLossyPictures) {
  for (const Size size : kSizes) {
    const ImageBuffer picture = make_picture(PixelFormat::i420, size);
    const auto bytes = encode(picture.view(), {.quality = 95});
    ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
    const DecodedWebp decoded = decode_webp(*bytes);
    ASSERT_EQ(decoded.error, "");
    EXPECT_EQ(decoded.size, size);
    EXPECT_FALSE(decoded.has_alpha);
    EXPECT_FALSE(decoded.is_lossless);
    EXPECT_GT(plane_psnr(picture.view(), 0, decoded.yuv[0]), 38) << size.width << "x" << size.height;
    EXPECT_GT(plane_psnr(picture.view(), 1, decoded.yuv[1]), 34) << size.width << "x" << size.height;
    EXPECT_GT(plane_psnr(picture.view(), 2, decoded.yuv[2]), 34) << size.width << "x" << size.height;
  }
}

TEST(WebpCodec, KeepsAlphaExactInLossyPictures) {
  for (const Size size : kSizes) {
    const ImageBuffer picture = make_picture(PixelFormat::a420, size);
    const auto bytes = encode(picture.view(), {.quality = 50});
    ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
    const DecodedWebp decoded = decode_webp(*bytes);
    ASSERT_EQ(decoded.error, "");
    EXPECT_TRUE(decoded.has_alpha);
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        const auto at = static_cast<std::size_t>(y * size.width + x) * 4 + 3;
        ASSERT_EQ(decoded.bgra[at], sample(picture.view(), 3, x, y));
      }
    }
  }
}

TEST(WebpCodec, SpendsNothingOnColoursThatNobodySees) {
  const Size size{200, 120};
  ImageBuffer picture = make_picture(PixelFormat::a420, size);
  const MutableImageView view = picture.view();
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const bool seen = (x - 90) * (x - 90) + (y - 60) * (y - 60) < 2500;
      view.planes[3].bytes[static_cast<std::size_t>(y) * view.planes[3].stride_bytes + static_cast<std::size_t>(x)] =
          std::byte{seen ? std::uint8_t{200} : std::uint8_t{0}};
    }
  }
  const auto with_noise = encode(std::as_const(picture).view(), {});
  ASSERT_TRUE(with_noise.has_value());
  const DecodedWebp decoded = decode_webp(*with_noise);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const std::size_t at = static_cast<std::size_t>(y) * view.planes[0].stride_bytes + static_cast<std::size_t>(x);
      const int alpha = sample(std::as_const(picture).view(), 3, x, y);
      ASSERT_EQ(decoded.bgra[static_cast<std::size_t>(y * size.width + x) * 4 + 3], alpha);
      if (alpha == 0) {
        view.planes[0].bytes[at] = std::byte{static_cast<std::uint8_t>(x * 37 + y * 101)};
      }
    }
  }
  const auto with_other_noise = encode(std::as_const(picture).view(), {});
  ASSERT_TRUE(with_other_noise.has_value());
  EXPECT_EQ(*with_noise, *with_other_noise);
}

TEST(WebpCodec, LeavesTheCallersPlanesAlone) {
  const Size size{64, 48};
  ImageBuffer picture = make_picture(PixelFormat::a420, size);
  std::ranges::fill(picture.view().planes[3].bytes, std::byte{0});
  const auto luma = picture.view().planes[0].bytes;
  const Bytes before(luma.begin(), luma.end());
  ASSERT_TRUE(encode(std::as_const(picture).view(), {}).has_value());
  EXPECT_TRUE(std::ranges::equal(before, luma));
}

TEST(WebpCodec, IsExactWhenLossless) {
  for (const PixelFormat layout : {PixelFormat::bgrx, PixelFormat::bgra}) {
    const bool alpha = layout == PixelFormat::bgra;
    for (const Size size : kSizes) {
      ImageBuffer picture = make_picture(layout, size);
      picture.view().planes[0].bytes[3] = std::byte{0};  // transparent, its colour is kept all the same
      const auto bytes = encode(std::as_const(picture).view(), {.lossless = true});
      ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
      const DecodedWebp decoded = decode_webp(*bytes);
      ASSERT_EQ(decoded.error, "");
      EXPECT_TRUE(decoded.is_lossless);
      EXPECT_EQ(decoded.has_alpha, alpha);
      for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width * 4; ++x) {
          const int expected = !alpha && x % 4 == 3 ? 0xFF : sample(std::as_const(picture).view(), 0, x, y);
          ASSERT_EQ(decoded.bgra[static_cast<std::size_t>(y * size.width * 4 + x)], expected) << x << "," << y;
        }
      }
    }
  }
}

TEST(WebpCodec, GivesTheSameBytesHoweverRowsAndThreadsCome) {
  for (const PixelFormat layout : {PixelFormat::i420, PixelFormat::a420, PixelFormat::bgrx, PixelFormat::bgra}) {
    const bool lossless = pixel_format_info(layout).model == ColorModel::rgb;
    const ImageBuffer picture = make_picture(layout, {151, 203});
    const auto first = encode(picture.view(), {.lossless = lossless}, {.threads = 1});
    ASSERT_TRUE(first.has_value());
    for (const unsigned threads : {1U, 2U, 5U}) {
      const auto other = encode(picture.view(), {.lossless = lossless}, {.threads = threads, .copied_rows = true});
      ASSERT_TRUE(other.has_value());
      EXPECT_EQ(*first, *other);
    }
  }
}

TEST(WebpCodec, TakesPlanesThatLibwebpCantAddress) {
  const ImageBuffer picture = make_picture(PixelFormat::bgra, {31, 20});
  const ImageView view = std::as_const(picture).view();
  const auto expected = encode(view, {.lossless = true});
  ASSERT_TRUE(expected.has_value());
  constexpr std::size_t kOddStride = 31 * 4 + 1;
  Bytes memory(kOddStride * 20 + 1);
  ImageView odd = view;
  odd.planes[0] = {.bytes = ByteView(memory).subspan(1), .stride_bytes = kOddStride};
  for (std::size_t y = 0; y < 20; ++y) {
    std::memcpy(memory.data() + 1 + y * kOddStride, view.planes[0].bytes.data() + y * view.planes[0].stride_bytes,
                31 * 4);
  }
  const auto bytes = encode(odd, {.lossless = true});
  ASSERT_TRUE(bytes.has_value());
  EXPECT_EQ(*bytes, *expected);
}

TEST(WebpCodec, EveryEffortAndQualityDecodes) {
  const ImageBuffer lossy = make_picture(PixelFormat::i420, {120, 90});
  const ImageBuffer lossless = make_picture(PixelFormat::bgra, {60, 45});
  for (int effort = 0; effort <= PackingOptions::kMaxEffort; ++effort) {
    for (const int quality : {0, 30, 85, 100}) {
      const auto bytes = encode(lossy.view(), {.quality = quality, .effort = effort});
      ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
      EXPECT_EQ(decode_webp(*bytes).error, "");
    }
    const auto bytes = encode(lossless.view(), {.lossless = true, .effort = effort});
    ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
    EXPECT_EQ(decode_webp(*bytes).error, "");
  }
}

TEST(WebpCodec, TellsTheQualityOfItsFiles) {
  for (const PixelFormat layout : {PixelFormat::i420, PixelFormat::a420}) {
    const ImageBuffer picture = make_picture(layout, {320, 240});
    for (const int quality : {10, 30, 50, 75, 85, 95}) {
      const auto bytes = encode(picture.view(), {.quality = quality});
      ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
      const auto stored = webp::stored_quality(*bytes);
      ASSERT_TRUE(stored.has_value());
      EXPECT_NEAR(*stored, quality, 2) << static_cast<int>(layout);
    }
  }
}

TEST(WebpCodec, ReachesTheFormatsLimit) {
  for (const Size size : {Size{16383, 2}, Size{2, 16383}}) {
    const ImageBuffer picture = make_picture(PixelFormat::i420, size);
    const auto bytes = encode(picture.view(), {});
    ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
    EXPECT_EQ(decode_webp(*bytes).size, size);
  }
  const ImageBuffer picture = make_picture(PixelFormat::i420, {16384, 2});
  const auto bytes = encode(picture.view(), {});
  ASSERT_FALSE(bytes.has_value());
  EXPECT_EQ(bytes.error().code, Errc::limit_exceeded);
}

TEST(WebpCodec, PutsMetadataIntoTheExtendedLayout) {
  const Metadata metadata{.exif = Bytes(11, std::byte{1}), .xmp = Bytes(70000, std::byte{2}), .icc = Bytes(3)};
  for (const PixelFormat layout : {PixelFormat::i420, PixelFormat::a420, PixelFormat::bgrx, PixelFormat::bgra}) {
    const ImageBuffer picture = make_picture(layout, {33, 21});
    const bool lossless = pixel_format_info(layout).model == ColorModel::rgb;
    const auto bytes = encode(picture.view(), {.lossless = lossless}, {.metadata = metadata});
    ASSERT_TRUE(bytes.has_value());
    const DecodedWebp decoded = decode_webp(*bytes);
    EXPECT_EQ(decoded.error, "");
    EXPECT_EQ(decoded.has_alpha, pixel_format_info(layout).has_alpha);
    const auto chunks = read_riff(*bytes, "WEBP");
    ASSERT_TRUE(chunks.has_value());
    std::string order;
    for (const RiffChunk& chunk : *chunks) {
      order += std::string(chunk.fourcc) + "|";
    }
    const std::string image = lossless ? "VP8L|" : layout == PixelFormat::a420 ? "ALPH|VP8 |" : "VP8 |";
    EXPECT_EQ(order, "VP8X|ICCP|" + image + "EXIF|XMP |");
    EXPECT_TRUE(std::ranges::equal((*chunks)[chunks->size() - 1].payload, metadata.xmp));
    EXPECT_TRUE(std::ranges::equal((*chunks)[chunks->size() - 2].payload, metadata.exif));
    EXPECT_EQ(((*chunks)[0].payload[0] & std::byte{0x10}) != std::byte{0}, decoded.has_alpha);
  }
}

TEST(WebpCodec, DescribesColoursThatAreNotSrgb) {
  ImageBuffer picture = make_picture(PixelFormat::i420, {33, 21});
  ImageView view = std::as_const(picture).view();
  view.format.color.primaries = Primaries::smpte_eg432;
  const auto profile = make_icc_profile(view.format.color, ColorModel::rgb);
  if (!profile.has_value()) {
    GTEST_SKIP() << profile.error().message;
  }
  const auto bytes = encode(view, {});
  ASSERT_TRUE(bytes.has_value());
  const auto chunks = read_riff(*bytes, "WEBP");
  ASSERT_TRUE(chunks.has_value());
  ASSERT_EQ(chunks->size(), 3U);
  EXPECT_EQ((*chunks)[1].fourcc, "ICCP");
  EXPECT_TRUE(std::ranges::equal((*chunks)[1].payload, *profile));
}

TEST(WebpCodec, ChoosesItsInput) {
  const auto layout_for = [](PixelFormat source, Alpha alpha, bool lossless) {
    const ImageFormat format{.layout = source, .size = {16, 16}, .color = color_of(source), .alpha = alpha, .hdr = {}};
    const auto encoder = codec().create_encoder(format, {.lossless = lossless});
    EXPECT_TRUE(encoder.has_value());
    EXPECT_EQ((*encoder)->input().color.range, lossless ? Range::full : Range::limited);
    EXPECT_EQ((*encoder)->input().color.matrix, lossless ? Matrix::rgb : Matrix::bt601);
    return (*encoder)->input().layout;
  };
  EXPECT_EQ(layout_for(PixelFormat::gray8, Alpha::none, false), PixelFormat::i420);
  EXPECT_EQ(layout_for(PixelFormat::y444_10le, Alpha::none, false), PixelFormat::i420);
  EXPECT_EQ(layout_for(PixelFormat::rgba, Alpha::premultiplied, false), PixelFormat::a420);
  EXPECT_EQ(layout_for(PixelFormat::rgba, Alpha::none, false), PixelFormat::i420);
  EXPECT_EQ(layout_for(PixelFormat::rgba, Alpha::straight, true), PixelFormat::bgra);
  EXPECT_EQ(layout_for(PixelFormat::nv12, Alpha::none, true), PixelFormat::bgrx);
}

TEST(WebpCodec, RefusesFinerChromaUnlessLossless) {
  const ImageFormat format{.layout = PixelFormat::rgb, .size = {16, 16}, .color = {}, .alpha = Alpha::none, .hdr = {}};
  for (const auto finer : {ChromaSubsampling::yuv422, ChromaSubsampling::yuv444}) {
    const auto lossy = codec().create_encoder(format, {.chroma_subsampling = finer});
    ASSERT_FALSE(lossy.has_value());
    EXPECT_EQ(lossy.error().code, Errc::unsupported);
    EXPECT_NE(lossy.error().message.find("4:2:0"), std::string::npos);
    EXPECT_TRUE(codec().create_encoder(format, {.lossless = true, .chroma_subsampling = finer}).has_value());
  }
  EXPECT_TRUE(codec().create_encoder(format, {.chroma_subsampling = ChromaSubsampling::yuv420}).has_value());
}

/// Rows that ask for a stop as soon as they are read, so that libwebp is interrupted from inside.
class StoppingRows final : public RowSource {
 public:
  StoppingRows(const ImageView& view, std::stop_source& stop) : view_(view), stop_(stop) {}
  [[nodiscard]] const ImageFormat& format() const override { return view_.format; }
  [[nodiscard]] bool is_window() const override { return true; }
  Result<ImageView> rows(int first, int count, ImageBuffer&) const override {
    stop_.request_stop();
    return row_window(view_, first, count);
  }

 private:
  const ImageView& view_;
  std::stop_source& stop_;
};

TEST(WebpCodec, StopsWhenAsked) {
  for (const PixelFormat layout : {PixelFormat::i420, PixelFormat::bgra}) {
    const ImageBuffer picture = make_picture(layout, {200, 200});
    const ImageView view = std::as_const(picture).view();
    const auto encoder =
        codec().create_encoder(view.format, {.lossless = pixel_format_info(layout).model == ColorModel::rgb});
    ASSERT_TRUE(encoder.has_value());
    std::stop_source source;
    const StoppingRows rows(view, source);
    TaskPool pool(1);
    VectorSink sink;
    const Metadata none;
    const Status status =
        (*encoder)->encode({.image = rows, .metadata = none, .pool = pool, .stop = source.get_token()}, sink);
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(Status(status).error().code, Errc::cancelled);
    EXPECT_TRUE(sink.bytes().empty());
  }
}

}  // namespace
}  // namespace imagepacker::webp
