// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/conversion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "color/matrix.h"

namespace imagepacker {
namespace {

ImageFormat format_of(PixelFormat layout, Size size, Matrix matrix, Range range) {
  ImageFormat format{.layout = layout, .size = size};
  format.color.matrix = pixel_format_info(layout).model == ColorModel::rgb ? Matrix::rgb : matrix;
  format.color.range = range;
  return format;
}

/// Writes one colour, given as R'G'B', to every pixel of an 8-bit image.
void fill(ImageBuffer& buffer, const Vector3& rgb) {
  const MutableImageView view = buffer.view();
  const PixelFormatInfo& info = view.format.info();
  const Coding coding = coding_of(info.model, info.depth, view.format.color);
  const Vector3 centred = coding.from_rgb * rgb;
  for (int c = 0; c < info.color_component_count(); ++c) {
    const PixelComponent& sample = info.components[c];
    const long nearest = std::lround(centred[c] + coding.offset[c]);
    const auto code = static_cast<std::byte>(std::clamp(nearest, 0L, 255L));
    const MutablePlane& plane = view.planes[sample.plane];
    const std::size_t row_bytes = plane_row_bytes(info, sample.plane, view.format.size);
    for (int y = 0; y < plane_height(info, sample.plane, view.format.size); ++y) {
      for (std::size_t at = sample.offset_bytes; at < row_bytes; at += sample.step_bytes) {
        plane.bytes[static_cast<std::size_t>(y) * plane.stride_bytes + at] = code;
      }
    }
  }
}

class SolidColors : public ::testing::TestWithParam<std::tuple<Matrix, Range, PixelFormat>> {};

TEST_P(SolidColors, BecomeTheSameColorInRgb) {
  const auto [matrix, range, layout] = GetParam();
  const ImageFormat source = format_of(layout, {17, 13}, matrix, range);
  const ImageFormat target = format_of(PixelFormat::rgb, {17, 13}, matrix, Range::full);
  const auto plan = ConversionPlan::create(source, target, 0);
  ASSERT_TRUE(plan.has_value());
  EXPECT_FALSE(plan->is_identity());
  for (const Vector3& rgb : {Vector3{1, 1, 1}, Vector3{0, 0, 0}, Vector3{1, 0, 0}, Vector3{0, 1, 0}, Vector3{0, 0, 1},
                             Vector3{.5, .5, .5}}) {
    ImageBuffer from;
    ImageBuffer to;
    ASSERT_TRUE(from.reset(source).has_value());
    ASSERT_TRUE(to.reset(target).has_value());
    fill(from, rgb);
    ASSERT_TRUE(plan->convert(std::as_const(from).view(), 0, 13, to.view()).has_value());
    const ImageView view = std::as_const(to).view();
    for (std::size_t y = 0; y < 13; ++y) {
      for (std::size_t x = 0; x < 17 * 3; ++x) {
        ASSERT_NEAR(std::to_integer<int>(view.planes[0].bytes[y * view.planes[0].stride_bytes + x]), rgb[x % 3] * 255,
                    2)
            << x << ' ' << y;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Codings, SolidColors,
                         ::testing::Combine(::testing::Values(Matrix::bt601, Matrix::bt709, Matrix::bt2020_ncl),
                                            ::testing::Values(Range::limited, Range::full),
                                            ::testing::Values(PixelFormat::nv12, PixelFormat::i420, PixelFormat::yuy2,
                                                              PixelFormat::y41b, PixelFormat::y444)));

TEST(Conversion, OfASolidColorBetweenMatricesIsExact) {
  const ImageFormat source = format_of(PixelFormat::nv12, {16, 4}, Matrix::bt709, Range::limited);
  const ImageFormat target = format_of(PixelFormat::i420, {16, 4}, Matrix::bt601, Range::full);
  const auto plan = ConversionPlan::create(source, target, 0);
  ASSERT_TRUE(plan.has_value());
  ImageBuffer from;
  ImageBuffer to;
  ASSERT_TRUE(from.reset(source).has_value());
  ASSERT_TRUE(to.reset(target).has_value());
  fill(from, {1, 0, 0});
  ASSERT_TRUE(plan->convert(std::as_const(from).view(), 0, 4, to.view()).has_value());
  const MutableImageView view = to.view();
  EXPECT_NEAR(std::to_integer<int>(view.planes[0].bytes[0]), 76, 1);
  EXPECT_NEAR(std::to_integer<int>(view.planes[1].bytes[0]), 85, 1);
  EXPECT_NEAR(std::to_integer<int>(view.planes[2].bytes[0]), 255, 1);
}

TEST(Conversion, WithoutWorkGivesAWindow) {
  ImageFormat source = format_of(PixelFormat::i420, {16, 4}, Matrix::unspecified, Range::full);
  ImageFormat target = format_of(PixelFormat::i420, {16, 4}, Matrix::bt601, Range::full);
  target.color.chroma_site = ChromaSite::center;
  const auto plan = ConversionPlan::create(source, target, 0);
  ASSERT_TRUE(plan.has_value());
  EXPECT_TRUE(plan->is_identity());
  ImageBuffer buffer;
  ASSERT_TRUE(buffer.reset(source).has_value());
  const ImageView image = std::as_const(buffer).view();
  const ConvertedRows rows(*plan, image);
  ImageBuffer scratch;
  const auto band = rows.rows(2, 2, scratch);
  ASSERT_TRUE(band.has_value());
  EXPECT_EQ(band->planes[0].bytes.data(), image.planes[0].bytes.data() + 2 * image.planes[0].stride_bytes);
  EXPECT_EQ(band->format.color, target.color);
}

}  // namespace
}  // namespace imagepacker
