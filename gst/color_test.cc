// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color.h"

#include <gtest/gtest.h>

namespace imagepacker::element {
namespace {

GstVideoInfo info_with(const GstVideoColorimetry& color) {
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, 1920, 1080);
  info.colorimetry = color;
  return info;
}

constexpr GstVideoColorimetry kBt709 = {.range = GST_VIDEO_COLOR_RANGE_16_235,
                                        .matrix = GST_VIDEO_COLOR_MATRIX_BT709,
                                        .transfer = GST_VIDEO_TRANSFER_BT709,
                                        .primaries = GST_VIDEO_COLOR_PRIMARIES_BT709};

TEST(Color, KeepsEveryTransferFunction) {
  for (int code = GST_VIDEO_TRANSFER_GAMMA10; code <= GST_VIDEO_TRANSFER_BT601; ++code) {
    GstVideoColorimetry color = kBt709;
    color.transfer = static_cast<GstVideoTransferFunction>(code);
    EXPECT_EQ(colorimetry_of(color_space_of(info_with(color))).transfer, color.transfer) << code;
  }
}

TEST(Color, KeepsAllPrimaries) {
  for (int code = GST_VIDEO_COLOR_PRIMARIES_BT709; code <= GST_VIDEO_COLOR_PRIMARIES_EBU3213; ++code) {
    GstVideoColorimetry color = kBt709;
    color.primaries = static_cast<GstVideoColorPrimaries>(code);
    EXPECT_EQ(colorimetry_of(color_space_of(info_with(color))).primaries, color.primaries) << code;
  }
}

TEST(Color, KeepsEveryMatrixOfVideo) {
  for (int code = GST_VIDEO_COLOR_MATRIX_FCC; code <= GST_VIDEO_COLOR_MATRIX_BT2020; ++code) {
    GstVideoColorimetry color = kBt709;
    color.matrix = static_cast<GstVideoColorMatrix>(code);
    EXPECT_EQ(colorimetry_of(color_space_of(info_with(color))).matrix, color.matrix) << code;
  }
}

TEST(Color, TakesWhatNobodyKnowsAsTheUsual) {
  const GstVideoColorimetry unknown{};
  const ColorSpace color = color_space_of(info_with(unknown));
  EXPECT_EQ(color.transfer, Transfer::bt709);
  EXPECT_EQ(color.primaries, Primaries::bt709);
  EXPECT_EQ(color.matrix, Matrix::bt709);
  EXPECT_EQ(color.range, Range::limited);
}

}  // namespace
}  // namespace imagepacker::element
