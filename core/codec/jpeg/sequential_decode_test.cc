// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/sequential_decode.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "codec/jpeg/entropy_reader.h"
#include "codec/jpeg/jpeg_image.h"
#include "codec/jpeg/libjpeg_decode.h"
#include "codec/jpeg/libjpeg_file.h"
#include "image/samples_of.h"

namespace imagepacker::jpeg {
namespace {

using Samples = std::vector<std::byte>;

/// What comes of `image` by our own way; nothing when that is left to libjpeg.
std::optional<Samples> by_ourselves(const JpegImage& image, unsigned threads) {
  TaskPool pool(threads);
  ImageBuffer buffer;
  EXPECT_TRUE(buffer.reset(image.format).has_value());
  const auto is_done = decode_sequential(image.structure, buffer.view(), pool, {});
  EXPECT_TRUE(is_done.has_value());
  return is_done.has_value() && *is_done ? std::optional(samples_of(std::as_const(buffer).view())) : std::nullopt;
}

std::optional<Samples> by_libjpeg(const JpegImage& image) {
  ImageBuffer buffer;
  EXPECT_TRUE(buffer.reset(image.format).has_value());
  const Status done = decode_with_libjpeg(image.structure, image.way, nullptr, buffer.view(), {});
  return done.has_value() ? std::optional(samples_of(std::as_const(buffer).view())) : std::nullopt;
}

std::vector<std::uint8_t> random_samples(Size size, int components, bool is_extreme) {
  std::mt19937 random(3);
  std::vector<std::uint8_t> samples(static_cast<std::size_t>(size.width * size.height * components));
  for (std::uint8_t& sample : samples) {
    sample = static_cast<std::uint8_t>(is_extreme ? random() % 2 * 255 : random());
  }
  return samples;
}

struct Sampling {
  const char* name;
  int components;
  std::array<int, 2> luma;
};

class SequentialDecode : public ::testing::TestWithParam<Sampling> {
 protected:
  [[nodiscard]] LibjpegFile file(Size size) const {
    return {.size = size, .components = GetParam().components, .luma_sampling = GetParam().luma, .quality = 90};
  }
};

TEST_P(SequentialDecode, EqualsLibjpeg) {
  for (const Size size : {Size{1, 1}, Size{8, 8}, Size{17, 33}, Size{131, 250}, Size{320, 96}}) {
    for (const int quality : {10, 75, 100}) {
      for (int content = 0; content < 3; ++content) {
        LibjpegFile written = file(size);
        written.quality = quality;
        written.optimal_huffman = content == 1;
        written.restart_interval = content == 2 ? 3 : 0;
        written.restart_rows = content == 0 ? static_cast<unsigned>(quality) % 4 : 0;
        if (content > 0) {
          written.samples = random_samples(size, written.components, content == 2);
        }
        const Bytes bytes = write_with_libjpeg(written);
        const auto image = open_jpeg_image(bytes, {});
        ASSERT_TRUE(image.has_value());
        const auto expected = by_libjpeg(*image);
        const auto actual = by_ourselves(*image, 1);
        // Extremes may come to more than the transform takes.
        ASSERT_TRUE(actual.has_value() || (content == 2 && quality < 100)) << quality << " " << content;
        EXPECT_EQ(actual.value_or(*expected), *expected) << size.width << " " << quality << " " << content;
        EXPECT_EQ(by_ourselves(*image, 4), actual);
      }
    }
  }
}

TEST_P(SequentialDecode, IsNeverMorePatientThanLibjpeg) {
  for (const unsigned restarts : {0U, 1U, 2U}) {
    LibjpegFile written = file({40, 48});
    written.restart_interval = restarts == 1 ? 2 : 0;
    written.restart_rows = restarts == 2 ? 1 : 0;
    const Bytes good = write_with_libjpeg(written);
    std::mt19937 random(11);
    int decoded = 0;
    for (std::size_t at = 2; at < good.size(); ++at) {
      Bytes bytes = good;
      bytes[at] ^= static_cast<std::byte>(1 + random() % 255);
      const auto image = open_jpeg_image(bytes, {.max_pixels = 1 << 16});
      if (!image.has_value() || !image->way.has_raw_planes) {
        continue;
      }
      if (const auto actual = by_ourselves(*image, 2)) {
        ++decoded;
        EXPECT_TRUE(by_libjpeg(*image) == actual) << at;
      }
    }
    EXPECT_GT(decoded, 50);
  }
}

TEST_P(SequentialDecode, LeavesDataThatEndEarlyToLibjpeg) {
  const Bytes good = write_with_libjpeg(file({200, 100}));
  for (const std::size_t missing : {1U, 2U, 3U, 10U, 500U}) {
    Bytes bytes(good.begin(), good.end() - static_cast<std::ptrdiff_t>(missing));
    for (const bool has_end : {false, true}) {
      if (has_end) {
        bytes.insert(bytes.end(), {std::byte{0xFF}, std::byte{0xD9}});
      }
      const auto image = open_jpeg_image(bytes, {});
      if (image.has_value()) {
        EXPECT_TRUE(missing <= 2 || !by_ourselves(*image, 2).has_value()) << missing;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, SequentialDecode,
                         ::testing::Values(Sampling{"gray", 1, {1, 1}}, Sampling{"gray22", 1, {2, 2}},
                                           Sampling{"yuv444", 3, {1, 1}}, Sampling{"yuv422", 3, {2, 1}},
                                           Sampling{"yuv420", 3, {2, 2}}, Sampling{"yuv411", 3, {4, 1}}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(SequentialKinds, LeavesOtherKindsToLibjpeg) {
  for (const LibjpegFile& file : {LibjpegFile{.progressive = true}, LibjpegFile{.arithmetic = true}}) {
    const Bytes bytes = write_with_libjpeg(file);
    const auto image = open_jpeg_image(bytes, {});
    ASSERT_TRUE(image.has_value());
    EXPECT_FALSE(by_ourselves(*image, 2).has_value());
  }
}

TEST(SequentialKinds, LeavesMcusOfMoreThanTenBlocksToLibjpeg) {
  // Each block of a flat gray picture takes two bits, of whichever component: twelve blocks may stand in one MCU too.
  Bytes bytes = write_with_libjpeg(
      {.size = {16, 16}, .optimal_huffman = true, .samples = std::vector<std::uint8_t>(16 * 16 * 3, 128)});
  const auto whole = open_jpeg_image(bytes, {});
  ASSERT_TRUE(whole.has_value());
  ASSERT_TRUE(by_ourselves(*whole, 1).has_value());
  for (const JpegSegment& segment : whole->structure.head) {
    if (segment.marker == whole->structure.frame.marker) {
      const auto at = static_cast<std::size_t>(segment.payload.data() - bytes.data());
      bytes[at + 7] = bytes[at + 10] = bytes[at + 13] = std::byte{0x22};
    }
  }
  const auto image = open_jpeg_image(bytes, {});
  ASSERT_TRUE(image.has_value());
  ASSERT_TRUE(image->way.has_raw_planes);
  EXPECT_FALSE(by_libjpeg(*image).has_value());
  EXPECT_FALSE(by_ourselves(*image, 1).has_value());
}

TEST(RestartIntervals, AreAsManyAsExpectedOrNone) {
  Bytes data;
  for (int i = 0; i < 10; ++i) {
    data.insert(data.end(), {std::byte{0x55}, std::byte{0xFF}, static_cast<std::byte>(0xD0 + i % 8)});
  }
  data.insert(data.end(), {std::byte{0x55}, std::byte{0xFF}, std::byte{0xD9}});
  EXPECT_EQ(restart_intervals(data, 11).size(), 11U);
  EXPECT_TRUE(restart_intervals(data, 10).empty());
  EXPECT_TRUE(restart_intervals(data, 12).empty());
  EXPECT_TRUE(restart_intervals(data, 1).empty());
}

TEST(SequentialKinds, StopsWhenAsked) {
  const Bytes bytes = write_with_libjpeg({.size = {500, 400}});
  const auto image = open_jpeg_image(bytes, {});
  ASSERT_TRUE(image.has_value());
  std::stop_source stop;
  stop.request_stop();
  TaskPool pool(2);
  ImageBuffer buffer;
  ASSERT_TRUE(buffer.reset(image->format).has_value());
  const auto result = decode_sequential(image->structure, buffer.view(), pool, stop.get_token());
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, Errc::cancelled);
}

}  // namespace
}  // namespace imagepacker::jpeg
