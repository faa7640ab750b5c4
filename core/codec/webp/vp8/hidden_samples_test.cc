// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8/hidden_samples.h"

#include <gtest/gtest.h>

namespace imagepacker::vp8 {
namespace {

MacroblockSamples make_samples() {
  MacroblockSamples samples{};
  for (std::size_t i = 0; i < samples.luma.size(); ++i) {
    samples.luma[i] = static_cast<std::uint8_t>(i);
  }
  for (std::size_t i = 0; i < samples.chroma.size(); ++i) {
    samples.chroma[i] = static_cast<std::uint8_t>(2 * i);
  }
  return samples;
}

TEST(HiddenSamples, LeaveWhatIsSeenAlone) {
  AlphaSamples alpha;
  alpha.fill(1);
  MacroblockSamples samples = make_samples();
  even_out_hidden(alpha, samples);
  EXPECT_EQ(samples.luma, make_samples().luma);
  EXPECT_EQ(samples.chroma, make_samples().chroma);
}

TEST(HiddenSamples, AreGrayWhereNothingIsSeen) {
  const AlphaSamples alpha{};
  MacroblockSamples samples = make_samples();
  even_out_hidden(alpha, samples);
  for (const std::uint8_t sample : samples.luma) {
    EXPECT_EQ(sample, 128);
  }
  for (const std::uint8_t sample : samples.chroma) {
    EXPECT_EQ(sample, 128);
  }
}

TEST(HiddenSamples, TakeTheMeanOfTheOthers) {
  AlphaSamples alpha{};
  alpha[0] = 255;  // luma 0
  alpha[18] = 1;   // luma 18, chroma 1 (Cb 2, Cr 18)
  MacroblockSamples samples = make_samples();
  even_out_hidden(alpha, samples);
  EXPECT_EQ(samples.luma[0], 0);
  EXPECT_EQ(samples.luma[18], 18);
  EXPECT_EQ(samples.luma[1], 9);
  EXPECT_EQ(samples.luma[255], 9);
  EXPECT_EQ(samples.chroma[0], 0);
  EXPECT_EQ(samples.chroma[1], 2);
  EXPECT_EQ(samples.chroma[2], 1);
  EXPECT_EQ(samples.chroma[8], 16);
  EXPECT_EQ(samples.chroma[9], 18);
  EXPECT_EQ(samples.chroma[127], 17);
}

}  // namespace
}  // namespace imagepacker::vp8
