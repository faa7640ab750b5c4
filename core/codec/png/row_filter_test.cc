// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/row_filter.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <random>
#include <vector>

namespace imagepacker {
namespace {

/// Rows with the padding that the filters ask for.
struct Rows {
  std::vector<std::uint8_t> row, above;
  FilterInput input;

  Rows(std::size_t count, std::size_t pixel_bytes, unsigned range, unsigned seed)
      : row(kMaxPixelBytes + count + kFilterPaddingBytes), above(row.size()) {
    std::minstd_rand random(seed);
    for (std::size_t i = 0; i < count; ++i) {
      // Both ends of the values, where eight bits wrap, as often as the rest.
      row[kMaxPixelBytes + i] = static_cast<std::uint8_t>(random() % range - range / 2);
      above[kMaxPixelBytes + i] = static_cast<std::uint8_t>(random() % range - range / 2);
    }
    input = {row.data() + kMaxPixelBytes, above.data() + kMaxPixelBytes, count, pixel_bytes};
  }
};

TEST(RowFilter, IsTheScalarOneOnEveryTarget) {
  for (const auto target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    for (const std::size_t pixel_bytes : {1U, 2U, 3U, 4U, 6U, 8U}) {
      for (const std::size_t pixels : {1U, 2U, 5U, 16U, 31U, 257U}) {
        for (const unsigned range : {256U, 9U, 2U}) {
          const Rows rows(pixels * pixel_bytes, pixel_bytes, range, static_cast<unsigned>(pixels + range));
          const std::size_t count = rows.input.count;
          EXPECT_EQ(least_magnitude_filter(rows.input), least_magnitude_filter_scalar(rows.input));
          for (int f = 0; f < kRowFilterCount; ++f) {
            std::vector<std::uint8_t> expected(count);
            std::vector<std::uint8_t> actual(count + kFilterPaddingBytes);
            filter_row_scalar(static_cast<RowFilter>(f), rows.input, expected.data());
            filter_row(static_cast<RowFilter>(f), rows.input, actual.data());
            actual.resize(count);
            ASSERT_EQ(actual, expected) << f << " pixel bytes " << pixel_bytes << " pixels " << pixels;
          }
        }
      }
    }
  }
  hwy::SetSupportedTargetsForTest(0);
}

TEST(RowFilter, ChoosesTheFirstOfEquals) {
  Rows rows(48, 3, 2, 1);
  rows.row.assign(rows.row.size(), 0);
  rows.above.assign(rows.above.size(), 0);
  rows.input.row = rows.row.data() + kMaxPixelBytes;
  rows.input.above = rows.above.data() + kMaxPixelBytes;
  EXPECT_EQ(least_magnitude_filter(rows.input), RowFilter::none);
}

}  // namespace
}  // namespace imagepacker
