// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pack/layout_choice.h"

#include <gtest/gtest.h>

#include <array>

namespace imagepacker {
namespace {

ImageFormat picture(PixelFormat layout, Alpha alpha = Alpha::none) {
  ImageFormat format{.layout = layout, .size = {4, 4}, .color = {}, .alpha = alpha, .hdr = {}};
  format.color.matrix = format.info().model == ColorModel::rgb ? Matrix::rgb : Matrix::bt601;
  return format;
}

PixelFormat choice(const ImageFormat& source, std::initializer_list<PixelFormat> layouts) {
  const auto chosen = choose_unpacked_layout(source, std::span(layouts.begin(), layouts.size()));
  return chosen ? chosen->layout : source.layout;
}

TEST(LayoutChoice, KeepsWhatIsAccepted) {
  EXPECT_EQ(choice(picture(PixelFormat::i420), {PixelFormat::rgb, PixelFormat::i420}), PixelFormat::i420);
  EXPECT_EQ(choice(picture(PixelFormat::i420), {}), PixelFormat::i420);
}

TEST(LayoutChoice, LosesLeast) {
  EXPECT_EQ(choice(picture(PixelFormat::rgb48_be), {PixelFormat::rgb, PixelFormat::argb64}), PixelFormat::argb64);
  EXPECT_EQ(choice(picture(PixelFormat::y42b), {PixelFormat::i420, PixelFormat::y444}), PixelFormat::y444);
  EXPECT_EQ(choice(picture(PixelFormat::gray8), {PixelFormat::gray16_le, PixelFormat::rgb}), PixelFormat::gray16_le);
  EXPECT_EQ(choice(picture(PixelFormat::rgba, Alpha::straight), {PixelFormat::rgb, PixelFormat::a420}),
            PixelFormat::a420);
  EXPECT_EQ(choice(picture(PixelFormat::rgba), {PixelFormat::rgb, PixelFormat::a420}), PixelFormat::rgb);
  EXPECT_EQ(choice(picture(PixelFormat::i420_10le), {PixelFormat::i420, PixelFormat::p010_10le}),
            PixelFormat::p010_10le);
}

TEST(LayoutChoice, WastesLeast) {
  EXPECT_EQ(choice(picture(PixelFormat::rgb), {PixelFormat::argb64, PixelFormat::rgba, PixelFormat::rgbx}),
            PixelFormat::rgbx);
}

TEST(LayoutChoice, SaysWhatTheSamplesMean) {
  const std::array rgb{PixelFormat::rgb};
  const auto chosen = choose_unpacked_layout(picture(PixelFormat::i420), rgb);
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->color.matrix, Matrix::rgb);
  EXPECT_EQ(chosen->color.range, Range::full);
  EXPECT_TRUE(validate(*chosen));
}

TEST(LayoutChoice, RefusesToLoseColour) {
  const std::array gray{PixelFormat::gray8};
  const auto chosen = choose_unpacked_layout(picture(PixelFormat::rgb), gray);
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error().code, Errc::unsupported);
  EXPECT_TRUE(choose_unpacked_layout(picture(PixelFormat::gray16_le), gray));
}

}  // namespace
}  // namespace imagepacker
