// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/block_transform.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <random>
#include <vector>

#include "codec/jpeg/forward_dct.h"
#include "codec/jpeg/test_pictures.h"

namespace imagepacker::jpeg {
namespace {

TEST(Quantizer, DividesExactly) {
  for (int step = 1; step <= 255; ++step) {
    QuantTable table;
    table.fill(static_cast<std::uint8_t>(step));
    for (const Rounding rounding : {Rounding::nearest, Rounding::dead_zone}) {
      const Quantizer quantizer(table, rounding);
      ASSERT_EQ(quantizer.bias[0], 4 * step);
      ASSERT_EQ(quantizer.bias[1], rounding == Rounding::nearest ? 4 * step : 8 * step * 28 / 64);
      for (int coefficient = 0; coefficient <= 8192; ++coefficient) {
        const unsigned sum = static_cast<unsigned>(coefficient) + quantizer.bias[1];
        const unsigned quotient = ((sum * quantizer.reciprocal[1]) >> 16) * quantizer.scale[1] >> 16;
        ASSERT_EQ(static_cast<int>(quotient), quantize(coefficient, step, quantizer.bias[1]))
            << coefficient << " / " << step;
      }
    }
  }
}

struct AlignedBlocks {
  explicit AlignedBlocks(std::size_t count) : storage(count * 64 + 32) {}
  std::int16_t* data() {
    const auto address = reinterpret_cast<std::uintptr_t>(storage.data());
    return reinterpret_cast<std::int16_t*>((address + 63) / 64 * 64);
  }
  std::vector<std::int16_t> storage;
};

class BlockTransformTargets : public ::testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override { hwy::SetSupportedTargetsForTest(GetParam()); }
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }
};

TEST_P(BlockTransformTargets, EqualsTheScalarCode) {
  std::mt19937 random(7);
  for (const SampleStep step : {SampleStep::every, SampleStep::first_of_pair, SampleStep::second_of_pair}) {
    for (int round = 0; round < 200; ++round) {
      const int count = 1 + static_cast<int>(random() % 9);
      // Exactly as many bytes as may be read, so that the sanitizers see one too many.
      const int row_bytes = count * (step == SampleStep::every ? 8 : 16);
      const ImageBuffer picture =
          make_picture(PixelFormat::gray8, {row_bytes, 8}, kAllContents[round % std::size(kAllContents)], random());
      std::array<std::vector<std::uint8_t>, 8> copies;
      SampleRows samples{.step = step};
      for (std::size_t row = 0; row < 8; ++row) {
        const Plane plane = picture.view().planes[0];
        const auto* const bytes = reinterpret_cast<const std::uint8_t*>(plane.bytes.data()) + row * plane.stride_bytes;
        copies[row].assign(bytes, bytes + row_bytes);
        samples.rows[row] = copies[row].data();
      }
      QuantTable table;
      for (auto& each : table) {
        each = static_cast<std::uint8_t>(1 + random() % (round % 2 == 0 ? 8 : 255));
      }
      const Quantizer quantizer(table, round % 3 == 0 ? Rounding::dead_zone : Rounding::nearest);
      AlignedBlocks expected(16), actual(16);
      std::array<std::uint64_t, 16> expected_masks{}, actual_masks{};
      transform_blocks_scalar(samples, count, quantizer, expected.data(), expected_masks.data());
      transform_blocks(samples, count, quantizer, actual.data(), actual_masks.data());
      for (int i = 0; i < count * 64; ++i) {
        ASSERT_EQ(actual.data()[i], expected.data()[i]) << "coefficient " << i;
      }
      for (int b = 0; b < count; ++b) {
        ASSERT_EQ(actual_masks[b], expected_masks[b]);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, BlockTransformTargets, ::testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         [](const auto& target) { return std::string(hwy::TargetName(target.param)); });

}  // namespace
}  // namespace imagepacker::jpeg
