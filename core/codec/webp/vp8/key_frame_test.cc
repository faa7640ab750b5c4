// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8/key_frame.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>
#include <webp/decode.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <memory>
#include <random>
#include <string>

#include "base/try.h"
#include "container/riff_webp.h"

namespace imagepacker::vp8 {
namespace {

enum class Content { flat, photograph, noise, extremes };

int sample_of(Content content, int x, int y, int plane, std::mt19937& random) {
  switch (content) {
    case Content::flat:
      return 90 + plane;
    case Content::photograph: {
      const double wave = 120 + 80 * std::sin(x * 0.05 + plane) * std::cos(y * 0.03 + x * 0.01);
      const double grain = (x / 50 + y / 40) % 3 == 0 ? 12 : 2;
      return static_cast<int>(wave + grain * (static_cast<double>(random() % 1000) / 500 - 1));
    }
    case Content::noise:
      return static_cast<int>(random() % 256);
    case Content::extremes:
      return random() % 2 == 0 ? 0 : 255;
  }
  return 0;
}

ImageBuffer make_picture(Size size, Content content) {
  ImageBuffer buffer;
  const ColorSpace color = {.matrix = Matrix::bt601, .range = Range::limited, .chroma_site = ChromaSite::center};
  EXPECT_TRUE(buffer.reset({.layout = PixelFormat::i420, .size = size, .color = color, .alpha = Alpha::none, .hdr = {}})
                  .has_value());
  const MutableImageView view = buffer.view();
  std::mt19937 random(11);
  for (int p = 0; p < 3; ++p) {
    const MutablePlane& plane = view.planes[static_cast<std::size_t>(p)];
    const auto width = static_cast<int>(plane_row_bytes(view.format.info(), p, size));
    for (int y = 0; y < plane_height(view.format.info(), p, size); ++y) {
      std::byte* const row = plane.bytes.data() + static_cast<std::size_t>(y) * plane.stride_bytes;
      for (int x = 0; x < width; ++x) {
        row[x] = static_cast<std::byte>(std::clamp(sample_of(content, x, y, p, random), 0, 255));
      }
    }
  }
  return buffer;
}

struct Coded {
  Bytes frame;
  std::vector<MacroblockSamples> reconstruction;
};

Result<Coded> code(const ImageBuffer& picture, const KeyFrameSettings& settings, unsigned threads = 2) {
  const ImageView view = picture.view();
  const ViewRows rows(view);
  TaskPool pool(threads);
  Coded coded;
  IP_ASSIGN(coded.frame, encode_key_frame(settings, rows, pool, {}, nullptr, &coded.reconstruction));
  return coded;
}

/// What libwebp makes of a frame.
struct Decoded {
  int width = 0;
  int height = 0;
  int luma_stride = 0;
  int chroma_stride = 0;
  std::unique_ptr<std::uint8_t, void (*)(void*)> memory{nullptr, WebPFree};
  std::array<const std::uint8_t*, 3> planes{};
};

Decoded decode(const Bytes& frame, Size size) {
  const std::array<RiffChunk, 1> image = {{{.fourcc = "VP8 ", .payload = frame}}};
  VectorSink sink;
  EXPECT_TRUE(write_webp({.size = size, .image = image, .icc = {}, .exif = {}, .xmp = {}}, sink).has_value());
  Decoded decoded;
  std::uint8_t* u = nullptr;
  std::uint8_t* v = nullptr;
  decoded.memory.reset(WebPDecodeYUV(reinterpret_cast<const std::uint8_t*>(sink.bytes().data()), sink.bytes().size(),
                                     &decoded.width, &decoded.height, &u, &v, &decoded.luma_stride,
                                     &decoded.chroma_stride));
  decoded.planes = {decoded.memory.get(), u, v};
  return decoded;
}

/// That libwebp has what the coder thinks a decoder has.
void expect_same(const Coded& coded, Size size) {
  const Decoded decoded = decode(coded.frame, size);
  ASSERT_NE(decoded.planes[0], nullptr);
  ASSERT_EQ(decoded.width, size.width);
  ASSERT_EQ(decoded.height, size.height);
  const int columns = (size.width + 15) / 16;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const MacroblockSamples& block = coded.reconstruction[static_cast<std::size_t>(y / 16 * columns + x / 16)];
      ASSERT_EQ(block.luma[static_cast<std::size_t>(y % 16 * 16 + x % 16)],
                decoded.planes[0][y * decoded.luma_stride + x])
          << x << "," << y;
      const int at = y / 2 * decoded.chroma_stride + x / 2;
      const auto in_block = static_cast<std::size_t>(y / 2 % 8 * 16 + x / 2 % 8);
      ASSERT_EQ(block.chroma[in_block], decoded.planes[1][at]) << x << "," << y;
      ASSERT_EQ(block.chroma[in_block + 8], decoded.planes[2][at]) << x << "," << y;
    }
  }
}

KeyFrameSettings unfiltered(double quant_index) {
  KeyFrameSettings settings;
  settings.quant_index = quant_index;
  settings.has_loop_filter = false;
  return settings;
}

TEST(Vp8KeyFrame, DecodesToItsReconstruction) {
  const Size sizes[] = {{1, 1},   {1, 40},  {40, 1},  {2, 3},     {15, 17},   {16, 16},
                        {17, 16}, {16, 33}, {49, 63}, {200, 131}, {331, 257}, {37, 530}};  // the last in 8 partitions
  for (const Size size : sizes) {
    for (const Content content : {Content::flat, Content::photograph, Content::noise, Content::extremes}) {
      const ImageBuffer picture = make_picture(size, content);
      for (const double index : {0.0, 4.5, 30.0, 127.0}) {
        SCOPED_TRACE(std::to_string(size.width) + "x" + std::to_string(size.height) + " content " +
                     std::to_string(static_cast<int>(content)) + " index " + std::to_string(index));
        const auto coded = code(picture, unfiltered(index));
        ASSERT_TRUE(coded.has_value()) << coded.error().message;
        expect_same(*coded, size);
        ASSERT_FALSE(HasFatalFailure());
      }
    }
  }
}

TEST(Vp8KeyFrame, DecodesToItsReconstructionAtEverySearch) {
  const Size size{150, 170};
  const ImageBuffer picture = make_picture(size, Content::photograph);
  for (const int modes : {1, 2, 10}) {
    for (const int passes : {1, 3}) {
      KeyFrameSettings settings = unfiltered(17.3);
      settings.search.exact_subblock_modes = modes;
      settings.search.passes = passes;
      const auto coded = code(picture, settings);
      ASSERT_TRUE(coded.has_value()) << coded.error().message;
      expect_same(*coded, size);
    }
  }
}

TEST(Vp8KeyFrame, IsTheSameOnAnyNumberOfThreads) {
  const ImageBuffer picture = make_picture({290, 350}, Content::photograph);
  KeyFrameSettings settings;
  settings.search.passes = 2;
  const auto first = code(picture, settings, 1);
  ASSERT_TRUE(first.has_value());
  for (const unsigned threads : {2U, 3U, 8U, 30U}) {
    const auto other = code(picture, settings, threads);
    ASSERT_TRUE(other.has_value());
    EXPECT_EQ(first->frame, other->frame) << threads;
  }
}

TEST(Vp8KeyFrame, IsTheSameWithEveryInstructionSet) {
  const ImageBuffer picture = make_picture({290, 150}, Content::photograph);
  const auto first = code(picture, {});
  ASSERT_TRUE(first.has_value());
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    const auto other = code(picture, {});
    ASSERT_TRUE(other.has_value());
    EXPECT_EQ(first->frame, other->frame);
  }
  hwy::SetSupportedTargetsForTest(0);
}

std::size_t mode_bytes(const Bytes& frame) {
  return (std::to_integer<unsigned>(frame[0]) | std::to_integer<unsigned>(frame[1]) << 8 |
          std::to_integer<unsigned>(frame[2]) << 16) >>
         5;
}

TEST(Vp8KeyFrame, SplitsFewerMacroblocksWhenModesDontFit) {
  const Size size{333, 222};
  const ImageBuffer picture = make_picture(size, Content::photograph);
  KeyFrameSettings settings = unfiltered(5);
  const auto usual = code(picture, settings);
  ASSERT_TRUE(usual.has_value());
  settings.max_mode_bytes = mode_bytes(usual->frame) * 3 / 4;
  const auto coded = code(picture, settings);
  ASSERT_TRUE(coded.has_value()) << coded.error().message;
  EXPECT_LE(mode_bytes(coded->frame), settings.max_mode_bytes);
  expect_same(*coded, size);

  settings.max_mode_bytes = 50;
  const auto failed = code(picture, settings);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, Errc::limit_exceeded);
}

TEST(Vp8KeyFrame, FitsThreeAndAHalfBitsForTheModesOfAMacroblock) {
  // The largest picture has no more for them.
  const Size size{640, 512};
  const std::size_t macroblocks = 40 * 32;
  for (const Content content : {Content::photograph, Content::noise}) {
    const ImageBuffer picture = make_picture(size, content);
    KeyFrameSettings settings = unfiltered(50);
    settings.max_mode_bytes = std::size_t{1} << 19;
    std::size_t least = settings.max_mode_bytes;
    for (;;) {
      const auto coded = code(picture, settings);
      if (!coded.has_value()) {
        break;
      }
      expect_same(*coded, size);
      ASSERT_FALSE(HasFatalFailure());
      least = mode_bytes(coded->frame);
      ASSERT_LE(least, settings.max_mode_bytes);
      settings.max_mode_bytes = least - 1;
    }
    constexpr std::size_t kMostHeaderBytes = 850;
    EXPECT_LT(least, macroblocks * 7 / 16 + kMostHeaderBytes);
  }
}

/// A picture whose rows can't be read any more from a certain one on.
class BrokenRows final : public RowSource {
 public:
  BrokenRows(const ImageView& view, int reads) : view_(view), reads_(reads) {}
  [[nodiscard]] const ImageFormat& format() const override { return view_.format; }
  [[nodiscard]] bool is_window() const override { return false; }
  Result<ImageView> rows(int first, int count, ImageBuffer&) const override {
    if (reads_-- <= 0) {
      return make_error(Errc::internal, "broken");
    }
    return row_window(view_, first, count);
  }

 private:
  const ImageView& view_;
  mutable std::atomic<int> reads_;
};

TEST(Vp8KeyFrame, HandsOnWhatItsRowsFailWith) {
  const ImageBuffer picture = make_picture({64, 320}, Content::photograph);
  const ImageView view = picture.view();
  for (const int reads : {0, 7, 20, 25, 39}) {
    const BrokenRows rows(view, reads);
    TaskPool pool(4);
    const auto frame = encode_key_frame({}, rows, pool, {});
    ASSERT_FALSE(frame.has_value());
    EXPECT_EQ(frame.error().code, Errc::internal);
  }
}

/// A picture that nobody wants any more once its rows have been read so often.
class UnwantedRows final : public RowSource {
 public:
  UnwantedRows(const ImageView& view, int wanted) : view_(view), wanted_(wanted) {}
  [[nodiscard]] const ImageFormat& format() const override { return view_.format; }
  [[nodiscard]] bool is_window() const override { return false; }
  Result<ImageView> rows(int first, int count, ImageBuffer&) const override {
    if (++reads_ >= wanted_) {
      stop_.request_stop();
    }
    return row_window(view_, first, count);
  }
  [[nodiscard]] int reads() const { return reads_; }
  [[nodiscard]] std::stop_token stop() const { return stop_.get_token(); }

 private:
  const ImageView& view_;
  int wanted_;
  mutable int reads_ = 0;
  mutable std::stop_source stop_;
};

TEST(Vp8KeyFrame, StopsInEveryPass) {
  const ImageBuffer picture = make_picture({64, 320}, Content::photograph);
  const ImageView view = picture.view();
  TaskPool pool(1);
  for (const int wanted : {1, 20, 33, 40}) {
    const UnwantedRows rows(view, wanted);
    const auto frame = encode_key_frame({}, rows, pool, rows.stop());
    ASSERT_FALSE(frame.has_value()) << wanted;
    EXPECT_EQ(frame.error().code, Errc::cancelled);
    EXPECT_EQ(rows.reads(), wanted);
  }
}

TEST(Vp8KeyFrame, LeavesMemoryForOtherFrames) {
  TaskPool pool(2);
  KeyFrameMemory memory;
  // One that fails in the middle as well.
  const ImageBuffer broken = make_picture({64, 320}, Content::photograph);
  ASSERT_FALSE(encode_key_frame({}, BrokenRows(broken.view(), 30), pool, {}, &memory).has_value());
  for (const Size size : {Size{64, 320}, Size{200, 100}, Size{16, 16}, Size{70, 330}}) {
    const ImageBuffer picture = make_picture(size, Content::photograph);
    const ImageView view = picture.view();
    const ViewRows rows(view);
    const auto frame = encode_key_frame({}, rows, pool, {}, &memory);
    ASSERT_TRUE(frame.has_value());
    EXPECT_EQ(*frame, encode_key_frame({}, rows, pool, {}).value());
    EXPECT_GT(memory.bytes(), 0U);
  }
}

}  // namespace
}  // namespace imagepacker::vp8
