// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/quality_scale.h"

#include <gtest/gtest.h>

#include "imagepacker/options.h"

namespace imagepacker::webp {
namespace {

TEST(WebpQualityScale, RisesOverTheWholeRange) {
  EXPECT_EQ(libwebp_quality(0), 0);
  EXPECT_EQ(libwebp_quality(PackingOptions::kMaxQuality), 100);
  for (int quality = 1; quality <= PackingOptions::kMaxQuality; ++quality) {
    EXPECT_GT(libwebp_quality(quality), libwebp_quality(quality - 1)) << quality;
  }
}

TEST(Vp8QualityScale, FallsOverTheWholeRange) {
  EXPECT_EQ(vp8_quant_index(0), 127);
  EXPECT_EQ(vp8_quant_index(PackingOptions::kMaxQuality), 0);
  for (int quality = 1; quality <= PackingOptions::kMaxQuality; ++quality) {
    EXPECT_LT(vp8_quant_index(quality), vp8_quant_index(quality - 1)) << quality;
  }
}

}  // namespace
}  // namespace imagepacker::webp
