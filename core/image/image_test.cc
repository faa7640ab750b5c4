// SPDX-License-Identifier: LGPL-2.1-or-later
#include "imagepacker/image.h"

#include <gtest/gtest.h>

#include "image/image_buffer.h"

namespace imagepacker {
namespace {

ImageFormat format_of(PixelFormat layout, Size size) {
  ImageFormat format{.layout = layout, .size = size};
  if (pixel_format_info(layout).model == ColorModel::yuv) {
    format.color.matrix = Matrix::bt601;
  }
  return format;
}

class EveryPixelFormat : public ::testing::TestWithParam<PixelFormatInfo> {};

TEST_P(EveryPixelFormat, IsFoundByItsName) {
  EXPECT_EQ(pixel_format_from_name(GetParam().name), GetParam().format);
}

TEST_P(EveryPixelFormat, HasMemoryForEverySample) {
  for (const Size size : {Size{1, 1}, Size{3, 5}, Size{17, 13}, Size{48, 2}}) {
    ImageBuffer buffer;
    ASSERT_TRUE(buffer.reset(format_of(GetParam().format, size)).has_value());
    EXPECT_TRUE(validate(std::as_const(buffer).view()).has_value());
  }
}

TEST_P(EveryPixelFormat, RefusesPlanesThatAreTooShort) {
  ImageBuffer buffer;
  ASSERT_TRUE(buffer.reset(format_of(GetParam().format, {17, 13})).has_value());
  const ImageView whole = std::as_const(buffer).view();
  for (int p = 0; p < GetParam().plane_count; ++p) {
    const std::size_t row_bytes = plane_row_bytes(GetParam(), p, whole.format.size);
    const auto rows = static_cast<std::size_t>(plane_height(GetParam(), p, whole.format.size));
    ImageView view = whole;
    // The padding of the last row may be missing, its samples may not.
    const std::size_t needed = (rows - 1) * view.planes[p].stride_bytes + row_bytes;
    view.planes[p].bytes = whole.planes[p].bytes.first(needed);
    EXPECT_TRUE(validate(view).has_value());
    view.planes[p].bytes = whole.planes[p].bytes.first(needed - 1);
    EXPECT_FALSE(validate(view).has_value());
    view = whole;
    view.planes[p].stride_bytes = row_bytes - 1;
    EXPECT_FALSE(validate(view).has_value());
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryPixelFormat,
                         ::testing::ValuesIn(all_pixel_formats().begin(), all_pixel_formats().end()),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(Image, RefusesWhatHasNoPixels) {
  EXPECT_FALSE(validate(format_of(PixelFormat::rgb, {0, 1})).has_value());
  EXPECT_FALSE(validate(format_of(PixelFormat::rgb, {1, -1})).has_value());
}

TEST(Image, RefusesAMatrixThatContradictsTheLayout) {
  ImageFormat format = format_of(PixelFormat::rgb, {4, 4});
  format.color.matrix = Matrix::bt709;
  EXPECT_FALSE(validate(format).has_value());
  format = format_of(PixelFormat::nv12, {4, 4});
  format.color.matrix = Matrix::rgb;
  EXPECT_FALSE(validate(format).has_value());
}

TEST(Image, BufferKeepsItsMemoryForSmallerImages) {
  ImageBuffer buffer;
  ASSERT_TRUE(buffer.reset(format_of(PixelFormat::rgba, {64, 64})).has_value());
  const auto* const before = buffer.view().planes[0].bytes.data();
  ASSERT_TRUE(buffer.reset(format_of(PixelFormat::i420, {64, 32})).has_value());
  EXPECT_EQ(buffer.view().planes[0].bytes.data(), before);
}

TEST(Image, BufferRefusesSizesBeyondTheAddressSpace) {
  ImageBuffer buffer;
  const Status status = buffer.reset(format_of(PixelFormat::rgba64_be, {0x7FFFFFFF, 0x7FFFFFFF}));
  ASSERT_FALSE(status.has_value());
  EXPECT_TRUE(status.error().code == Errc::limit_exceeded || status.error().code == Errc::out_of_memory);
}

TEST(Image, WindowsStartAtTheirRows) {
  ImageBuffer buffer;
  ASSERT_TRUE(buffer.reset(format_of(PixelFormat::i420, {16, 16})).has_value());
  const ImageView whole = std::as_const(buffer).view();
  const ImageView window = row_window(whole, 4, 6);
  EXPECT_EQ(window.format.size, (Size{16, 6}));
  EXPECT_EQ(window.planes[0].bytes.data(), whole.planes[0].bytes.data() + 4 * whole.planes[0].stride_bytes);
  EXPECT_EQ(window.planes[1].bytes.data(), whole.planes[1].bytes.data() + 2 * whole.planes[1].stride_bytes);
  EXPECT_TRUE(validate(window).has_value());
}

}  // namespace
}  // namespace imagepacker
