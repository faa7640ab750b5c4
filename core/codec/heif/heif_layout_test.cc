// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/heif_layout.h"

#include <gtest/gtest.h>

namespace imagepacker::heif {
namespace {

ImageFormat rgb(PixelFormat layout, Primaries primaries, Transfer transfer) {
  ImageFormat format{.layout = layout, .size = {8, 8}, .color = {}, .alpha = Alpha::none, .hdr = {}};
  format.color = {.primaries = primaries, .transfer = transfer, .matrix = Matrix::rgb, .range = Range::full};
  return format;
}

TEST(HeifLayout, CodesHdrRgbWithTheMatrixOfBt2100) {
  for (const Transfer transfer : {Transfer::pq, Transfer::hlg}) {
    const ImageFormat input = choose_input(rgb(PixelFormat::argb64, Primaries::bt2020, transfer), {});
    EXPECT_EQ(input.layout, PixelFormat::i420_10le);
    EXPECT_EQ(input.color.matrix, Matrix::bt2020_ncl);
    EXPECT_TRUE(validate(input));
  }
}

TEST(HeifLayout, CodesHdrOfEightBitsWithTen) {
  ImageFormat format{.layout = PixelFormat::nv12, .size = {8, 8}, .color = {}, .alpha = Alpha::none, .hdr = {}};
  format.color = {.primaries = Primaries::bt2020, .transfer = Transfer::pq, .matrix = Matrix::bt2020_ncl};
  EXPECT_EQ(choose_input(format, {}).layout, PixelFormat::i420_10le);
}

TEST(HeifLayout, CodesSdrRgbAsJpegDoes) {
  const ImageFormat input = choose_input(rgb(PixelFormat::rgb, Primaries::bt709, Transfer::srgb), {});
  EXPECT_EQ(input.layout, PixelFormat::i420);
  EXPECT_EQ(input.color.matrix, Matrix::bt601);
  EXPECT_EQ(input.color.range, Range::full);
}

}  // namespace
}  // namespace imagepacker::heif
