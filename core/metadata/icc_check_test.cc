// SPDX-License-Identifier: LGPL-2.1-or-later
#include "metadata/icc_check.h"

#include <gtest/gtest.h>

#include "color/icc_profile.h"

namespace imagepacker {
namespace {

constexpr ColorSpace kDisplayP3{.primaries = Primaries::smpte_eg432};

TEST(IccCheck, TakesProfilesOfTheModelOnly) {
  const Bytes rgb = *make_icc_profile(kDisplayP3, ColorModel::rgb);
  const Bytes gray = *make_icc_profile(kDisplayP3, ColorModel::gray);
  EXPECT_TRUE(check_icc_profile(rgb, ColorModel::rgb).has_value());
  EXPECT_TRUE(check_icc_profile(rgb, ColorModel::yuv).has_value());
  EXPECT_TRUE(check_icc_profile(gray, ColorModel::gray).has_value());
  const Status status = check_icc_profile(rgb, ColorModel::gray);
  ASSERT_FALSE(status.has_value());
  EXPECT_NE(status.error().message.find("'RGB '"), std::string::npos) << status.error().message;
}

TEST(IccCheck, RefusesEveryTruncationAndABrokenSignature) {
  Bytes profile = *make_icc_profile(kDisplayP3, ColorModel::rgb);
  for (std::size_t length = 0; length < profile.size(); ++length) {
    EXPECT_FALSE(check_icc_profile(ByteView(profile).first(length), ColorModel::rgb).has_value());
  }
  profile[36] = std::byte{'x'};
  EXPECT_FALSE(check_icc_profile(profile, ColorModel::rgb).has_value());
}

// Its first bit is beyond lcms2's enumeration; with sanitizers this showed undefined behaviour.
TEST(IccCheck, RefusesColoursThatNobodyKnows) {
  Bytes profile = *make_icc_profile(kDisplayP3, ColorModel::rgb);
  profile[16] = std::byte{0xD2};
  const Status status = check_icc_profile(profile, ColorModel::rgb);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, Errc::invalid_argument);
  EXPECT_NE(status.error().message.find("'?GB '"), std::string::npos) << status.error().message;
}

}  // namespace
}  // namespace imagepacker
