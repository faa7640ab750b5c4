// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8/segmentation.h"

#include <gtest/gtest.h>

#include <vector>

namespace imagepacker::vp8 {
namespace {

// Optimised code once never chose the second.
TEST(Segmentation, UsesEachOfFourKindsOfArea) {
  std::vector<std::uint8_t> activities;
  for (const std::uint8_t activity : {40, 50, 60, 70}) {
    activities.insert(activities.end(), 75, activity);
  }
  const Segmentation segmentation = make_segmentation(activities, 36);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(segmentation.segment_of[activities[i * 75]], i);
  }
}

}  // namespace
}  // namespace imagepacker::vp8
