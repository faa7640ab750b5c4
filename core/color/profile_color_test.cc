// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/profile_color.h"

#include <gtest/gtest.h>
#include <lcms2.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <utility>

#include "color/icc_profile.h"
#include "color/primaries.h"

namespace imagepacker {
namespace {

using Profile = std::unique_ptr<void, cmsBool (*)(cmsHPROFILE)>;

Bytes saved(const Profile& profile) {
  cmsUInt32Number size = 0;
  cmsSaveProfileToMem(profile.get(), nullptr, &size);
  Bytes bytes(size);
  cmsSaveProfileToMem(profile.get(), bytes.data(), &size);
  return bytes;
}

TEST(ProfileColor, IsWhatOurProfilesWereMadeFor) {
  for (const Primaries primaries : {Primaries::bt709, Primaries::smpte_eg432, Primaries::bt2020, Primaries::adobe_rgb,
                                    Primaries::smpte170m, Primaries::bt470bg, Primaries::ebu3213, Primaries::film}) {
    for (const Transfer transfer : {Transfer::srgb, Transfer::linear, Transfer::gamma18, Transfer::gamma20,
                                    Transfer::gamma22, Transfer::gamma28, Transfer::adobe_rgb, Transfer::smpte240m}) {
      const auto icc = make_icc_profile({.primaries = primaries, .transfer = transfer}, ColorModel::rgb);
      ASSERT_TRUE(icc.has_value());
      const ProfileColor color = profile_color(*icc);
      EXPECT_TRUE(are_equal(color.primaries, primaries)) << static_cast<int>(primaries);
      EXPECT_EQ(color.transfer, transfer);
    }
  }
}

TEST(ProfileColor, OfGrayProfilesIsTheCurve) {
  const auto icc = make_icc_profile({.transfer = Transfer::gamma22}, ColorModel::gray);
  ASSERT_TRUE(icc.has_value());
  EXPECT_EQ(profile_color(*icc).primaries, Primaries::unspecified);
  EXPECT_EQ(profile_color(*icc).transfer, Transfer::gamma22);
}

TEST(ProfileColor, SpacesThatNobodyKnowsAreNoColor) {
  auto icc = make_icc_profile({.primaries = Primaries::bt709, .transfer = Transfer::srgb}, ColorModel::rgb);
  ASSERT_TRUE(icc.has_value());
  EXPECT_EQ(profile_color_space(*icc), 0x52474220U);
  std::fill_n(icc->begin() + 16, 4, std::byte{0xFF});
  EXPECT_EQ(profile_color_space(*icc), 0xFFFFFFFFU);
  EXPECT_EQ(profile_color(*icc).primaries, Primaries::unspecified);
  EXPECT_EQ(profile_color_space(ByteView(*icc).first(19)), 0U);
}

TEST(ProfileColor, KnowsThatOfAnotherMaker) {
  const ProfileColor color = profile_color(saved(Profile(cmsCreate_sRGBProfile(), cmsCloseProfile)));
  EXPECT_EQ(color.primaries, Primaries::bt709);
  EXPECT_EQ(color.transfer, Transfer::srgb);
}

TEST(ProfileColor, TakesCodesOfTheStandardOnly) {
  const auto color_with = [](std::uint8_t primaries, std::uint8_t transfer) {
    const Profile profile(cmsCreate_sRGBProfile(), cmsCloseProfile);
    constexpr std::array<char, 8> kType = {'c', 'i', 'c', 'p', 0, 0, 0, 0};
    std::array<std::uint8_t, 12> tag{};
    std::copy(kType.begin(), kType.end(), tag.begin());
    tag[8] = primaries;
    tag[9] = transfer;
    tag[11] = 1;
    EXPECT_TRUE(cmsWriteRawTag(profile.get(), static_cast<cmsTagSignature>(0x63696370), tag.data(), tag.size()));
    return profile_color(saved(profile));
  };
  EXPECT_EQ(color_with(9, 16).primaries, Primaries::bt2020);
  EXPECT_EQ(color_with(9, 16).transfer, Transfer::pq);
  // Numbers that H.273 reserves mean something else in here.
  for (const auto& [primaries, transfer] :
       {std::pair{Primaries::bt2020, Transfer::linear_hdr}, std::pair{Primaries::adobe_rgb, Transfer::pq},
        std::pair{Primaries::adobe_rgb, Transfer::adobe_rgb}}) {
    const ProfileColor color = color_with(static_cast<std::uint8_t>(primaries), static_cast<std::uint8_t>(transfer));
    EXPECT_EQ(color.primaries, Primaries::bt709);
    EXPECT_EQ(color.transfer, Transfer::srgb);
  }
}

TEST(ProfileColor, IsUnspecifiedWhereNoCodeIsNear) {
  const Profile lab(cmsCreateLab4Profile(nullptr), cmsCloseProfile);
  EXPECT_EQ(profile_color(saved(lab)).primaries, Primaries::unspecified);
  EXPECT_EQ(profile_color({}).transfer, Transfer::unspecified);
  auto icc = make_icc_profile({}, ColorModel::rgb);
  ASSERT_TRUE(icc.has_value());
  for (std::size_t size = 0; size < icc->size(); ++size) {
    profile_color(ByteView(*icc).first(size));
  }
}

}  // namespace
}  // namespace imagepacker
