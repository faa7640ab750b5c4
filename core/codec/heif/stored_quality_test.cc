// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/stored_quality.h"

#include <gtest/gtest.h>

#include "codec/heif/heif_decoder.h"
#include "codec/heif/packed_heif.h"
#include "codec/heif/test_pictures.h"

namespace imagepacker::heif {
namespace {

using PF = PixelFormat;

std::optional<int> quality_of(const Bytes& file) {
  const auto decoder = open_heif(file, {});
  EXPECT_TRUE(decoder.has_value());
  return decoder ? (*decoder)->info().quality : std::nullopt;
}

TEST(HeifStoredQuality, IsThatAtWhichItWasPacked) {
  for (const PF layout : {PF::i420, PF::gray8, PF::y444_10le, PF::a420}) {
    for (const int effort : {0, 4}) {
      for (const int quality : {20, 50, 75, 85, 92}) {
        const TestPicture picture(format_of(layout, {96, 64}));
        PackingOptions options = heif_options();
        options.quality = quality;
        options.effort = effort;
        const auto file = pack(picture.view(), options);
        ASSERT_TRUE(file.has_value());
        const auto stored = quality_of(*file);
        ASSERT_TRUE(stored.has_value());
        EXPECT_NEAR(*stored, quality, 3);
      }
    }
  }
}

TEST(HeifStoredQuality, CountsHdrByItsOwnScale) {
  ImageFormat format = format_of(PF::i420_10le, {96, 64});
  format.color = {Primaries::bt2020, Transfer::pq, Matrix::bt2020_ncl, Range::limited, ChromaSite::top_left};
  PackingOptions options = heif_options();
  options.quality = 80;
  const auto file = pack(TestPicture(format).view(), options);
  ASSERT_TRUE(file.has_value());
  const auto stored = quality_of(*file);
  ASSERT_TRUE(stored.has_value());
  EXPECT_NEAR(*stored, 80, 3);
}

TEST(HeifStoredQuality, OfAGridIsThatOfATile) {
  PackingOptions options = heif_options();
  options.quality = 70;
  options.effort = 0;
  const auto file = pack(TestPicture(format_of(PF::i420, {8205, 35})).view(), options);
  ASSERT_TRUE(file.has_value());
  const auto stored = quality_of(*file);
  ASSERT_TRUE(stored.has_value());
  EXPECT_NEAR(*stored, 70, 3);
}

}  // namespace
}  // namespace imagepacker::heif
