// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include "codec/heif/hevc_still.h"
#include "codec/heif/packed_heif.h"
#include "codec/heif/test_pictures.h"

namespace imagepacker::heif {
namespace {

using PF = PixelFormat;

/// What hardware decoders have is asked of them wherever the samples allow: Main and Main 10.
TEST(X265Still, ProfileIsTheMostCommonOne) {
  struct Case {
    PF layout;
    int profile;
  };
  constexpr int kMain = 1;
  constexpr int kMain10 = 2;
  constexpr int kRangeExtensions = 4;
  for (const Case& each : {Case{PF::i420, kMain}, Case{PF::i420_10le, kMain10}, Case{PF::i420_12le, kRangeExtensions},
                           Case{PF::y444, kRangeExtensions}, Case{PF::gray8, kRangeExtensions}}) {
    const TestPicture picture(format_of(each.layout, {64, 64}));
    const auto still = encode_hevc(picture.view(), {});
    ASSERT_TRUE(still.has_value()) << still.error().message;
    EXPECT_EQ(profile_idc(still->sets.sps), each.profile) << pixel_format_info(each.layout).name;
  }
}

/// Wavefronts are a matter of the stream: any number of threads gives the same one, none gives another.
TEST(X265Still, WavefrontsNotThreadsAreInTheBytes) {
  const TestPicture picture(format_of(PF::y42b, {200, 300}));
  const auto encode = [&](unsigned threads) { return encode_hevc(picture.view(), {.wavefront_threads = threads}); };
  const auto none = encode(0);
  const auto one = encode(1);
  const auto three = encode(3);
  ASSERT_TRUE(none.has_value() && one.has_value() && three.has_value());
  EXPECT_EQ(one->data, three->data);
  EXPECT_EQ(one->sets.pps, three->sets.pps);
  EXPECT_NE(one->sets.pps, none->sets.pps);
}

TEST(X265Still, MoreEffortTakesFewerBytes) {
  const TestPicture picture(format_of(PF::i420, {320, 256}));
  const auto bytes = [&](int effort) { return encode_hevc(picture.view(), {.effort = effort})->data.size(); };
  EXPECT_LT(bytes(8), bytes(4));
}

TEST(X265Still, RefusesWhatItCannotCode) {
  const TestPicture picture(format_of(PF::i420, {8, 8}));
  const auto still = encode_hevc(picture.view(), {});
  ASSERT_FALSE(still.has_value());
  EXPECT_EQ(still.error().code, Errc::codec_failed);
}

}  // namespace
}  // namespace imagepacker::heif
