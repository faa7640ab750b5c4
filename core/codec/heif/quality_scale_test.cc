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

TEST(HeifQualityScale, FlatQuantisationIsCoarserForTheSameLook) {
  EXPECT_EQ(flat_hevc_qp(0), 0);
  for (double qp = 0.5; qp <= 51; qp += 0.5) {
    EXPECT_GE(flat_hevc_qp(qp), qp);
    EXPECT_GT(flat_hevc_qp(qp), flat_hevc_qp(qp - 0.5)) << qp;
  }
}

TEST(HeifQualityScale, HdrIsCodedFinerAndFallsToo) {
  for (const Transfer transfer : {Transfer::pq, Transfer::hlg}) {
    EXPECT_EQ(flat_hevc_qp(100, transfer), 0);
    for (int quality = 0; quality < 100; ++quality) {
      EXPECT_LT(flat_hevc_qp(quality, transfer), hevc_qp(quality)) << quality;
      EXPECT_LT(flat_hevc_qp(quality + 1, transfer), flat_hevc_qp(quality, transfer)) << quality;
    }
  }
  EXPECT_EQ(flat_hevc_qp(85, Transfer::srgb), flat_hevc_qp(hevc_qp(85)));
}

}  // namespace
}  // namespace imagepacker::heif
