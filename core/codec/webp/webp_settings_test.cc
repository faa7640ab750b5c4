// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/webp_settings.h"

#include <gtest/gtest.h>

namespace imagepacker::webp {
namespace {

WebPConfig config_for(int effort) {
  PackingOptions options;
  options.format = Format::webp;
  options.effort = effort;
  const auto config = make_config(options);
  EXPECT_TRUE(config) << effort;
  return config ? *config : WebPConfig{};
}

TEST(WebpSettings, SlowerEffortsNeverTakeFasterMethods) {
  for (int effort = 1; effort <= PackingOptions::kMaxEffort; ++effort) {
    EXPECT_GE(config_for(effort).method, config_for(effort - 1).method) << effort;
  }
}

// The races with equal settings rest on this.
TEST(WebpSettings, EffortSixIsLibwebpsDefault) {
  WebPConfig theirs;
  ASSERT_TRUE(WebPConfigInit(&theirs));
  const WebPConfig ours = config_for(6);
  EXPECT_EQ(ours.method, theirs.method);
  EXPECT_EQ(ours.pass, theirs.pass);
  EXPECT_EQ(ours.filter_strength, theirs.filter_strength);
  EXPECT_EQ(ours.sns_strength, theirs.sns_strength);
  EXPECT_EQ(ours.segments, theirs.segments);
}

TEST(WebpSettings, FastMethodsFilterMore) {
  const int unchanged = config_for(6).filter_strength;
  for (int effort = 0; effort <= 4; ++effort) {
    EXPECT_GT(config_for(effort).filter_strength, unchanged) << effort;
  }
}

}  // namespace
}  // namespace imagepacker::webp
