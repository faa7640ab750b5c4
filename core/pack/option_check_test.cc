// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pack/option_check.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace imagepacker {
namespace {

constexpr FormatInfo kLossyFormat{.format = Format::jpeg,
                                  .name = "lossy",
                                  .long_name = "Lossy",
                                  .max_width = 1000,
                                  .max_height = 500,
                                  .can_lossy = true,
                                  .can_lossless = false,
                                  .can_alpha = false,
                                  .can_progressive = false,
                                  .can_hdr = false,
                                  .max_depth = 8};

struct Case {
  const char* name;
  std::function<void(PackingOptions&)> change;
  std::vector<const char*> expected;  ///< parts of the message
};

class RefusedOptions : public ::testing::TestWithParam<Case> {};

TEST_P(RefusedOptions, AreNamedWithValueAndRange) {
  PackingOptions options;
  GetParam().change(options);
  const Status status = check_options(options, &kLossyFormat);
  ASSERT_FALSE(status.has_value());
  for (const char* part : GetParam().expected) {
    EXPECT_NE(status.error().message.find(part), std::string::npos) << status.error().message;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Options, RefusedOptions,
    ::testing::Values(
        Case{"QualityAbove", [](auto& o) { o.quality = 256; }, {"quality", "256", "0 to 100"}},
        Case{"QualityBelow", [](auto& o) { o.quality = -1; }, {"quality", "-1", "0 to 100"}},
        Case{"Effort", [](auto& o) { o.effort = 11; }, {"effort", "11", "0 to 10"}},
        Case{"HuffmanTables",
             [](auto& o) { o.huffman_tables = static_cast<HuffmanTables>(2); },
             {"huffman-tables", "2"}},
        Case{"Background", [](auto& o) { o.background = 0x1000000; }, {"background", "16777216"}},
        Case{"MaxWidth", [](auto& o) { o.max_width = -5; }, {"max-width", "-5"}},
        Case{"MaxHeight", [](auto& o) { o.max_height = -5; }, {"max-height", "-5"}},
        Case{"Format", [](auto& o) { o.format = static_cast<Format>(9); }, {"format", "9"}},
        Case{"Subsampling",
             [](auto& o) { o.chroma_subsampling = static_cast<ChromaSubsampling>(7); },
             {"chroma-subsampling", "7"}},
        Case{"DynamicRange",
             [](auto& o) { o.desired_dynamic_range = static_cast<DynamicRange>(7); },
             {"desired-dynamic-range", "7"}},
        Case{"Lossless", [](auto& o) { o.lossless = true; }, {"lossless", "Lossy"}},
        Case{"Progressive", [](auto& o) { o.progressive = true; }, {"progressive", "Lossy"}},
        Case{"Thumbnail", [](auto& o) { o.thumbnail_size = 513; }, {"thumbnail-size", "513", "0 to 512"}},
        Case{"Turn", [](auto& o) { o.apply_orientation = static_cast<Orientation>(0); }, {"apply-orientation", "0"}}),
    [](const auto& instance) { return instance.param.name; });

TEST(OptionCheck, TakesTheEndsOfEveryRange) {
  PackingOptions options;
  for (const int quality : {0, 100}) {
    for (const int effort : {0, 10}) {
      options.quality = quality;
      options.effort = effort;
      EXPECT_TRUE(check_options(options, &kLossyFormat).has_value());
    }
  }
}

TEST(OptionCheck, NamesTheFormatsOfTheBuildWhenOneIsMissing) {
  const Status status = check_options({}, nullptr);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, Errc::unsupported);
  for (const FormatInfo& info : supported_formats()) {
    EXPECT_NE(status.error().message.find(info.name), std::string::npos);
  }
}

TEST(OptionCheck, RefusesPicturesBeyondTheFormatsSize) {
  EXPECT_TRUE(check_size({1000, 500}, kLossyFormat).has_value());
  const Status status = check_size({1001, 500}, kLossyFormat);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, Errc::limit_exceeded);
  EXPECT_NE(status.error().message.find("1001×500"), std::string::npos);
  EXPECT_NE(status.error().message.find("1000×500"), std::string::npos);
  EXPECT_FALSE(check_size({1000, 501}, kLossyFormat).has_value());
}

}  // namespace
}  // namespace imagepacker
