// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/quality_scale.h"

#include <gtest/gtest.h>

namespace imagepacker::heif {
namespace {

TEST(HeifQualityScale, FallsFromCoarsestToFinest) {
  EXPECT_EQ(hevc_qp(0), 51);
  EXPECT_EQ(hevc_qp(100), 0);
  for (int quality = 1; quality <= 100; ++quality) {
    EXPECT_LT(hevc_qp(quality), hevc_qp(quality - 1)) << quality;
  }
}

}  // namespace
}  // namespace imagepacker::heif
