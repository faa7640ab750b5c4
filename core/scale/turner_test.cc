// SPDX-License-Identifier: LGPL-2.1-or-later
#include "scale/turner.h"

#include <gtest/gtest.h>

#include <cstring>
#include <tuple>
#include <vector>

namespace imagepacker {
namespace {

constexpr Orientation kOrientations[] = {
    Orientation::normal,    Orientation::flip_horizontal, Orientation::rotate_180, Orientation::flip_vertical,
    Orientation::transpose, Orientation::rotate_90,       Orientation::transverse, Orientation::rotate_270};

ImageFormat format_of(PixelFormat layout, Size size) {
  ImageFormat format{.layout = layout, .size = size};
  if (format.info().model == ColorModel::yuv) {
    format.color.matrix = Matrix::bt601;
  }
  return format;
}

/// Every byte differs from its neighbours.
void fill(ImageBuffer& buffer, const ImageFormat& format) {
  ASSERT_TRUE(buffer.reset(format).has_value());
  unsigned value = 1;
  for (const MutablePlane& plane : buffer.view().planes) {
    for (std::byte& byte : plane.bytes) {
      byte = static_cast<std::byte>((value = value * 1103515245 + 12345) >> 16);
    }
  }
}

class EveryOrientation : public ::testing::TestWithParam<Orientation> {};

// What Exif 2.32 says of tag 0x0112: where the stored row 0 and column 0 belong in the picture.
TEST_P(EveryOrientation, PutsTheFirstRowAndColumnWhereExifSays) {
  constexpr Size kSize{3, 2};
  ImageBuffer source;
  ASSERT_TRUE(source.reset(format_of(PixelFormat::gray8, kSize)).has_value());
  const MutablePlane plane = source.view().planes[0];
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      plane.bytes[y * plane.stride_bytes + x] = static_cast<std::byte>(10 * y + x);
    }
  }
  const auto turner = Turner::create(source.view().format, GetParam());
  ASSERT_TRUE(turner.has_value());
  TaskPool pool(1);
  ImageBuffer turned;
  ASSERT_TRUE(turner->turn(std::as_const(source).view(), turned, pool).has_value());
  const Size size = turned.view().format.size;
  std::vector<int> pixels;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      pixels.push_back(
          std::to_integer<int>(turned.view().planes[0].bytes[y * turned.view().planes[0].stride_bytes + x]));
    }
  }
  const std::vector<int> expected[] = {
      {0, 1, 2, 10, 11, 12}, {2, 1, 0, 12, 11, 10}, {12, 11, 10, 2, 1, 0}, {10, 11, 12, 0, 1, 2},
      {0, 10, 1, 11, 2, 12}, {10, 0, 11, 1, 12, 2}, {12, 2, 11, 1, 10, 0}, {2, 12, 1, 11, 0, 10},
  };
  EXPECT_EQ(pixels, expected[static_cast<int>(GetParam()) - 1]);
  EXPECT_EQ(size, swaps_sides(GetParam()) ? (Size{2, 3}) : kSize);
}

TEST_P(EveryOrientation, IsUndoneByItsInverse) {
  const Orientation inverse = GetParam() == Orientation::rotate_90    ? Orientation::rotate_270
                              : GetParam() == Orientation::rotate_270 ? Orientation::rotate_90
                                                                      : GetParam();
  TaskPool pool(2);
  for (const PixelFormatInfo& info : all_pixel_formats()) {
    if (info.log2_chroma_w > 0) {
      continue;
    }
    ImageBuffer source;
    fill(source, format_of(info.format, {67, 41}));
    const ImageView before = std::as_const(source).view();
    ImageBuffer turned;
    ImageBuffer back;
    const auto there = Turner::create(before.format, GetParam());
    ASSERT_TRUE(there.has_value());
    ASSERT_TRUE(there->turn(before, turned, pool).has_value());
    const auto again = Turner::create(there->target(), inverse);
    ASSERT_TRUE(again.has_value());
    ASSERT_TRUE(again->turn(std::as_const(turned).view(), back, pool).has_value());
    const ImageView after = std::as_const(back).view();
    for (int p = 0; p < info.plane_count; ++p) {
      const std::size_t row_bytes = plane_row_bytes(info, p, before.format.size);
      for (int y = 0; y < before.format.size.height; ++y) {
        ASSERT_EQ(std::memcmp(before.planes[p].bytes.data() + y * before.planes[p].stride_bytes,
                              after.planes[p].bytes.data() + y * after.planes[p].stride_bytes, row_bytes),
                  0)
            << info.name << " plane " << p << " row " << y;
      }
    }
  }
}

TEST_P(EveryOrientation, TurnsSubsampledLayoutsAtFullChroma) {
  TaskPool pool(2);
  for (const PixelFormat layout : {PixelFormat::i420, PixelFormat::nv12, PixelFormat::yuy2, PixelFormat::p010_10le,
                                   PixelFormat::v210, PixelFormat::a420_12le, PixelFormat::p016_le}) {
    ImageBuffer source;
    fill(source, format_of(layout, {7, 5}));
    const auto turner = Turner::create(source.view().format, GetParam());
    ASSERT_TRUE(turner.has_value()) << pixel_format_info(layout).name;
    EXPECT_EQ(turner->target().info().log2_chroma_w, 0);
    ImageBuffer turned;
    EXPECT_TRUE(turner->turn(std::as_const(source).view(), turned, pool).has_value());
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryOrientation, ::testing::ValuesIn(kOrientations));

}  // namespace
}  // namespace imagepacker
