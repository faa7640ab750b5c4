// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kernels/rgb_to_420.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace imagepacker {
namespace {

class RgbTo420 : public ::testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override { hwy::SetSupportedTargetsForTest(GetParam()); }
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }

  std::vector<std::uint8_t> random_bytes(std::size_t count) {
    std::vector<std::uint8_t> bytes(count);
    std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<std::uint8_t>(random_()); });
    return bytes;
  }

  std::mt19937 random_{7};
};

TEST_P(RgbTo420, GivesWhatAPlainLoopGives) {
  const auto mix = Rgb420Mix::of({ByteMix{{0.299F, 0.587F, 0.114F}, 0}, ByteMix{{-0.1687F, -0.3313F, 0.5F}, 128},
                                  ByteMix{{0.5F, -0.4F, -0.1F}, 128}});
  ASSERT_TRUE(mix.has_value());
  const auto code = [](const FixedMix& fixed, const std::array<unsigned, 3>& rgb, int fraction) {
    const std::uint64_t sum = std::uint64_t{fixed.bias} + std::uint64_t{fixed.weights[0]} * rgb[0] +
                              std::uint64_t{fixed.weights[1]} * rgb[1] + std::uint64_t{fixed.weights[2]} * rgb[2];
    return std::min((sum & 0xFFFFFFFF) >> fraction, std::uint64_t{255});
  };
  const PackedRgb layouts[] = {{3, {0, 1, 2}}, {3, {2, 1, 0}}, {4, {0, 1, 2}}, {4, {3, 2, 1}}, {4, {1, 2, 3}}};
  for (const PackedRgb& layout : layouts) {
    for (const std::size_t n : {1U, 2U, 3U, 7U, 8U, 15U, 16U, 17U, 31U, 33U, 64U, 100U, 131U}) {
      const auto step = static_cast<std::size_t>(layout.pixel_bytes);
      // Memory ends with the pixels, which sanitizers watch.
      std::array<std::vector<std::uint8_t>, 2> pixels = {random_bytes(n * step), random_bytes(n * step)};
      if (n == 64) {  // the corners of the cube
        for (std::uint8_t& byte : pixels[1]) {
          byte = byte < 128 ? 0 : 255;
        }
        pixels[0] = pixels[1];
      }
      const std::size_t chroma_count = (n + 1) / 2;
      std::array<std::vector<std::uint8_t>, 2> luma;
      luma.fill(std::vector<std::uint8_t>(n + 1, 77));
      std::array<std::vector<std::uint8_t>, 2> chroma;
      chroma.fill(std::vector<std::uint8_t>(chroma_count + 1, 77));
      rgb_to_420(layout, {pixels[0].data(), pixels[1].data()}, *mix, n,
                 {{luma[0].data(), luma[1].data()}, {chroma[0].data(), chroma[1].data()}});
      std::vector<std::array<unsigned, 3>> sums(chroma_count);
      for (std::size_t row = 0; row < 2; ++row) {
        for (std::size_t x = 0; x < n; ++x) {
          std::array<unsigned, 3> rgb{};
          for (std::size_t c = 0; c < 3; ++c) {
            rgb[c] = pixels[row][x * step + layout.byte_of_component[c]];
            sums[x / 2][c] += x % 2 == 0 && x + 1 == n ? 2 * rgb[c] : rgb[c];
          }
          ASSERT_EQ(luma[row][x], code(mix->luma, rgb, Rgb420Mix::kLumaFraction)) << n << " pixels, column " << x;
        }
        ASSERT_EQ(luma[row][n], 77);
      }
      for (std::size_t i = 0; i < 2; ++i) {
        for (std::size_t x = 0; x < chroma_count; ++x) {
          ASSERT_EQ(chroma[i][x], code(mix->chroma[i], sums[x], Rgb420Mix::kChromaFraction));
        }
        ASSERT_EQ(chroma[i][chroma_count], 77);
      }
    }
  }
}

TEST(Rgb420Mix, StaysInTheRangeOfCodes) {
  const ByteMix luma = {{0.299F, 0.587F, 0.114F}, 0};
  const ByteMix chroma = {{-0.1687F, -0.3313F, 0.5F}, 128};
  EXPECT_TRUE(Rgb420Mix::of({luma, chroma, chroma}).has_value());
  EXPECT_FALSE(Rgb420Mix::of({ByteMix{luma.weights, 16}, chroma, chroma}).has_value());
  EXPECT_FALSE(Rgb420Mix::of({ByteMix{luma.weights, -1}, chroma, chroma}).has_value());
  EXPECT_FALSE(Rgb420Mix::of({luma, chroma, ByteMix{chroma.weights, 126}}).has_value());
  const auto mix = Rgb420Mix::of({luma, chroma, chroma});
  // White is white, and gray has no colour.
  const auto sum = [](const FixedMix& fixed) { return fixed.weights[0] + fixed.weights[1] + fixed.weights[2]; };
  EXPECT_EQ((sum(mix->luma) * 255 + mix->luma.bias) >> Rgb420Mix::kLumaFraction, 255U);
  EXPECT_EQ((sum(mix->chroma[0]) * 1020 + mix->chroma[0].bias) >> Rgb420Mix::kChromaFraction, 128U);
}

INSTANTIATE_TEST_SUITE_P(Targets, RgbTo420, ::testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         [](const auto& instance) { return std::string(hwy::TargetName(instance.param)); });

}  // namespace
}  // namespace imagepacker
