// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/lossless_settings.h"

#include <gtest/gtest.h>

#include "imagepacker/options.h"

namespace imagepacker::webp {
namespace {

WebPConfig config_for(int effort) {
  const auto config = make_lossless_config(effort);
  EXPECT_TRUE(config) << effort;
  return config ? *config : WebPConfig{};
}

TEST(WebpLosslessSettings, SlowerEffortsNeverTryLess) {
  for (int effort = 1; effort <= PackingOptions::kMaxEffort; ++effort) {
    EXPECT_GE(config_for(effort).method, config_for(effort - 1).method) << effort;
    EXPECT_GE(config_for(effort).quality, config_for(effort - 1).quality) << effort;
  }
}

TEST(WebpLosslessSettings, KeepColoursThatNobodySees) {
  EXPECT_EQ(config_for(4).exact, 1);
  EXPECT_EQ(config_for(4).lossless, 1);
}

}  // namespace
}  // namespace imagepacker::webp
