// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <string_view>
#include <utility>

#include "color/transfer.h"
#include "image/image_buffer.h"
#include "imagepacker/packer.h"
#include "imagepacker/repacker.h"
#include "imagepacker/unpacker.h"

namespace imagepacker {
namespace {

constexpr Size kSize{192, 128};

/// A gray ramp from 1 to 1000 cd/m² in 16-bit R'G'B', PQ and BT.2020.
const ImageBuffer& ramp() {
  static const ImageBuffer buffer = [] {
    ImageBuffer made;
    EXPECT_TRUE(made.reset({.layout = PixelFormat::rgba64_le,
                            .size = kSize,
                            .color = {.primaries = Primaries::bt2020, .transfer = Transfer::pq},
                            .alpha = Alpha::none,
                            .hdr = {}})
                    .has_value());
    const MutableImageView view = made.view();
    for (int y = 0; y < kSize.height; ++y) {
      for (int x = 0; x < kSize.width; ++x) {
        const double code = pq_inverse_eotf(std::pow(1000.0, static_cast<double>(x) / (kSize.width - 1)));
        const auto word = static_cast<unsigned>(std::lround(code * 65535));
        for (int c = 0; c < 4; ++c) {
          std::byte* const at = view.planes[0].bytes.data() +
                                static_cast<std::size_t>(y) * view.planes[0].stride_bytes +
                                static_cast<std::size_t>(8 * x + 2 * c);
          at[0] = static_cast<std::byte>(word & 0xFF);
          at[1] = static_cast<std::byte>(word >> 8);
        }
      }
    }
    return made;
  }();
  return buffer;
}

Bytes ramp_as_jpeg(TaskPool& pool) {
  const ImageView view = ramp().view();
  const auto packer = Packer::create(view.format, {.quality = 98, .gain_map_quality = 98}, pool);
  EXPECT_TRUE(packer.has_value());
  VectorSink sink;
  EXPECT_TRUE(packer->pack({.main = view, .gain_map = {}, .auxiliary = {}, .metadata = {}}, sink).has_value());
  return sink.take();
}

struct Read {
  ImageInfo info;
  OwnedPicture owned;
  std::vector<Notice> notices;
};

Result<Read> read(ByteView file, DynamicRange range, TaskPool& pool) {
  auto unpacker = Unpacker::create(file, {.limits = {}, .dynamic_range = range, .layouts = {}}, pool);
  if (!unpacker.has_value()) {
    return unpacker.error();
  }
  Read result{.info = unpacker->info(), .owned = {}, .notices = {}};
  auto owned = unpacker->unpack({}, &result.notices);
  if (!owned.has_value()) {
    return owned.error();
  }
  result.owned = std::move(*owned);
  EXPECT_EQ(result.info.main, result.owned.picture.main.format);
  EXPECT_EQ(result.info.has_gain_map, result.owned.picture.gain_map.has_value());
  return result;
}

/// That a row of a GBR_12LE picture is the ramp within `tolerance` of a PQ code of 0..1.
void expect_ramp(const ImageView& view, double tolerance) {
  for (int x = 8; x < kSize.width - 8; ++x) {
    const double expected = pq_inverse_eotf(std::pow(1000.0, static_cast<double>(x) / (kSize.width - 1)));
    for (std::size_t p = 0; p < 3; ++p) {
      const std::byte* const at = view.planes[p].bytes.data() + 64 * view.planes[p].stride_bytes + 2 * x;
      const double code = (std::to_integer<int>(at[0]) | std::to_integer<int>(at[1]) << 8) / 4095.0;
      EXPECT_NEAR(code, expected, tolerance) << x;
    }
  }
}

TEST(DynamicRange, IsAsInTheFileUnlessAsked) {
  TaskPool pool(2);
  const Bytes file = ramp_as_jpeg(pool);
  const auto picture = read(file, DynamicRange::automatic, pool);
  ASSERT_TRUE(picture.has_value()) << picture.error().message;
  EXPECT_EQ(picture->info.main.layout, PixelFormat::i420);
  EXPECT_EQ(picture->info.main.color.primaries, Primaries::smpte_eg432);
  ASSERT_TRUE(picture->owned.picture.gain_map);
  EXPECT_EQ(picture->owned.picture.gain_map->image.format.size, kSize);
  EXPECT_FALSE(picture->owned.picture.metadata.icc.empty());
  EXPECT_TRUE(picture->notices.empty());
}

TEST(DynamicRange, BecomesSdrWithoutTheMap) {
  TaskPool pool(2);
  const Bytes file = ramp_as_jpeg(pool);
  const auto picture = read(file, DynamicRange::sdr, pool);
  ASSERT_TRUE(picture.has_value());
  EXPECT_EQ(picture->info.main.layout, PixelFormat::i420);
  EXPECT_FALSE(picture->info.has_gain_map);
  EXPECT_TRUE(picture->notices.empty());
}

TEST(DynamicRange, BecomesHdrAsItWas) {
  TaskPool pool(2);
  const Bytes file = ramp_as_jpeg(pool);
  const auto picture = read(file, DynamicRange::hdr, pool);
  ASSERT_TRUE(picture.has_value()) << picture.error().message;
  const ImageView& view = picture->owned.picture.main;
  EXPECT_EQ(view.format.layout, PixelFormat::gbr_12le);
  EXPECT_EQ(view.format.color.transfer, Transfer::pq);
  EXPECT_TRUE(picture->owned.picture.metadata.icc.empty());
  expect_ramp(view, 0.01);
}

TEST(DynamicRange, SurvivesOtherFormats) {
  TaskPool pool(2);
  for (const Format format : {Format::heif, Format::png}) {
    if (format_info(format) == nullptr) {
      continue;
    }
    const Bytes file = ramp_as_jpeg(pool);
    VectorSink other;
    ASSERT_TRUE(repack(file, {.packing = {.format = format, .quality = 95}, .is_quality_given = true}, pool, other)
                    .has_value());
    const Bytes between = other.take();
    VectorSink back;
    ASSERT_TRUE(repack(between, {.packing = {.quality = 95}, .is_quality_given = true}, pool, back).has_value());
    const Bytes again = back.take();
    const auto picture = read(again, DynamicRange::hdr, pool);
    ASSERT_TRUE(picture.has_value()) << picture.error().message;
    expect_ramp(picture->owned.picture.main, 0.02);
  }
}

TEST(DynamicRange, RefusesHdrOfSdr) {
  TaskPool pool(1);
  const Bytes file = ramp_as_jpeg(pool);
  // What remains of the file up to its first image's end is SDR.
  const ByteView bytes(file);
  constexpr std::string_view kImages("\xFF\xD9\xFF\xD8", 4);
  const std::string_view chars(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto end = chars.find(kImages);
  ASSERT_NE(end, std::string_view::npos);
  const auto picture = read(bytes.first(end + 2), DynamicRange::hdr, pool);
  ASSERT_FALSE(picture.has_value());
  EXPECT_EQ(picture.error().code, Errc::unsupported);
  EXPECT_TRUE(read(bytes.first(end + 2), DynamicRange::automatic, pool).has_value());
}

TEST(DynamicRange, ShowsTheBaseWhenTheMapIsBroken) {
  TaskPool pool(1);
  const Bytes file = ramp_as_jpeg(pool);
  // The map's samples are cut short.
  const ByteView cut = ByteView(file).first(file.size() - 500);
  const auto picture = read(cut, DynamicRange::sdr, pool);
  EXPECT_TRUE(picture.has_value());
  auto unpacker = Unpacker::create(cut, {}, pool);
  ASSERT_TRUE(unpacker.has_value());
  std::vector<Notice> notices;
  const auto base = unpacker->unpack({}, &notices);
  ASSERT_TRUE(base.has_value()) << base.error().message;
  EXPECT_FALSE(base->picture.gain_map);
  EXPECT_EQ(notices.size(), 1U);
  const auto hdr = read(cut, DynamicRange::hdr, pool);
  ASSERT_FALSE(hdr.has_value());
  EXPECT_EQ(hdr.error().code, Errc::corrupt_input);
}

}  // namespace
}  // namespace imagepacker
