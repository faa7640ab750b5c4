// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hdr/gain_map_image.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <utility>

#include "color/transfer.h"
#include "hdr/light_level.h"

namespace imagepacker {
namespace {

/// Where a pixel stands.
using LevelAt = std::function<int(int x, int y)>;

/// A gray picture in 10-bit 4:2:0, limited range, whose luma codes are level_at(x, y).
class GrayPicture {
 public:
  GrayPicture(Size size, Transfer transfer, const LevelAt& level_at) {
    EXPECT_TRUE(buffer_
                    .reset({.layout = PixelFormat::i420_10le,
                            .size = size,
                            .color = {.primaries = Primaries::bt2020,
                                      .transfer = transfer,
                                      .matrix = Matrix::bt2020_ncl,
                                      .range = Range::limited}})
                    .has_value());
    const MutableImageView image = buffer_.view();
    for (int p = 0; p < 3; ++p) {
      const int width = p == 0 ? size.width : (size.width + 1) / 2;
      const int height = p == 0 ? size.height : (size.height + 1) / 2;
      for (int y = 0; y < height; ++y) {
        auto* const row = reinterpret_cast<std::uint16_t*>(image.planes[p].bytes.data() +
                                                           static_cast<std::size_t>(y) * image.planes[p].stride_bytes);
        for (int x = 0; x < width; ++x) {
          row[x] = static_cast<std::uint16_t>(p == 0 ? level_at(x, y) : 512);
        }
      }
    }
  }

  [[nodiscard]] ImageView view() const { return buffer_.view(); }

 private:
  ImageBuffer buffer_;
};

int pq_code(double nits) {
  return static_cast<int>(std::lround(64 + 876 * pq_inverse_eotf(nits)));
}

double nits_of(int code) {
  return pq_eotf((code - 64) / 876.0);
}

ContentLightLevel measured(const GrayPicture& picture, unsigned threads = 1) {
  TaskPool pool(threads);
  const auto rows = LightRows::create(picture.view().format, 0);
  EXPECT_TRUE(rows.has_value());
  const auto level = measure_light_level(*rows, picture.view(), pool, {});
  EXPECT_TRUE(level.has_value());
  return level ? *level : ContentLightLevel{};
}

TEST(LightLevel, OfFlatPicturesIsExact) {
  for (const int code : {64, pq_code(10), pq_code(203), pq_code(1000), 940}) {
    const ContentLightLevel level = measured({{33, 17}, Transfer::pq, [&](int, int) { return code; }});
    const double nits = std::max(1.0, nits_of(code));
    EXPECT_NEAR(level.max_cll, nits, 1 + nits / 1000) << code;
    EXPECT_NEAR(level.max_fall, nits, 1 + nits / 1000) << code;
  }
  EXPECT_EQ(measured({{8, 8}, Transfer::pq, [](int, int) { return 940; }}).max_cll, 10000);
  EXPECT_NEAR(measured({{8, 8}, Transfer::hlg, [](int, int) { return 940; }}).max_cll, 1000, 1);
  // 75 % of HLG is 203 cd/m² (BT.2408).
  EXPECT_NEAR(measured({{8, 8}, Transfer::hlg, [](int, int) { return 64 + 876 * 3 / 4; }}).max_cll, 203, 2);
}

TEST(LightLevel, LeavesOutOnePixelInTenThousand) {
  const auto picture = [](int bright) {
    return GrayPicture({200, 100}, Transfer::pq,
                       [bright](int x, int y) { return y * 200 + x < bright ? pq_code(4000) : pq_code(100); });
  };
  EXPECT_NEAR(measured(picture(2)).max_cll, 100, 2);
  EXPECT_NEAR(measured(picture(3)).max_cll, 4000, 30);
  EXPECT_NEAR(measured(picture(20000)).max_fall, 4000, 30);
}

TEST(LightLevel, OfLargePicturesDoesNotDependOnThreads) {
  const GrayPicture picture({2500, 1200}, Transfer::pq, [](int x, int y) { return 64 + (x * 7 + y * 13) % 700; });
  EXPECT_EQ(measured(picture, 1), measured(picture, 3));
  EXPECT_NEAR(measured(picture).max_cll, nits_of(763), nits_of(763) / 100);
}

/// The map of a picture whose brightest thing has `peak_nits`, as log2 gains.
struct MadeMap {
  Size size;
  std::vector<double> gains;
  GainMapMetadata metadata;
};
MadeMap make_map(const GrayPicture& picture, double peak_nits, int scale, unsigned threads = 2) {
  TaskPool pool(threads);
  const auto rows = LightRows::create(picture.view().format, 0);
  EXPECT_TRUE(rows.has_value());
  const GainMapMaker maker(*rows, peak_nits, scale);
  ImageBuffer map;
  EXPECT_TRUE(maker.make(picture.view(), map, pool, {}).has_value());
  const ImageView view = std::as_const(map).view();
  MadeMap made{view.format.size, {}, maker.metadata()};
  for (int y = 0; y < made.size.height; ++y) {
    for (int x = 0; x < made.size.width; ++x) {
      const auto at = static_cast<std::size_t>(y) * view.planes[0].stride_bytes + static_cast<std::size_t>(x);
      made.gains.push_back(std::to_integer<int>(view.planes[0].bytes[at]) / 255.0 * made.metadata.channels[0].gain_max);
    }
  }
  return made;
}

TEST(GainMapMaker, SizesAreRounded) {
  EXPECT_EQ(gain_map_size({1, 1}, 4), (Size{1, 1}));
  EXPECT_EQ(gain_map_size({5, 6}, 2), (Size{3, 3}));
  EXPECT_EQ(gain_map_size({5, 6}, 4), (Size{1, 2}));
  EXPECT_EQ(gain_map_size({8193, 3}, 1), (Size{8193, 3}));
}

TEST(GainMapMaker, ShapesMayDifferByOnePercent) {
  EXPECT_TRUE(has_shape_of({1, 1}, {4000, 4000}));
  EXPECT_TRUE(has_shape_of({101, 100}, {200, 200}));
  EXPECT_FALSE(has_shape_of({102, 100}, {200, 200}));
  EXPECT_FALSE(has_shape_of({100, 102}, {200, 200}));
}

TEST(GainMapMaker, DarkIsLeftAloneAndThePeakGetsAll) {
  for (const double peak : {250.0, 1000.0, 10000.0}) {
    const GrayPicture picture({4, 2}, Transfer::pq, [&](int x, int) { return x < 2 ? pq_code(1) : pq_code(peak); });
    const MadeMap map = make_map(picture, peak, 1);
    EXPECT_NEAR(map.metadata.alternate_hdr_headroom, std::log2(peak / kSdrWhiteNits), 1e-9);
    EXPECT_EQ(map.gains[0], 0);
    EXPECT_NEAR(map.gains[3], std::log2(peak / kSdrWhiteNits), 0.02);
  }
}

TEST(GainMapMaker, NothingBrighterThanWhiteMakesAnEmptyMap) {
  const GrayPicture picture({9, 9}, Transfer::pq, [](int, int) { return pq_code(150); });
  const MadeMap map = make_map(picture, 203, 2);
  EXPECT_GT(map.metadata.alternate_hdr_headroom, map.metadata.base_hdr_headroom);
  for (const double gain : map.gains) {
    EXPECT_EQ(gain, 0);
  }
}

TEST(GainMapMaker, EveryCodeGivesAFiniteGain) {
  for (const Transfer transfer : {Transfer::pq, Transfer::hlg}) {
    const GrayPicture picture({1024, 2}, transfer, [](int x, int) { return x; });
    for (const double peak : {203.0, 1000.0, 10000.0}) {
      const MadeMap map = make_map(picture, peak, 1);
      double last = 0;
      for (int x = 0; x < 1024; ++x) {
        const double gain = map.gains[static_cast<std::size_t>(x)];
        ASSERT_TRUE(std::isfinite(gain));
        ASSERT_GE(gain, last) << x;
        last = gain;
      }
    }
  }
}

TEST(GainMapMaker, ASampleIsTheMeanOfExactlyItsArea) {
  // The gain of the left two columns is 0, that of the others 1 (of gain_max).
  const LevelAt level_at = [](int x, int) { return x < 2 ? 64 : 940; };
  const auto share = [&](Size size, int scale, std::size_t index) {
    const MadeMap map = make_map({size, Transfer::pq, level_at}, 10000, scale);
    return map.gains[index] / map.metadata.channels[0].gain_max;
  };
  // 5 columns on 3 samples: 5/3 of a column each; the second covers 1/3 of column 1 and 4/3 of bright ones.
  EXPECT_NEAR(share({5, 1}, 2, 0), 0, 0.003);
  EXPECT_NEAR(share({5, 1}, 2, 1), 0.8, 0.003);
  EXPECT_NEAR(share({5, 1}, 2, 2), 1, 0.003);
  EXPECT_NEAR(share({4, 7}, 4, 0), 0.5, 0.003);
  EXPECT_NEAR(share({4, 7}, 4, 1), 0.5, 0.003);
  EXPECT_NEAR(share({3, 3}, 4, 0), 1.0 / 3, 0.003);
  EXPECT_NEAR(share({1, 1}, 4, 0), 0, 0.003);
}

TEST(GainMapMaker, BytesDoNotDependOnThreads) {
  const GrayPicture picture({8193, 70}, Transfer::pq, [](int x, int y) { return 64 + (x * 31 + y * 17) % 877; });
  for (const int scale : {1, 2, 4}) {
    const MadeMap one = make_map(picture, 4000, scale, 1);
    EXPECT_EQ(one.size, gain_map_size({8193, 70}, scale));
    EXPECT_EQ(one.gains, make_map(picture, 4000, scale, 5).gains);
  }
}

}  // namespace
}  // namespace imagepacker
