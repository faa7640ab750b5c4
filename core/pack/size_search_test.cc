// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pack/size_search.h"

#include <gtest/gtest.h>

namespace imagepacker {
namespace {

constexpr FormatInfo kLossy{.long_name = "Lossy", .can_lossy = true, .can_lossless = true};

/// 100 bytes, and ten more for every step of quality; each byte is the quality.
Status encode_by_quality(const PackingOptions& options, ByteSink& sink) {
  return sink.write(
      Bytes(100 + 10 * static_cast<std::size_t>(options.quality), static_cast<std::byte>(options.quality)));
}

int quality_found(std::uint64_t max_bytes, int quality) {
  const auto result = largest_that_fits({.quality = quality, .max_bytes = max_bytes}, kLossy, encode_by_quality);
  return result.has_value() ? std::to_integer<int>(result.value().front()) : -1;
}

TEST(SizeSearch, FindsTheHighestQualityThatFits) {
  EXPECT_EQ(quality_found(100, 100), 0);
  EXPECT_EQ(quality_found(109, 100), 0);
  EXPECT_EQ(quality_found(110, 100), 1);
  EXPECT_EQ(quality_found(599, 100), 49);
  EXPECT_EQ(quality_found(600, 100), 50);
  EXPECT_EQ(quality_found(1100, 100), 100);
}

TEST(SizeSearch, DoesNotExceedTheQualityAskedFor) {
  EXPECT_EQ(quality_found(100000, 70), 70);
}

TEST(SizeSearch, TriesTheQualityAskedForFirst) {
  int calls = 0;
  const auto result =
      largest_that_fits({.quality = 85, .max_bytes = 100000}, kLossy, [&](const auto& options, auto& sink) {
        ++calls;
        return encode_by_quality(options, sink);
      });
  EXPECT_TRUE(result.has_value());
  EXPECT_EQ(calls, 1);
}

TEST(SizeSearch, NamesTheSmallestSizeWhenNothingFits) {
  const auto result = largest_that_fits({.max_bytes = 99}, kLossy, encode_by_quality);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, Errc::limit_exceeded);
  EXPECT_NE(result.error().message.find("100 bytes"), std::string::npos) << result.error().message;
  EXPECT_NE(result.error().message.find("max-bytes 99"), std::string::npos) << result.error().message;
}

TEST(SizeSearch, RaisesTheEffortOfLosslessOutput) {
  const auto encode_by_effort = [](const PackingOptions& options, ByteSink& sink) {
    return sink.write(Bytes(200 - 10 * static_cast<std::size_t>(options.effort)));
  };
  const PackingOptions options{.lossless = true, .effort = 4, .max_bytes = 130};
  const auto result = largest_that_fits(options, kLossy, encode_by_effort);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result.value().size(), 130U);
}

TEST(SizeSearch, HandsOnTheErrorsOfTheEncoder) {
  const auto result = largest_that_fits(
      {.max_bytes = 99}, kLossy, [](const auto&, auto&) -> Status { return make_error(Errc::codec_failed, "no"); });
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, Errc::codec_failed);
}

}  // namespace
}  // namespace imagepacker
