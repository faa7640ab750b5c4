// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8/block_kernels.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <algorithm>
#include <cstring>
#include <random>

namespace imagepacker::vp8 {
namespace {

/// Samples of one kind of content in rows of 16: noise, extremes only, or nearly flat.
std::array<std::uint8_t, 64> make_samples(std::mt19937& random, int kind) {
  std::array<std::uint8_t, 64> samples;
  const auto base = static_cast<std::uint8_t>(random() & 0xFF);
  for (std::uint8_t& sample : samples) {
    const auto value = static_cast<std::uint8_t>(random() & 0xFF);
    sample = kind == 0 ? value : kind == 1 ? (value < 128 ? 0 : 255) : static_cast<std::uint8_t>(base ^ (value & 3));
  }
  return samples;
}

RoughCosts make_costs(std::mt19937& random) {
  RoughCosts costs;
  for (auto& row : costs.of) {
    std::ranges::generate(row, [&] { return static_cast<std::uint8_t>(random() & 0xFF); });
  }
  return costs;
}

void expect_equal(const QuantizedQuad& a, const QuantizedQuad& b) {
  EXPECT_EQ(a.levels.values, b.levels.values);
  EXPECT_EQ(a.distortion, b.distortion);
  EXPECT_EQ(a.rough_bits, b.rough_bits);
}

/// Runs `check` with every instruction set that this CPU has.
template <class Check>
void on_all_targets(const Check& check) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    check();
  }
  hwy::SetSupportedTargetsForTest(0);
}

TEST(Vp8BlockKernels, AreTheirScalarFormOnEveryTarget) {
  on_all_targets([] {
    std::mt19937 random(1);
    for (int round = 0; round < 600; ++round) {
      const int index = round % (kMaxQuantIndex + 1);
      const MacroblockQuantizer quantizer(index, 0);
      const RoughCosts costs = make_costs(random);
      const auto source = make_samples(random, round % 3);
      const auto prediction = make_samples(random, round / 3 % 3);
      Quad coefficients;
      Quad expected;
      transform_quad(source.data(), prediction.data(), coefficients);
      transform_quad_scalar(source.data(), prediction.data(), expected);
      ASSERT_EQ(coefficients.values, expected.values);

      QuantizedQuad quantized;
      QuantizedQuad expected_quantized;
      quantize_quad(coefficients, quantizer.luma, costs, quantized);
      quantize_quad_scalar(coefficients, quantizer.luma, costs, expected_quantized);
      expect_equal(quantized, expected_quantized);

      for (std::size_t i = 0; i < kQuadSize; ++i) {
        coefficients.values[i] = static_cast<std::int16_t>(quantized.levels.values[i] * quantizer.luma.step[i]);
      }
      std::array<std::uint8_t, 64> samples;
      std::array<std::uint8_t, 64> expected_samples;
      reconstruct_quad(coefficients, prediction.data(), samples.data());
      reconstruct_quad_scalar(coefficients, prediction.data(), expected_samples.data());
      ASSERT_EQ(samples, expected_samples);

      for (int block = 0; block < 4; ++block) {
        std::array<std::int16_t, 16> zigzag;
        std::array<std::int16_t, 16> expected_zigzag;
        EXPECT_EQ(zigzag_levels(quantized.levels, block, zigzag.data()),
                  zigzag_levels_scalar(quantized.levels, block, expected_zigzag.data()));
        EXPECT_EQ(zigzag, expected_zigzag);
      }
      ASSERT_FALSE(testing::Test::HasFailure());
    }
  });
}

TEST(Vp8BlockKernels, TrySubblockModesLikeTheirScalarForm) {
  on_all_targets([] {
    std::mt19937 random(2);
    for (int round = 0; round < 600; ++round) {
      const MacroblockQuantizer quantizer(round % (kMaxQuantIndex + 1), 0);
      const RoughCosts costs = make_costs(random);
      const auto source = make_samples(random, round % 3);
      const auto around = make_samples(random, round / 3 % 3);
      SubblockEdge edge;
      std::copy_n(around.begin(), edge.size(), edge.begin());
      edge[0] = edge[1];
      edge[14] = edge[13];
      SubblockTrials trials;
      SubblockTrials expected;
      try_subblock_modes(source.data(), edge, quantizer.luma, costs, trials);
      try_subblock_modes_scalar(source.data(), edge, quantizer.luma, costs, expected);
      for (std::size_t quad = 0; quad < 3; ++quad) {
        ASSERT_EQ(trials.predictions[quad], expected.predictions[quad]) << quad;
        expect_equal(trials.quads[quad], expected.quads[quad]);
      }
      ASSERT_FALSE(testing::Test::HasFailure());
    }
  });
}

// A residual that is coded with the finest step comes back, but for the rounding.
TEST(Vp8BlockKernels, TransformAndItsInverseAreNearTheIdentity) {
  std::mt19937 random(3);
  const MacroblockQuantizer quantizer(0, 0);
  const RoughCosts costs;
  for (int round = 0; round < 300; ++round) {
    const auto source = make_samples(random, round % 3);
    const auto prediction = make_samples(random, round / 3 % 3);
    Quad coefficients;
    QuantizedQuad quantized;
    transform_quad_scalar(source.data(), prediction.data(), coefficients);
    quantize_quad_scalar(coefficients, quantizer.luma, costs, quantized);
    for (std::size_t i = 0; i < kQuadSize; ++i) {
      coefficients.values[i] = static_cast<std::int16_t>(quantized.levels.values[i] * quantizer.luma.step[i]);
    }
    std::array<std::uint8_t, 64> samples;
    reconstruct_quad_scalar(coefficients, prediction.data(), samples.data());
    for (std::size_t i = 0; i < samples.size(); ++i) {
      EXPECT_NEAR(samples[i], source[i], 5);
    }
  }
}

}  // namespace
}  // namespace imagepacker::vp8
