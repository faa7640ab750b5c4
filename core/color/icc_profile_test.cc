// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/icc_profile.h"

#include <gtest/gtest.h>
#include <lcms2.h>

#include <array>
#include <memory>

#include "color/primaries.h"
#include "color/transfer.h"

namespace imagepacker {
namespace {

struct Close {
  void operator()(void* profile) const { cmsCloseProfile(profile); }
};
struct Delete {
  void operator()(void* transform) const { cmsDeleteTransform(transform); }
};
using Profile = std::unique_ptr<void, Close>;
using Transform = std::unique_ptr<void, Delete>;

Profile open(const Bytes& bytes) {
  return Profile(cmsOpenProfileFromMem(bytes.data(), static_cast<cmsUInt32Number>(bytes.size())));
}

/// What lcms2 makes of one colour of the profile in XYZ, white at D50.
Vector3 xyz_by_lcms(const Profile& profile, const Vector3& coded, cmsUInt32Number type) {
  const Profile xyz(cmsCreateXYZProfile());
  const Transform transform(cmsCreateTransform(profile.get(), type, xyz.get(), TYPE_XYZ_DBL,
                                               INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOOPTIMIZE));
  cmsCIEXYZ result{};
  if (transform != nullptr) {
    cmsDoTransform(transform.get(), coded.data(), &result, 1);
  }
  return {result.X, result.Y, result.Z};
}

class EveryPrimaries : public ::testing::TestWithParam<std::tuple<Primaries, Transfer>> {};

TEST_P(EveryPrimaries, AreReadByLcmsAsTheyAreMeant) {
  const ColorSpace color{.primaries = std::get<0>(GetParam()), .transfer = std::get<1>(GetParam())};
  const auto bytes = make_icc_profile(color, ColorModel::rgb);
  ASSERT_TRUE(bytes.has_value());
  EXPECT_LT(bytes->size(), 1000U);
  const Profile profile = open(*bytes);
  ASSERT_NE(profile, nullptr);
  EXPECT_EQ(cmsGetColorSpace(profile.get()), cmsSigRgbData);
  const Matrix3 to_xyz =
      chromatic_adaptation(xyz_of(chromaticities(color.primaries).white), kD50) * rgb_to_xyz(color.primaries);
  for (const Vector3& coded : {Vector3{1, 1, 1}, Vector3{0, 0, 0}, Vector3{1, 0, 0}, Vector3{0, 1, 0}, Vector3{0, 0, 1},
                               Vector3{.5, .25, .75}, Vector3{.02, .03, .01}}) {
    Vector3 light{};
    for (std::size_t i = 0; i < 3; ++i) {
      light[i] = sdr_to_linear(color.transfer, coded[i]);
    }
    const Vector3 expected = to_xyz * light;
    const Vector3 actual = xyz_by_lcms(profile, coded, TYPE_RGB_DBL);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(actual[i], expected[i], 2e-4) << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    IccProfile, EveryPrimaries,
    ::testing::Combine(::testing::Values(Primaries::bt709, Primaries::bt470m, Primaries::bt470bg, Primaries::smpte170m,
                                         Primaries::film, Primaries::bt2020, Primaries::smpte_rp431,
                                         Primaries::smpte_eg432, Primaries::ebu3213, Primaries::adobe_rgb),
                       ::testing::Values(Transfer::srgb, Transfer::bt709, Transfer::gamma22, Transfer::gamma28,
                                         Transfer::smpte240m, Transfer::linear, Transfer::adobe_rgb)));

TEST(IccProfile, OfGrayHasOneCurve) {
  const auto bytes = make_icc_profile({.transfer = Transfer::gamma22}, ColorModel::gray);
  ASSERT_TRUE(bytes.has_value());
  const Profile profile = open(*bytes);
  ASSERT_NE(profile, nullptr);
  EXPECT_EQ(cmsGetColorSpace(profile.get()), cmsSigGrayData);
  EXPECT_NEAR(xyz_by_lcms(profile, {0.5, 0, 0}, TYPE_GRAY_DBL)[1], sdr_to_linear(Transfer::gamma22, 0.5), 1e-4);
}

TEST(IccProfile, OfEqualColorsIsEqual) {
  const ColorSpace p3{.primaries = Primaries::smpte_eg432};
  ColorSpace camera_p3 = p3;
  camera_p3.transfer = Transfer::bt709;
  EXPECT_EQ(make_icc_profile(p3, ColorModel::rgb).value(), make_icc_profile(camera_p3, ColorModel::rgb).value());
}

TEST(IccProfile, CannotStateHdrCurves) {
  for (const Transfer transfer : {Transfer::pq, Transfer::hlg, Transfer::log100, Transfer::log316}) {
    EXPECT_EQ(make_icc_profile({.transfer = transfer}, ColorModel::rgb).error().code, Errc::unsupported);
  }
}

TEST(IccProfile, IsNotNeededForWhatIsShownAsSrgb) {
  EXPECT_TRUE(is_shown_as_srgb({.primaries = Primaries::unspecified, .transfer = Transfer::bt2020_10}));
  EXPECT_TRUE(is_shown_as_srgb({.primaries = Primaries::bt709, .transfer = Transfer::bt709}));
  EXPECT_FALSE(is_shown_as_srgb({.primaries = Primaries::smpte_eg432, .transfer = Transfer::srgb}));
  EXPECT_FALSE(is_shown_as_srgb({.primaries = Primaries::bt709, .transfer = Transfer::gamma22}));
}

}  // namespace
}  // namespace imagepacker
