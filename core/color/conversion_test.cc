// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/conversion.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "color/reference_conversion.h"
#include "color/test_picture.h"

namespace imagepacker {
namespace {

constexpr Size kSize = {16, 12};

ImageFormat format_of(PixelFormat layout, Matrix matrix, Range range, Size size = kSize) {
  ImageFormat format{.layout = layout, .size = size};
  format.color.matrix = format.info().model == ColorModel::rgb ? Matrix::rgb : matrix;
  format.color.range = range;
  return format;
}

Result<ConversionPlan> plan_between(const ImageFormat& source, const ImageFormat& target) {
  return ConversionPlan::create(source, target, 0xFFFFFF);
}

/// The whole picture, converted.
TestPicture converted(const TestPicture& picture, const ImageFormat& target, std::uint32_t background = 0xFFFFFF) {
  TestPicture result(target, 3);
  const auto plan = ConversionPlan::create(picture.view().format, target, background);
  EXPECT_TRUE(plan.has_value());
  if (plan.has_value()) {
    EXPECT_TRUE(plan->convert(picture.as_const(), 0, target.size.height, result.view()).has_value());
  }
  return result;
}

struct SolidColor {
  std::array<double, 3> rgb;
  /// Codes of 8 bits in limited range, from the standards' tables of colour bars, by BT.601, BT.709 and BT.2020.
  std::array<std::array<int, 3>, 3> limited;
};

constexpr SolidColor kSolidColors[] = {
    {{1, 1, 1}, {{{235, 128, 128}, {235, 128, 128}, {235, 128, 128}}}},
    {{0, 0, 0}, {{{16, 128, 128}, {16, 128, 128}, {16, 128, 128}}}},
    {{1, 0, 0}, {{{81, 90, 240}, {63, 102, 240}, {74, 97, 240}}}},
    {{0, 1, 0}, {{{145, 54, 34}, {173, 42, 26}, {164, 47, 25}}}},
    {{0, 0, 1}, {{{41, 240, 110}, {32, 240, 118}, {29, 240, 119}}}},
    {{.5, .5, .5}, {{{126, 128, 128}, {126, 128, 128}, {126, 128, 128}}}},
};
constexpr Matrix kMatrices[] = {Matrix::bt601, Matrix::bt709, Matrix::bt2020_ncl};

TEST(Conversion, GivesTheKnownCodesOfSolidColors) {
  for (const SolidColor& color : kSolidColors) {
    TestPicture rgb(format_of(PixelFormat::rgb, Matrix::rgb, Range::full), 0);
    for (int c = 0; c < 3; ++c) {
      rgb.draw(c, [&](int, int) { return color.rgb[static_cast<std::size_t>(c)] * 255; });
    }
    for (std::size_t m = 0; m < 3; ++m) {
      for (const PixelFormat layout : {PixelFormat::i420, PixelFormat::y444, PixelFormat::i422_10le}) {
        const ImageFormat target = format_of(layout, kMatrices[m], Range::limited);
        const int unit = 1 << (target.info().depth - 8);
        const TestPicture yuv = converted(rgb, target);
        for (int c = 0; c < 3; ++c) {
          EXPECT_NEAR(code_at(yuv.as_const(), c, 3, 3), color.limited[m][static_cast<std::size_t>(c)] * unit, unit);
        }
        const TestPicture again = converted(yuv, rgb.view().format);
        for (int c = 0; c < 3; ++c) {
          EXPECT_NEAR(code_at(again.as_const(), c, 3, 3), color.rgb[static_cast<std::size_t>(c)] * 255, 2);
        }
      }
    }
  }
}

TEST(Conversion, TurnsCameraColorsIntoJpegs) {
  for (const SolidColor& color : kSolidColors) {
    TestPicture camera(format_of(PixelFormat::nv12, Matrix::bt709, Range::limited), 0);
    TestPicture rgb(format_of(PixelFormat::rgb, Matrix::rgb, Range::full), 0);
    for (int c = 0; c < 3; ++c) {
      camera.draw(c, [&](int, int) { return color.limited[1][static_cast<std::size_t>(c)]; });
      rgb.draw(c, [&](int, int) { return color.rgb[static_cast<std::size_t>(c)] * 255; });
    }
    const ImageFormat jpeg = format_of(PixelFormat::i420, Matrix::bt601, Range::full);
    const TestPicture from_camera = converted(camera, jpeg);
    const TestPicture from_rgb = converted(rgb, jpeg);
    for (int c = 0; c < 3; ++c) {
      EXPECT_NEAR(code_at(from_camera.as_const(), c, 3, 3), code_at(from_rgb.as_const(), c, 3, 3), 1);
    }
  }
}

TEST(Conversion, ScalesDepthsAsTheirRangesSay) {
  const auto code_after = [](PixelFormat from, PixelFormat to, Range range, int code) {
    TestPicture picture(format_of(from, Matrix::bt601, range), 0);
    picture.draw(0, [&](int, int) { return code; });
    return code_at(converted(picture, format_of(to, Matrix::bt601, range)).as_const(), 0, 5, 5);
  };
  EXPECT_EQ(code_after(PixelFormat::gray8, PixelFormat::gray10_le16, Range::full, 255), 1023);
  EXPECT_EQ(code_after(PixelFormat::gray8, PixelFormat::gray16_be, Range::full, 254), 254 * 257);
  EXPECT_EQ(code_after(PixelFormat::gray8, PixelFormat::gray10_le16, Range::limited, 235), 940);
  EXPECT_EQ(code_after(PixelFormat::i420, PixelFormat::i420_10le, Range::limited, 77), 308);
  EXPECT_EQ(code_after(PixelFormat::i420_10le, PixelFormat::i420, Range::limited, 310), 78);
  EXPECT_EQ(code_after(PixelFormat::i420_10le, PixelFormat::i420, Range::limited, 309), 77);
  EXPECT_EQ(code_after(PixelFormat::rgb10a2_le, PixelFormat::rgb48_be, Range::full, 512),
            std::lround(512 * 65535.0 / 1023));
  EXPECT_EQ(code_after(PixelFormat::i420_10le, PixelFormat::i420, Range::limited, 1023), 255);
}

TEST(Conversion, KeepsARampOfChromaInPlace) {
  // Cb grows by 2 per luma pixel to the right, Cr by 3 per row; every site samples the same ramps elsewhere.
  const auto phase_x = [](ChromaSite site) {
    return site == ChromaSite::center || site == ChromaSite::top || site == ChromaSite::bottom ? 0.5 : 0.0;
  };
  const auto phase_y = [](ChromaSite site) {
    return site == ChromaSite::top || site == ChromaSite::top_left         ? 0.0
           : site == ChromaSite::bottom || site == ChromaSite::bottom_left ? 1.0
                                                                           : 0.5;
  };
  constexpr Size kRampSize = {32, 24};
  constexpr ChromaSite kSites[] = {ChromaSite::left, ChromaSite::center, ChromaSite::top_left,
                                   ChromaSite::top,  ChromaSite::bottom, ChromaSite::bottom_left};
  for (const ChromaSite from : kSites) {
    ImageFormat source = format_of(PixelFormat::nv12, Matrix::bt709, Range::limited, kRampSize);
    source.color.chroma_site = from;
    TestPicture picture(source, 1);
    picture.draw(1, [&](int x, int) { return 40 + 2 * (2 * x + phase_x(from)); });
    picture.draw(2, [&](int, int y) { return 40 + 3 * (2 * y + phase_y(from)); });
    const TestPicture full = converted(picture, format_of(PixelFormat::y444, Matrix::bt709, Range::limited, kRampSize));
    for (int y = 2; y < 22; ++y) {
      for (int x = 2; x < 30; ++x) {
        ASSERT_NEAR(code_at(full.as_const(), 1, x, y), 40 + 2 * x, 1);
        ASSERT_NEAR(code_at(full.as_const(), 2, x, y), 40 + 3 * y, 1);
      }
    }
    for (const ChromaSite to : kSites) {
      ImageFormat target = format_of(PixelFormat::i420, Matrix::bt709, Range::limited, kRampSize);
      target.color.chroma_site = to;
      const TestPicture moved = converted(picture, target);
      for (int y = 1; y < 11; ++y) {
        for (int x = 1; x < 15; ++x) {
          ASSERT_NEAR(code_at(moved.as_const(), 1, x, y), 40 + 2 * (2 * x + phase_x(to)), 1);
          ASSERT_NEAR(code_at(moved.as_const(), 2, x, y), 40 + 3 * (2 * y + phase_y(to)), 1);
        }
      }
    }
  }
}

TEST(Conversion, LetsLumaHaveNoPartInChroma) {
  // Luma far beyond what RGB can show with this chroma: a way through clipped RGB would change the chroma.
  TestPicture picture(format_of(PixelFormat::i420, Matrix::bt709, Range::limited), 0);
  picture.randomize(4);
  picture.draw(1, [](int, int) { return 200; });
  picture.draw(2, [](int, int) { return 30; });
  const TestPicture result = converted(picture, format_of(PixelFormat::i420, Matrix::bt601, Range::full));
  const int cb = code_at(result.as_const(), 1, 0, 0);
  for (int y = 0; y < 6; ++y) {
    for (int x = 0; x < 8; ++x) {
      EXPECT_EQ(code_at(result.as_const(), 1, x, y), cb);
    }
  }
}

TEST(Conversion, TreatsAlphaAsItIsMeant) {
  ImageFormat source = format_of(PixelFormat::rgba, Matrix::rgb, Range::full);
  TestPicture picture(source, 0);
  picture.draw(0, [](int, int) { return 100; });
  picture.draw(1, [](int, int) { return 50; });
  picture.draw(2, [](int, int) { return 0; });
  picture.draw(3, [](int x, int) { return x % 2 == 0 ? 128 : 0; });
  const auto code_after = [&](Alpha from, PixelFormat to, Alpha to_alpha, int component, int x) {
    source.alpha = from;
    ImageView view = picture.as_const();
    view.format = source;
    ImageFormat target = format_of(to, Matrix::bt601, Range::full);
    target.alpha = to_alpha;
    const auto plan = ConversionPlan::create(source, target, 0x2040FF);
    EXPECT_TRUE(plan.has_value());
    TestPicture result(target, 0);
    EXPECT_TRUE(plan->convert(view, 0, kSize.height, result.view()).has_value());
    return code_at(result.as_const(), component, x, 4);
  };
  const auto over = [](double value, double background) { return value + background * (1 - 128 / 255.0); };
  // Kept.
  EXPECT_EQ(code_after(Alpha::straight, PixelFormat::bgra, Alpha::straight, 0, 2), 100);
  EXPECT_EQ(code_after(Alpha::straight, PixelFormat::bgra, Alpha::straight, 3, 2), 128);
  EXPECT_EQ(code_after(Alpha::straight, PixelFormat::rgba64_be, Alpha::straight, 3, 2), 128 * 257);
  // Flattened onto the background.
  EXPECT_NEAR(code_after(Alpha::straight, PixelFormat::rgb, Alpha::none, 0, 2), over(100 * 128 / 255.0, 0x20), 0.51);
  EXPECT_NEAR(code_after(Alpha::premultiplied, PixelFormat::rgb, Alpha::none, 1, 2), over(50, 0x40), 0.51);
  EXPECT_EQ(code_after(Alpha::straight, PixelFormat::rgb, Alpha::none, 2, 3), 0xFF);
  // Divided.
  EXPECT_NEAR(code_after(Alpha::premultiplied, PixelFormat::bgra, Alpha::straight, 0, 2), 100 * 255.0 / 128, 0.51);
  EXPECT_EQ(code_after(Alpha::premultiplied, PixelFormat::bgra, Alpha::straight, 0, 3), 0);
  // Without meaning, and without a source.
  EXPECT_EQ(code_after(Alpha::none, PixelFormat::rgb, Alpha::none, 0, 3), 100);
  EXPECT_EQ(code_after(Alpha::none, PixelFormat::bgra, Alpha::straight, 3, 3), 255);
  EXPECT_EQ(code_after(Alpha::none, PixelFormat::rgba, Alpha::none, 3, 3), 255);
}

TEST(Conversion, ShowsNothingOfWhatIsTransparent) {
  // Gray, with red hidden in every other column.
  for (const PixelFormat layout : {PixelFormat::ayuv, PixelFormat::a444, PixelFormat::a444_10le}) {
    ImageFormat source = format_of(layout, Matrix::bt601, Range::full);
    source.alpha = Alpha::straight;
    TestPicture picture(source, 0);
    const int most = (1 << source.info().depth) - 1;
    const auto is_hidden = [](int x) { return x % 2 != 0; };
    picture.draw(0, [&](int, int) { return most / 2; });
    picture.draw(1, [&](int, int) { return (most + 1) / 2; });
    picture.draw(2, [&](int x, int) { return is_hidden(x) ? most : (most + 1) / 2; });
    picture.draw(3, [&](int x, int) { return is_hidden(x) ? 0 : most; });
    for (const PixelFormat to : {PixelFormat::i420, PixelFormat::y42b}) {
      const TestPicture flat = converted(picture, format_of(to, Matrix::bt601, Range::full));
      EXPECT_EQ(code_at(flat.as_const(), 0, 4, 4), 127);
      EXPECT_EQ(code_at(flat.as_const(), 0, 5, 4), 255);
      for (int x = 0; x < kSize.width / 2; ++x) {
        EXPECT_EQ(code_at(flat.as_const(), 1, x, 2), 128);
        EXPECT_EQ(code_at(flat.as_const(), 2, x, 2), 128);
      }
      EXPECT_LT(largest_deviation(picture.as_const(), flat.as_const(), 0xFFFFFF), 0.51);
    }
  }
}

TEST(Conversion, AveragesChromaByAlphaThatStays) {
  // Opaque red, transparent black in the next column, all of it below, some of it half transparent.
  ImageFormat source = format_of(PixelFormat::rgba, Matrix::rgb, Range::full);
  source.alpha = Alpha::straight;
  TestPicture picture(source, 0);
  const auto alpha = [](int x, int y) { return y >= 8 ? 0 : x % 2 != 0 ? 0 : x < 8 ? 255 : 128; };
  picture.draw(0, [&](int x, int) { return x % 2 != 0 ? 0 : 255; });
  picture.draw(3, alpha);
  ImageFormat target = format_of(PixelFormat::a420, Matrix::bt601, Range::full);
  target.alpha = Alpha::straight;
  const TestPicture kept = converted(picture, target);
  for (int x = 0; x < 6; ++x) {
    EXPECT_EQ(code_at(kept.as_const(), 2, x, 1), 255) << "as red as what is seen, " << x;
    EXPECT_EQ(code_at(kept.as_const(), 2, x, 5), 192) << "the mean of what is hidden, " << x;
  }
  EXPECT_LT(largest_deviation(picture.as_const(), kept.as_const(), 0xFFFFFF), 0.51);
}

TEST(Conversion, MapsHdrWhereItsStandardsSay) {
  ImageFormat source{.layout = PixelFormat::rgb10a2_le,
                     .size = kSize,
                     .color = {.primaries = Primaries::bt2020, .transfer = Transfer::pq}};
  source.hdr.content_light_level = ContentLightLevel{.max_cll = 1000};
  const auto gray_after = [&](double coded) {
    TestPicture picture(source, 0);
    for (int c = 0; c < 3; ++c) {
      picture.draw(c, [&](int, int) { return coded * 1023; });
    }
    const ImageFormat target{.layout = PixelFormat::rgb, .size = kSize, .color = {.primaries = Primaries::smpte_eg432}};
    const TestPicture result = converted(picture, target);
    EXPECT_NEAR(code_at(result.as_const(), 0, 1, 1), code_at(result.as_const(), 2, 1, 1), 1);
    return code_at(result.as_const(), 1, 1, 1);
  };
  EXPECT_EQ(gray_after(0), 0);
  // The brightest content becomes white, graphics white something below it, the shadows stay: 20.3 cd/m² is a tenth of
  // SDR white, 0.35 as an sRGB value.
  EXPECT_EQ(gray_after(0.7518), 255);
  EXPECT_LT(gray_after(0.5807), 240);
  EXPECT_GT(gray_after(0.5807), 190);
  EXPECT_NEAR(gray_after(0.3585), 0.349 * 255, 2);
}

TEST(Conversion, WithoutWorkGivesAWindow) {
  const ImageFormat source = format_of(PixelFormat::i420, Matrix::unspecified, Range::full);
  ImageFormat target = format_of(PixelFormat::i420, Matrix::bt601, Range::full);
  target.color.chroma_site = ChromaSite::center;
  const auto plan = plan_between(source, target);
  ASSERT_TRUE(plan.has_value());
  EXPECT_TRUE(plan->is_identity());
  const TestPicture picture(source, 5);
  const ImageView image = picture.as_const();
  const ConvertedRows rows(*plan, image);
  EXPECT_TRUE(rows.is_window());
  ImageBuffer scratch;
  const auto band = rows.rows(2, 2, scratch);
  ASSERT_TRUE(band.has_value());
  EXPECT_EQ(band->planes[0].bytes.data(), image.planes[0].bytes.data() + 2 * image.planes[0].stride_bytes);
  EXPECT_EQ(band->format.color, target.color);
}

TEST(Conversion, SeesWhatIsTheSame) {
  const ImageFormat y444 = format_of(PixelFormat::y444, Matrix::bt709, Range::limited);
  ImageFormat sited = y444;
  sited.color.chroma_site = ChromaSite::top_left;
  sited.color.transfer = Transfer::bt709;
  EXPECT_TRUE(plan_between(y444, sited)->is_identity());
  ImageFormat i420 = format_of(PixelFormat::i420, Matrix::bt709, Range::limited);
  sited = i420;
  sited.color.chroma_site = ChromaSite::top_left;
  EXPECT_FALSE(plan_between(i420, sited)->is_identity());
  sited.color.chroma_site = ChromaSite::left;
  EXPECT_TRUE(plan_between(i420, sited)->is_identity());
  ImageFormat full = y444;
  full.color.range = Range::full;
  EXPECT_FALSE(plan_between(y444, full)->is_identity());
  ImageFormat rgba = format_of(PixelFormat::rgba, Matrix::rgb, Range::full);
  EXPECT_FALSE(plan_between(rgba, rgba)->is_identity());
  rgba.alpha = Alpha::straight;
  EXPECT_TRUE(plan_between(rgba, rgba)->is_identity());
}

TEST(Conversion, LeavesNothingInRowsOfWhatTheMemoryHeld) {
  constexpr Size kOdd{7, 5};
  TestPicture picture(format_of(PixelFormat::rgba, Matrix::rgb, Range::full, kOdd), 0);
  picture.randomize(1);
  for (const PixelFormatInfo& info : all_pixel_formats()) {
    if (info.packing == Packing::v210) {
      continue;
    }
    const ImageFormat format = format_of(info.format, Matrix::bt601, Range::full, kOdd);
    const auto plan = plan_between(picture.view().format, format);
    ASSERT_TRUE(plan.has_value());
    TestPicture first(format, 3);
    TestPicture second(format, 3);
    first.randomize(2);
    second.randomize(3);
    for (TestPicture* const target : {&first, &second}) {
      ASSERT_TRUE(plan->convert(picture.as_const(), 0, kOdd.height, target->view()).has_value());
    }
    for (int p = 0; p < info.plane_count; ++p) {
      const MutablePlane& a = first.view().planes[static_cast<std::size_t>(p)];
      const MutablePlane& b = second.view().planes[static_cast<std::size_t>(p)];
      for (int y = 0; y < plane_height(info, p, kOdd); ++y) {
        const std::size_t at = static_cast<std::size_t>(y) * a.stride_bytes;
        EXPECT_EQ(std::memcmp(a.bytes.data() + at, b.bytes.data() + at, plane_row_bytes(info, p, kOdd)), 0)
            << info.name << " plane " << p << " row " << y;
      }
    }
  }
}

TEST(Conversion, RefusesWhatCannotBe) {
  const ImageFormat rgb = format_of(PixelFormat::rgb, Matrix::rgb, Range::full);
  EXPECT_EQ(plan_between(rgb, format_of(PixelFormat::v210, Matrix::bt709, Range::limited)).error().code,
            Errc::unsupported);
  EXPECT_EQ(plan_between(rgb, format_of(PixelFormat::rgb, Matrix::rgb, Range::full, {8, 8})).error().code,
            Errc::invalid_argument);
  ImageFormat straight = format_of(PixelFormat::rgba, Matrix::rgb, Range::full);
  ImageFormat premultiplied = straight;
  straight.alpha = Alpha::straight;
  premultiplied.alpha = Alpha::premultiplied;
  EXPECT_EQ(plan_between(straight, premultiplied).error().code, Errc::unsupported);
  ImageFormat linear = premultiplied;
  linear.color.transfer = Transfer::linear;
  EXPECT_EQ(plan_between(premultiplied, linear).error().code, Errc::unsupported);
  linear.alpha = Alpha::straight;
  EXPECT_TRUE(plan_between(premultiplied, linear).has_value());
  const auto plan = plan_between(rgb, format_of(PixelFormat::i420, Matrix::bt601, Range::full));
  const TestPicture picture(rgb, 0);
  const TestPicture target(format_of(PixelFormat::i420, Matrix::bt601, Range::full), 0);
  EXPECT_EQ(plan->convert(picture.as_const(), 2, kSize.height, target.view()).error().code, Errc::internal);
}

}  // namespace
}  // namespace imagepacker
