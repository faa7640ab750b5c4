// SPDX-License-Identifier: LGPL-2.1-or-later
// Options, formats, planes and metadata that make no sense: refused with a reason, or packed into a file that opens.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/decode.h"
#include "support/hostile_pack.h"

namespace imagepacker::testing {
namespace {

constexpr int kTriesPerSeed = 250;

class HostileInput : public ::testing::TestWithParam<int> {};

TEST_P(HostileInput, IsRefusedOrPacked) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  int packed = 0;
  for (int i = 0; i < kTriesPerSeed; ++i) {
    std::vector<std::uint8_t> spec(200 + random() % 800);
    std::ranges::generate(spec, [&] { return static_cast<std::uint8_t>(random()); });
    const HostilePack result = hostile_pack(spec);
    if (!result.bytes) {
      EXPECT_FALSE(result.bytes.error().message.empty());
      EXPECT_NE(Errc::internal, result.bytes.error().code) << result.bytes.error().message;
      EXPECT_NE(Errc::out_of_memory, result.bytes.error().code) << result.bytes.error().message;
      continue;
    }
    ++packed;
    const DecodedImage decoded = decode(result.options.format, *result.bytes, result.options.lossless);
    EXPECT_EQ("", decoded.error) << format_info(result.options.format)->name << " of " << result.format.info().name
                                 << " " << result.format.size.width << "x" << result.format.size.height << ", try "
                                 << i;
    Size largest = result.format.size;
    if (swaps_sides(result.options.apply_orientation)) {
      std::swap(largest.width, largest.height);
    }
    EXPECT_LE(decoded.size.width, largest.width);
    EXPECT_LE(decoded.size.height, largest.height);
  }
  EXPECT_GT(packed, kTriesPerSeed / 8) << "the specs are too wild to test much";
}

INSTANTIATE_TEST_SUITE_P(Seeds, HostileInput, ::testing::Range(1, 9));

TEST(HostileInput, AnEmptySpecIsAPicture) {
  EXPECT_TRUE(hostile_pack({}).bytes.has_value());
}

}  // namespace
}  // namespace imagepacker::testing
