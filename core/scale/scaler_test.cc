// SPDX-License-Identifier: LGPL-2.1-or-later
#include "scale/scaler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <new>
#include <tuple>

#include "color/reference_conversion.h"
#include "color/row_pack.h"
#include "color/test_picture.h"
#include "scale/planar_layout.h"
#include "scale/row_resampler.h"

namespace imagepacker {
namespace {

ImageFormat format_of(PixelFormat layout, Size size) {
  ImageFormat format{.layout = layout, .size = size};
  if (format.info().model == ColorModel::yuv) {
    format.color.matrix = Matrix::bt601;
  }
  return format;
}

void fill(const TestPicture& picture, std::array<int, 4> codes) {
  for (int c = 0; c < 4; ++c) {
    const PixelFormatInfo& info = picture.view().format.info();
    if (c == 3 ? info.has_alpha : c < info.color_component_count()) {
      picture.draw(c, [&](int, int) { return codes[static_cast<std::size_t>(c)]; });
    }
  }
}

TEST(FitWithin, KeepsTheAspectWithinHalfAPixel) {
  EXPECT_EQ(fit_within({4000, 3000}, 0, 0), (Size{4000, 3000}));
  EXPECT_EQ(fit_within({4000, 3000}, 5000, 5000), (Size{4000, 3000}));
  EXPECT_EQ(fit_within({4000, 3000}, 1000, 0), (Size{1000, 750}));
  EXPECT_EQ(fit_within({4000, 3000}, 0, 1000), (Size{1333, 1000}));
  EXPECT_EQ(fit_within({4000, 3000}, 1000, 100), (Size{133, 100}));
  EXPECT_EQ(fit_within({10000, 1}, 10, 10), (Size{10, 1}));
  EXPECT_EQ(fit_within({1, 10000}, 10, 10), (Size{1, 10}));
  EXPECT_EQ(fit_within({0x7FFFFFFF, 0x7FFFFFFF}, 100, 50), (Size{50, 50}));
  for (int width = 1; width < 70; width += 3) {
    for (int height = 1; height < 70; height += 2) {
      for (const Size limit : {Size{7, 31}, Size{33, 12}, Size{1, 1}, Size{64, 0}}) {
        const Size fit = fit_within({width, height}, limit.width, limit.height);
        ASSERT_GE(fit.width, 1);
        ASSERT_GE(fit.height, 1);
        ASSERT_LE(fit.width, std::min(width, limit.width));
        ASSERT_LE(fit.height, limit.height == 0 ? height : std::min(height, limit.height));
        const double scale = std::min({1.0, static_cast<double>(limit.width) / width,
                                       limit.height == 0 ? 1.0 : static_cast<double>(limit.height) / height});
        EXPECT_LE(std::abs(fit.width - std::max(1.0, width * scale)), 0.5);
        EXPECT_LE(std::abs(fit.height - std::max(1.0, height * scale)), 0.5);
      }
    }
  }
}

class EveryLayout : public ::testing::TestWithParam<PixelFormatInfo> {};

TEST_P(EveryLayout, KeepsASolidColorAtAnySize) {
  for (const auto& [from_size, to_size] :
       {std::pair{Size{64, 48}, Size{17, 13}}, std::pair{Size{17, 13}, Size{1, 1}}, std::pair{Size{3, 5}, Size{2, 2}},
        std::pair{Size{97, 301}, Size{31, 299}}, std::pair{Size{40, 1}, Size{39, 1}}}) {
    const ImageFormat format = format_of(GetParam().format, from_size);
    const auto scaler = Scaler::create(format, to_size);
    ASSERT_TRUE(scaler.has_value()) << scaler.error().message;
    EXPECT_EQ(scaler->target().size, to_size);
    EXPECT_EQ(scaler->target().info().model, GetParam().model);
    EXPECT_EQ(scaler->target().info().depth, GetParam().depth);
    if (GetParam().packing == Packing::v210) {
      continue;
    }
    TestPicture picture(format, 3);
    const int unit = 1 << (GetParam().depth - 8);
    picture.randomize(1);
    if (GetParam().packing == Packing::dwords_le) {
      for (int y = 0; y < from_size.height; ++y) {
        begin_packed_row(picture.view(), y);
      }
    }
    fill(picture, {200 * unit, 77 * unit + 1, 131 * unit, 3});
    TaskPool pool(2);
    ImageBuffer result;
    ASSERT_TRUE(scaler->scale(picture.as_const(), result, pool).has_value());
    const ImageView view = std::as_const(result).view();
    const std::array<int, 3> expected = {200 * unit, 77 * unit + 1, 131 * unit};
    for (int c = 0; c < GetParam().color_component_count(); ++c) {
      EXPECT_NEAR(code_at(view, c, 0, 0), expected[static_cast<std::size_t>(c)], GetParam().depth == 16 ? 8 : 0);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Scaler, EveryLayout,
                         ::testing::ValuesIn(all_pixel_formats().begin(), all_pixel_formats().end()),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(Scaler, KeepsARampOfLumaAndSitedChroma) {
  for (const ChromaSite site : {ChromaSite::left, ChromaSite::center, ChromaSite::top_left, ChromaSite::bottom}) {
    ImageFormat format = format_of(PixelFormat::i420, {240, 200});
    format.color.chroma_site = site;
    const bool is_left = site == ChromaSite::left || site == ChromaSite::top_left;
    const double phase_y = site == ChromaSite::top_left ? 0 : site == ChromaSite::bottom ? 1 : 0.5;
    TestPicture picture(format, 0);
    // One ramp over the picture, sampled where each component lies; pixel x covers [x, x + 1].
    picture.draw(0, [](int x, int y) { return (x + y + 1) * 0.5 + 10; });
    picture.draw(1, [&](int x, int) { return (2 * x + (is_left ? 0 : 0.5) + 0.5) + 5; });
    picture.draw(2, [&](int, int y) { return 2 * y + phase_y + 0.5 + 5; });
    const auto scaler = Scaler::create(format, {96, 80});
    ASSERT_TRUE(scaler.has_value());
    TaskPool pool(2);
    ImageBuffer result;
    ASSERT_TRUE(scaler->scale(picture.as_const(), result, pool).has_value());
    const ImageView view = std::as_const(result).view();
    for (int y = 8; y < 72; ++y) {
      for (int x = 8; x < 88; ++x) {
        ASSERT_NEAR(code_at(view, 0, x, y), (x + y + 1) * 2.5 * 0.5 + 10, 1.1);
      }
    }
    for (int y = 4; y < 36; ++y) {
      for (int x = 4; x < 44; ++x) {
        ASSERT_NEAR(code_at(view, 1, x, y), (2 * x + (is_left ? 0 : 0.5) + 0.5) * 2.5 + 5, 1.1);
        ASSERT_NEAR(code_at(view, 2, x, y), (2 * y + phase_y + 0.5) * 2.5 + 5, 1.1);
      }
    }
  }
}

TEST(Scaler, LeavesNoAliasesOfAZonePlate) {
  const ImageFormat format = format_of(PixelFormat::gray8, {400, 400});
  TestPicture picture(format, 0);
  // Frequencies grow from the centre to Nyquist's at the edge; a quarter of the size holds those of the inner quarter.
  picture.draw(0, [](int x, int y) {
    const double dx = x - 199.5;
    const double dy = y - 199.5;
    return 127.5 + 127.5 * std::cos(3.14159265 * (dx * dx + dy * dy) / 400);
  });
  const auto scaler = Scaler::create(format, {100, 100});
  ASSERT_TRUE(scaler.has_value());
  TaskPool pool(1);
  ImageBuffer result;
  ASSERT_TRUE(scaler->scale(picture.as_const(), result, pool).has_value());
  const ImageView view = std::as_const(result).view();
  double largest = 0;
  for (int y = 0; y < 100; ++y) {
    for (int x = 0; x < 100; ++x) {
      if (std::hypot(x - 49.5, y - 49.5) > 20 && std::min({x, y, 99 - x, 99 - y}) > 3) {
        largest = std::max(largest, std::abs(code_at(view, 0, x, y) - 127.5));
      }
    }
  }
  EXPECT_LE(largest, 12);
}

TEST(Scaler, LetsTransparentColorNotBleed) {
  for (const PixelFormat layout : {PixelFormat::rgba, PixelFormat::a420, PixelFormat::argb64}) {
    ImageFormat format = format_of(layout, {64, 64});
    format.alpha = Alpha::straight;
    const int unit = 1 << (format.info().depth - 8);
    TestPicture picture(format, 0);
    const auto visible = [](int x) { return x % 4 < 2; };
    picture.draw(0, [&](int x, int) { return (visible(x) ? 180 : 20) * unit; });
    picture.draw(3, [&](int x, int) { return (visible(x) ? 255 : 0) * unit; });
    const int step = format.info().log2_chroma_w + 1;
    picture.draw(1, [&](int x, int) { return (visible(x * step) ? 90 : 240) * unit; });
    picture.draw(2, [&](int x, int) { return (visible(x * step) ? 70 : 255) * unit; });
    const auto scaler = Scaler::create(format, {21, 21});
    ASSERT_TRUE(scaler.has_value());
    EXPECT_EQ(scaler->target().alpha, Alpha::straight);
    TaskPool pool(1);
    ImageBuffer result;
    ASSERT_TRUE(scaler->scale(picture.as_const(), result, pool).has_value());
    const ImageView view = std::as_const(result).view();
    for (int x = 0; x < 21; ++x) {
      EXPECT_NEAR(code_at(view, 0, x, 9), 180 * unit, unit) << format.info().name;
    }
  }
}

class CutOut : public ::testing::TestWithParam<std::tuple<PixelFormat, Alpha>> {};

TEST_P(CutOut, KeepsItsColorBesideItsEdges) {
  // A rectangle of one colour, dark or bright: the filter overshoots at its edges and still more at its corners.
  const auto [layout, alpha] = GetParam();
  ImageFormat format = format_of(layout, {64, 60});
  format.alpha = alpha;
  const int unit = 1 << (format.info().depth - 8);
  const auto is_inside = [](int x, int y) { return x >= 20 && x < 45 && y >= 13 && y < 40; };
  for (const int color : {20, 180, 250}) {
    TestPicture picture(format, 0);
    for (int c = 0; c < 4; ++c) {
      const bool is_everywhere = c < 3 && format.alpha == Alpha::straight;
      picture.draw(
          c, [&](int x, int y) { return is_everywhere || is_inside(x, y) ? (c < 3 ? color : 255.0) * unit : 0.0; });
    }
    for (const Size size : {Size{21, 20}, Size{40, 31}, Size{63, 59}}) {
      const auto scaler = Scaler::create(format, size);
      ASSERT_TRUE(scaler.has_value());
      TaskPool pool(1);
      ImageBuffer result;
      ASSERT_TRUE(scaler->scale(picture.as_const(), result, pool).has_value());
      const ImageView view = std::as_const(result).view();
      for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
          const double share = code_at(view, 3, x, y) / (255.0 * unit);
          if (share > 0.1) {
            ASSERT_NEAR(code_at(view, 0, x, y), color * unit * (format.alpha == Alpha::straight ? 1 : share), unit)
                << x << "," << y;
          }
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Scaler, CutOut,
                         ::testing::Combine(::testing::Values(PixelFormat::rgba, PixelFormat::argb64),
                                            ::testing::Values(Alpha::straight, Alpha::premultiplied)));

TEST(Scaler, KeepsAlphaOfFewerBitsThanColor) {
  for (const PixelFormat layout : {PixelFormat::rgb10a2_le, PixelFormat::bgr10a2_le, PixelFormat::y410}) {
    for (const int alpha : {1, 3}) {
      ImageFormat format = format_of(layout, {64, 48});
      format.alpha = Alpha::straight;
      TestPicture picture(format, 0);
      for (int y = 0; y < format.size.height; ++y) {
        begin_packed_row(picture.view(), y);
      }
      fill(picture, {800, 309, 524, alpha});
      const auto scaler = Scaler::create(format, {17, 13});
      ASSERT_TRUE(scaler.has_value());
      TaskPool pool(1);
      ImageBuffer result;
      ASSERT_TRUE(scaler->scale(picture.as_const(), result, pool).has_value());
      const ImageView view = std::as_const(result).view();
      EXPECT_EQ(code_at(view, 3, 5, 5), alpha * 341) << format.info().name;
      EXPECT_NEAR(code_at(view, 0, 5, 5), 800, 1);
      EXPECT_NEAR(code_at(view, 2, 5, 5), 524, 1);
    }
  }
}

TEST(Scaler, GivesTheSameBytesForAnyNumberOfThreads) {
  const ImageFormat format = format_of(PixelFormat::nv12, {701, 903});
  TestPicture picture(format, 1);
  picture.randomize(5);
  const auto scaler = Scaler::create(format, {333, 429});
  ASSERT_TRUE(scaler.has_value());
  std::array<ImageBuffer, 2> results;
  for (std::size_t i = 0; i < 2; ++i) {
    TaskPool pool(i == 0 ? 1 : 5);
    ASSERT_TRUE(scaler->scale(picture.as_const(), results[i], pool).has_value());
  }
  const ImageView a = std::as_const(results[0]).view();
  const ImageView b = std::as_const(results[1]).view();
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < (c == 0 ? 429 : 215); ++y) {
      for (int x = 0; x < (c == 0 ? 333 : 167); ++x) {
        ASSERT_EQ(code_at(a, c, x, y), code_at(b, c, x, y));
      }
    }
  }
}

TEST(Scaler, MeetsNoSeamsBetweenStripes) {
  // A vertical ramp crosses several stripes; its steps stay even.
  const ImageFormat format = format_of(PixelFormat::gray16_le, {8, 2000});
  TestPicture picture(format, 0);
  picture.draw(0, [](int, int y) { return y * 32.0; });
  const auto scaler = Scaler::create(format, {4, 700});
  ASSERT_TRUE(scaler.has_value());
  TaskPool pool(2);
  ImageBuffer result;
  ASSERT_TRUE(scaler->scale(picture.as_const(), result, pool).has_value());
  const ImageView view = std::as_const(result).view();
  for (int y = 10; y < 690; ++y) {
    ASSERT_NEAR(code_at(view, 0, 1, y), ((y + 0.5) * 2000 / 700 - 0.5) * 32, 6);
  }
}

TEST(RowResampler, TellsOfMissingMemoryInItsCallbacks) {
  const auto resampler = RowResampler::create({40, 20, 0, 40}, {40, 20, 0, 40});
  ASSERT_TRUE(resampler.has_value());
  for (const bool is_reading : {true, false}) {
    const Status status = resampler->run(
        [&](int, std::uint16_t* out) { is_reading ? throw std::bad_alloc() : std::fill_n(out, 40, std::uint16_t{0}); },
        [&](int, const std::uint16_t*) { throw std::bad_alloc(); });
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, Errc::out_of_memory) << status.error().message;
  }
}

TEST(Scaler, RefusesASourceThatNoMemoryHolds) {
  EXPECT_EQ(Scaler::create(format_of(PixelFormat::rgb, {2147483647, 4}), {64, 1}).error().code, Errc::limit_exceeded);
}

TEST(Scaler, RefusesAnEmptyTarget) {
  EXPECT_EQ(Scaler::create(format_of(PixelFormat::rgb, {4, 4}), {0, 4}).error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace imagepacker
