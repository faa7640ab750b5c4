// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/transfer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "color/curve_table.h"
#include "color/primaries.h"
#include "color/tone_map.h"

namespace imagepacker {
namespace {

TEST(Transfer, PqHasItsKnownValues) {
  EXPECT_NEAR(pq_eotf(1), 10000, 1e-6);
  EXPECT_NEAR(pq_eotf(0), 0, 1e-6);
  EXPECT_NEAR(pq_inverse_eotf(203), 0.5807, 1e-4);
  EXPECT_NEAR(pq_inverse_eotf(1000), 0.7518, 1e-4);
  EXPECT_NEAR(pq_inverse_eotf(100), 0.5081, 1e-4);
}

TEST(Transfer, HlgHasItsKnownValues) {
  EXPECT_NEAR(hlg_inverse_oetf(0.5), 1.0 / 12, 1e-9);
  EXPECT_NEAR(hlg_inverse_oetf(1), 1, 1e-6);
  // 75 % HLG is graphics white on a display of 1000 cd/m².
  EXPECT_NEAR(kHlgPeakNits * std::pow(hlg_inverse_oetf(0.75), kHlgSystemGamma), kSdrWhiteNits, 0.5);
}

TEST(Transfer, CurvesAndTheirInversesMeet) {
  for (double coded = 0; coded <= 1; coded += 1.0 / 64) {
    EXPECT_NEAR(pq_inverse_eotf(pq_eotf(coded)), coded, 1e-6);
    EXPECT_NEAR(hlg_oetf(hlg_inverse_oetf(coded)), coded, 1e-6);
    for (const Transfer transfer : {Transfer::srgb, Transfer::bt709, Transfer::gamma22, Transfer::gamma28,
                                    Transfer::gamma18, Transfer::gamma20, Transfer::adobe_rgb, Transfer::linear}) {
      EXPECT_NEAR(sdr_from_linear(transfer, sdr_to_linear(transfer, coded)), coded, 1e-6);
    }
    // The pieces of SMPTE 240M do not quite meet, as printed in H.273.
    EXPECT_NEAR(sdr_from_linear(Transfer::smpte240m, sdr_to_linear(Transfer::smpte240m, coded)), coded, 2e-4);
  }
  EXPECT_NEAR(sdr_from_linear(Transfer::log100, sdr_to_linear(Transfer::log100, 0.5)), 0.5, 1e-9);
  EXPECT_NEAR(sdr_from_linear(Transfer::log316, sdr_to_linear(Transfer::log316, 0.5)), 0.5, 1e-9);
}

TEST(Primaries, WhiteStaysWhite) {
  for (const Primaries from : {Primaries::bt2020, Primaries::bt470m, Primaries::smpte_rp431, Primaries::adobe_rgb}) {
    for (const Primaries to : {Primaries::bt709, Primaries::smpte_eg432, Primaries::film}) {
      for (const double value : rgb_to_rgb(from, to) * Vector3{1, 1, 1}) {
        EXPECT_NEAR(value, 1, 1e-9);
      }
    }
  }
}

TEST(Primaries, LuminanceWeightsAreThoseOfTheirStandards) {
  const Vector3 bt2020 = luminance_weights(Primaries::bt2020);
  EXPECT_NEAR(bt2020[0], 0.2627, 1e-4);
  EXPECT_NEAR(bt2020[1], 0.6780, 1e-4);
  const Vector3 bt709 = luminance_weights(Primaries::bt709);
  EXPECT_NEAR(bt709[0], 0.2126, 1e-4);
  EXPECT_NEAR(bt709[2], 0.0722, 1e-4);
}

TEST(ToneMap, KeepsShadowsAndEndsAtWhite) {
  for (const double peak : {203.0, 400.0, 1000.0, 4000.0, 10000.0}) {
    EXPECT_NEAR(tone_mapped(peak / kSdrWhiteNits, peak), 1, 1e-6);
    EXPECT_NEAR(tone_mapped(0.01, peak), 0.01, 1e-6);
    double last = 0;
    for (double light = 0; light < 60; light += 0.05) {
      const double mapped = tone_mapped(light, peak);
      EXPECT_GE(mapped, last - 1e-9);
      EXPECT_LE(mapped, std::max(light, 1e-12) + 1e-9);
      last = mapped;
    }
  }
}

TEST(ToneMap, TakesThePeakFromWhatTheFormatTells) {
  ImageFormat format;
  format.color.transfer = Transfer::pq;
  EXPECT_EQ(content_peak_nits(format), 1000);
  format.hdr.mastering_display = MasteringDisplay{.max_luminance = 40000000};
  EXPECT_EQ(content_peak_nits(format), 4000);
  format.hdr.content_light_level = ContentLightLevel{.max_cll = 650};
  EXPECT_EQ(content_peak_nits(format), 650);
  format.hdr.content_light_level->max_cll = 50;
  EXPECT_EQ(content_peak_nits(format), kSdrWhiteNits);
}

TEST(LightOfCode, IsRelativeToSdrWhiteAndHasAnInverse) {
  EXPECT_NEAR(light_of_code(Transfer::pq, pq_inverse_eotf(kSdrWhiteNits)), 1, 1e-9);
  EXPECT_NEAR(light_of_code(Transfer::linear_hdr, kSdrWhiteNits / kPqPeakNits), 1, 1e-12);
  EXPECT_EQ(light_of_code(Transfer::linear, 1), 1);
  EXPECT_EQ(light_of_code(Transfer::srgb, 1), 1);
  for (const Transfer transfer :
       {Transfer::pq, Transfer::hlg, Transfer::linear_hdr, Transfer::linear, Transfer::srgb}) {
    for (int i = 0; i <= 1000; ++i) {
      EXPECT_NEAR(code_of_light(transfer, light_of_code(transfer, i / 1000.0)), i / 1000.0, 1e-6);
    }
  }
}

TEST(HlgRendering, HasTheNumbersOfItsStandardAndAnInverse) {
  EXPECT_NEAR(hlg_display_gain(1) * kSdrWhiteNits, 1000, 1e-9);
  const double gray = hlg_inverse_oetf(0.75);  // HDR reference white, BT.2408
  EXPECT_NEAR(gray * hlg_display_gain(gray) * kSdrWhiteNits, 203, 0.5);
  for (double scene = 1.0 / 1024; scene <= 1; scene *= 2) {
    EXPECT_NEAR(hlg_display_gain(scene) * hlg_scene_gain(scene * hlg_display_gain(scene)), 1, 1e-12);
  }
}

TEST(CurveTable, FollowsItsCurve) {
  const CodeTable decode([](double coded) { return sdr_to_linear(Transfer::srgb, coded); });
  const LightTable encode([](double light) { return sdr_from_linear(Transfer::srgb, light); });
  const LightTable encode_pq([](double light) { return pq_inverse_eotf(light * kSdrWhiteNits); });
  constexpr std::size_t kCodes = 65536;
  std::vector<float> coded(kCodes);
  std::vector<float> light(kCodes);
  std::vector<float> nits(kCodes);
  for (std::size_t i = 0; i < kCodes; ++i) {
    coded[i] = static_cast<float>(i) / 65535;
    light[i] = static_cast<float>(sdr_to_linear(Transfer::srgb, coded[i]));
    nits[i] = static_cast<float>(pq_eotf(coded[i]) / kSdrWhiteNits);
  }
  std::vector<float> decoded = coded;
  look_up_row(decode.view(), kCodes, decoded.data());
  look_up_row(encode.view(), kCodes, light.data());
  look_up_row(encode_pq.view(), kCodes, nits.data());
  for (std::size_t i = 0; i < kCodes; ++i) {
    EXPECT_NEAR(decoded[i], sdr_to_linear(Transfer::srgb, coded[i]), 1e-6);
    EXPECT_NEAR(light[i], coded[i], 2e-6);
    EXPECT_NEAR(nits[i], coded[i], 4e-5);
  }
  std::vector<float> outside = {-1.0F, 2.0F};
  look_up_row(decode.view(), 2, outside.data());
  EXPECT_EQ(outside, (std::vector<float>{0.0F, 1.0F}));
  outside = {-1.0F, 100.0F};
  look_up_row(encode.view(), 2, outside.data());
  EXPECT_NEAR(outside[0], 0.0F, 1e-6);
  EXPECT_EQ(outside[1], 1.0F);
}

}  // namespace
}  // namespace imagepacker
