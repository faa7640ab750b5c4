// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pack/hdr_policy.h"

#include <gtest/gtest.h>

namespace imagepacker {
namespace {

constexpr ImageFormat kSdr{.layout = PixelFormat::nv12, .size = {64, 64}, .color = {.matrix = Matrix::bt709}};
constexpr ImageFormat kHdr{.layout = PixelFormat::p010_10le,
                           .size = {64, 64},
                           .color = {.primaries = Primaries::bt2020,
                                     .transfer = Transfer::pq,
                                     .matrix = Matrix::bt2020_ncl,
                                     .range = Range::limited}};

constexpr FormatInfo kSdrOnly{.format = Format::webp, .long_name = "Flat", .can_hdr = false, .max_depth = 8};
constexpr FormatInfo kMapOnly{
    .format = Format::jpeg, .long_name = "Map", .can_hdr = true, .max_depth = 8, .can_gain_map = true};
constexpr FormatInfo kLayer{.format = Format::png, .long_name = "Layer", .can_hdr = true, .max_depth = 16};
constexpr FormatInfo kBoth{
    .format = Format::heif, .long_name = "Both", .can_hdr = true, .max_depth = 12, .can_gain_map = true};

HdrWay way(const FormatInfo& codec, PackingOptions options = {}, const ImageFormat& source = kHdr) {
  const auto decision = decide_hdr(source, options, codec);
  EXPECT_TRUE(decision.has_value());
  return decision ? decision->way : HdrWay::untouched;
}

TEST(HdrPolicy, SdrIsNeverTouched) {
  for (const FormatInfo& codec : {kSdrOnly, kMapOnly, kLayer, kBoth}) {
    for (const DynamicRange range : {DynamicRange::automatic, DynamicRange::sdr}) {
      EXPECT_EQ(way(codec, {.desired_dynamic_range = range}, kSdr), HdrWay::untouched);
    }
    const auto refused = decide_hdr(kSdr, {.desired_dynamic_range = DynamicRange::hdr}, codec);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, Errc::unsupported);
    EXPECT_NE(refused.error().message.find("SDR"), std::string::npos);
  }
}

TEST(HdrPolicy, LinearLightIsHdrWhereItIsAbsolute) {
  ImageFormat linear = kHdr;
  linear.color.transfer = Transfer::linear_hdr;
  EXPECT_EQ(way(kMapOnly, {}, linear), HdrWay::gain_map);
  EXPECT_EQ(way(kLayer, {}, linear), HdrWay::single_layer);
  EXPECT_EQ(way(kSdrOnly, {}, linear), HdrWay::tone_mapped);
  linear.color.transfer = Transfer::linear;
  EXPECT_EQ(way(kLayer, {}, linear), HdrWay::untouched);
  const auto refused = decide_hdr(linear, {.desired_dynamic_range = DynamicRange::hdr}, kLayer);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("content-light-level"), std::string::npos) << refused.error().message;
}

TEST(HdrPolicy, HdrStaysWhereTheFormatCan) {
  for (const DynamicRange range : {DynamicRange::automatic, DynamicRange::hdr}) {
    const PackingOptions options{.desired_dynamic_range = range};
    EXPECT_EQ(way(kMapOnly, options), HdrWay::gain_map);
    EXPECT_EQ(way(kLayer, options), HdrWay::single_layer);
    EXPECT_EQ(way(kBoth, options), HdrWay::single_layer);
    EXPECT_EQ(way(kBoth, {.desired_dynamic_range = range, .hdr_layout = HdrLayout::gain_map}), HdrWay::gain_map);
    EXPECT_EQ(way(kLayer, {.desired_dynamic_range = range, .hdr_layout = HdrLayout::gain_map}), HdrWay::single_layer);
  }
}

TEST(HdrPolicy, SdrOnRequestEverywhere) {
  for (const FormatInfo& codec : {kSdrOnly, kMapOnly, kLayer, kBoth}) {
    EXPECT_EQ(way(codec, {.desired_dynamic_range = DynamicRange::sdr}), HdrWay::tone_mapped);
  }
}

TEST(HdrPolicy, WhatCannotBeHdrIsToneMappedOrRefusedWithAReason) {
  struct Case {
    FormatInfo codec;
    PackingOptions options;
    std::string_view reason;
  };
  for (const Case& c :
       {Case{kSdrOnly, {}, "Flat holds SDR only"}, Case{kMapOnly, {.progressive = true}, "progressive=false"},
        Case{kMapOnly, {.chroma_subsampling = ChromaSubsampling::yuv422}, "chroma-subsampling=420"},
        Case{kBoth, {.lossless = true, .hdr_layout = HdrLayout::gain_map}, "hdr-layout=single"}}) {
    PackingOptions options = c.options;
    const auto decision = decide_hdr(kHdr, options, c.codec);
    ASSERT_TRUE(decision.has_value());
    EXPECT_EQ(decision->way, HdrWay::tone_mapped);
    EXPECT_NE(decision->reason.find(c.reason), std::string::npos) << decision->reason;
    options.desired_dynamic_range = DynamicRange::hdr;
    const auto refused = decide_hdr(kHdr, options, c.codec);
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find(c.reason), std::string::npos) << refused.error().message;
  }
}

TEST(HdrPolicy, PrimariesWithoutACodeCannotBeStatedWithHdr) {
  ImageFormat adobe = kHdr;
  adobe.color.primaries = Primaries::adobe_rgb;
  EXPECT_EQ(way(kLayer, {}, adobe), HdrWay::tone_mapped);
  EXPECT_EQ(way(kBoth, {}, adobe), HdrWay::tone_mapped);
  EXPECT_EQ(way(kBoth, {.hdr_layout = HdrLayout::gain_map}, adobe), HdrWay::gain_map);
  EXPECT_EQ(way(kMapOnly, {}, adobe), HdrWay::gain_map);
  const auto refused = decide_hdr(adobe, {.desired_dynamic_range = DynamicRange::hdr}, kBoth);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("convert to BT.2020"), std::string::npos) << refused.error().message;
  EXPECT_NE(refused.error().message.find("hdr-layout=gain-map"), std::string::npos) << refused.error().message;
}

TEST(HdrPolicy, TheScaleOfTheGainMapFollowsSizeAndQuality) {
  EXPECT_EQ(choose_gain_map_scale({4000, 3000}, {}), 2);
  EXPECT_EQ(choose_gain_map_scale({4000, 3000}, {.quality = 98}), 1);
  EXPECT_EQ(choose_gain_map_scale({4000, 3000}, {.quality = 50}), 4);
  EXPECT_EQ(choose_gain_map_scale({4000, 300}, {.quality = 50}), 1);
  EXPECT_EQ(choose_gain_map_scale({4000, 3000}, {.gain_map_scale = 1}), 1);
}

TEST(HdrPolicy, TheGainMapHasTheShapeOfThePicture) {
  EXPECT_EQ(choose_gain_map_scale({641, 361}, {.gain_map_scale = 4}), 4);
  EXPECT_EQ(choose_gain_map_scale({8193, 66}, {.gain_map_scale = 4}), 2);  // 2048×17 is 3 % off
  EXPECT_EQ(choose_gain_map_scale({3, 5}, {.gain_map_scale = 4}), 1);
  EXPECT_EQ(choose_gain_map_scale({8193, 1}, {.gain_map_scale = 2}), 1);
  EXPECT_EQ(choose_gain_map_scale({1, 1}, {.gain_map_scale = 4}), 4);
}

}  // namespace
}  // namespace imagepacker
