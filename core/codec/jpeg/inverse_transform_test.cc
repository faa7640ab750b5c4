// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/inverse_transform.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace imagepacker::jpeg {
namespace {

/// Coefficients of neighbouring blocks, and rows of exactly as many bytes as may be written.
struct Blocks {
  explicit Blocks(std::size_t blocks)
      : count(blocks),
        storage((blocks + kBlockGroup - 1) / kBlockGroup * kGroupCoefficients + 32),
        is_dc_only((blocks + kBlockGroup - 1) / kBlockGroup * kBlockGroup) {
    for (auto& row : rows) {
      row.resize(count * 8);
    }
  }

  std::int16_t* groups() {
    const auto address = reinterpret_cast<std::uintptr_t>(storage.data());
    return reinterpret_cast<std::int16_t*>((address + 63) / 64 * 64);
  }
  std::int16_t& at(std::size_t block, std::size_t row, std::size_t column) {
    return groups()[block / kBlockGroup * kGroupCoefficients + row * kBlockGroup * 8 + block % kBlockGroup * 8 +
                    column];
  }
  template <class Transform>
  int transform(Transform run) {
    std::array<std::uint8_t*, 8> pointers{};
    for (std::size_t row = 0; row < rows.size(); ++row) {
      pointers[row] = rows[row].data();
    }
    return run({groups(), is_dc_only.data(), count}, pointers);
  }

  std::size_t count;
  std::vector<std::int16_t> storage;
  std::vector<std::uint8_t> is_dc_only;
  std::array<std::vector<std::uint8_t>, 8> rows;
};

void fill(Blocks& blocks, std::mt19937& random) {
  for (std::size_t block = 0; block < blocks.count; ++block) {
    const unsigned kind = random() % 4;
    blocks.is_dc_only[block] = kind == 0;
    const int most = kind == 1 ? kMaxColumnSum / 8 : kind == 2 ? 100 : 2047;
    for (std::size_t column = 0; column < 8; ++column) {
      int rest = kMaxColumnSum;
      for (std::size_t row = 0; row < 8; ++row) {
        const bool is_zero = kind == 0 ? row + column > 0 : kind == 3 && random() % 4 != 0;
        const int limit = std::min(most, rest);
        const int value = is_zero ? 0 : static_cast<int>(random() % (2U * static_cast<unsigned>(limit) + 1)) - limit;
        rest -= std::abs(value);
        blocks.at(block, row, column) = static_cast<std::int16_t>(value);
      }
    }
  }
}

class InverseTransformTargets : public ::testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override { hwy::SetSupportedTargetsForTest(GetParam()); }
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }
};

TEST_P(InverseTransformTargets, EqualsTheScalarCode) {
  std::mt19937 random(5);
  for (int round = 0; round < 300; ++round) {
    Blocks actual(1 + random() % 9);
    fill(actual, random);
    Blocks expected(actual.count);
    expected.is_dc_only = actual.is_dc_only;
    std::copy_n(actual.groups(), actual.storage.size() - 32, expected.groups());
    EXPECT_EQ(actual.transform(inverse_transform), expected.transform(inverse_transform_scalar));
    for (std::size_t row = 0; row < 8; ++row) {
      ASSERT_EQ(actual.rows[row], expected.rows[row]) << "round " << round << " row " << row;
    }
    for (std::size_t block = 0; block < actual.count; ++block) {
      for (std::size_t i = 0; i < 64; ++i) {
        ASSERT_EQ(actual.at(block, i / 8, i % 8), 0);
      }
    }
  }
}

TEST_P(InverseTransformTargets, TellsOfColumnsThatAreTooLarge) {
  for (const bool is_flat : {true, false}) {
    for (std::size_t block = 0; block < 5; ++block) {
      Blocks blocks(5);
      std::ranges::fill(blocks.is_dc_only, is_flat);
      blocks.at(block, 0, 0) = -4095;
      EXPECT_EQ(blocks.transform(inverse_transform), 4095);
      if (!is_flat) {
        blocks.at(block, 3, 2) = -4095;
        blocks.at(block, 7, 2) = 4095;
        EXPECT_EQ(blocks.transform(inverse_transform), 8190);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, InverseTransformTargets, ::testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         [](const auto& target) { return std::string(hwy::TargetName(target.param)); });

}  // namespace
}  // namespace imagepacker::jpeg
