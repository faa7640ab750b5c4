// SPDX-License-Identifier: LGPL-2.1-or-later

// Every layout to every layout a codec reads, on noise, against the reference in double precision.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "color/conversion.h"
#include "color/reference_conversion.h"
#include "color/test_picture.h"

namespace imagepacker {
namespace {

constexpr std::uint32_t kBackground = 0x30C090;
constexpr Size kSizes[] = {{1, 1}, {2, 2}, {3, 5}, {17, 13}, {64, 48}};

constexpr PixelFormat kTargets[] = {
    PixelFormat::gray8,     PixelFormat::i420,      PixelFormat::y42b,        PixelFormat::y444,
    PixelFormat::a420,      PixelFormat::a422,      PixelFormat::a444,        PixelFormat::i420_10le,
    PixelFormat::i422_12le, PixelFormat::y444_10le, PixelFormat::a420_10le,   PixelFormat::a444_12le,
    PixelFormat::rgb,       PixelFormat::rgba,      PixelFormat::bgra,        PixelFormat::rgb48_be,
    PixelFormat::rgba64_be, PixelFormat::gbr,       PixelFormat::gbra_10le,   PixelFormat::gbr_12le,
    PixelFormat::nv12,      PixelFormat::yuy2,      PixelFormat::gray10_le16, PixelFormat::gray16_be,
    PixelFormat::y41b,      PixelFormat::p010_10le, PixelFormat::rgb10a2_le,
};

/// A colour space out of a number, so that the matrix of layouts walks through many.
ColorSpace color_for(ColorModel model, unsigned number) {
  constexpr Matrix kMatrices[] = {Matrix::bt601, Matrix::bt709, Matrix::bt2020_ncl, Matrix::unspecified,
                                  Matrix::smpte240m};
  constexpr ChromaSite kSites[] = {ChromaSite::unspecified, ChromaSite::left, ChromaSite::center, ChromaSite::top_left,
                                   ChromaSite::bottom_left, ChromaSite::top,  ChromaSite::bottom};
  return {.matrix = model == ColorModel::rgb ? Matrix::rgb : kMatrices[number % 5],
          .range = number / 5 % 2 == 0 ? Range::limited : Range::full,
          .chroma_site = kSites[number / 10 % 7]};
}

/// Half a code, and what single precision may add.
double tolerance(const ImageFormat& target) {
  return 0.5 + 1e-4 + (1 << target.info().depth) * 1e-6;
}

/// All rows in one band, then in bands of `band_rows`, on memory with padding that must stay as it is.
void convert_in_bands(const ConversionPlan& plan, const ImageView& image, int band_rows, const TestPicture& target) {
  const int height = image.format.size.height;
  for (int first = 0; first < height; first += band_rows) {
    const int count = std::min(band_rows, height - first);
    MutableImageView band = target.view();
    band.format.size.height = count;
    const PixelFormatInfo& info = band.format.info();
    for (int p = 0; p < info.plane_count; ++p) {
      MutablePlane& plane = band.planes[static_cast<std::size_t>(p)];
      const int first_row = info.is_chroma_plane(p) ? first >> info.log2_chroma_h : first;
      plane.bytes = plane.bytes.subspan(static_cast<std::size_t>(first_row) * plane.stride_bytes);
    }
    ASSERT_TRUE(plan.convert(image, first, count, band).has_value());
  }
}

void expect_equal_bytes(const TestPicture& a, const TestPicture& b) {
  for (std::size_t p = 0; p < 4; ++p) {
    const auto x = a.view().planes[p].bytes;
    const auto y = b.view().planes[p].bytes;
    ASSERT_TRUE(std::equal(x.begin(), x.end(), y.begin(), y.end())) << "plane " << p;
  }
}

class EverySource : public ::testing::TestWithParam<PixelFormatInfo> {};

TEST_P(EverySource, IsConvertedAsTheReferenceSays) {
  unsigned number = static_cast<unsigned>(GetParam().format) * 7;
  for (const PixelFormat layout : kTargets) {
    for (const Size size : kSizes) {
      ++number;
      ImageFormat source{.layout = GetParam().format, .size = size, .color = color_for(GetParam().model, number)};
      ImageFormat target{.layout = layout, .size = size};
      target.color = color_for(target.info().model, number / 3 + 2);
      source.alpha = std::array{Alpha::none, Alpha::straight, Alpha::premultiplied}[number % 3];
      target.alpha = target.info().has_alpha && number % 4 != 0 ? Alpha::straight : Alpha::none;
      SCOPED_TRACE(std::string(source.info().name) + " to " + std::string(target.info().name) + " number " +
                   std::to_string(number));
      const auto plan = ConversionPlan::create(source, target, kBackground);
      ASSERT_TRUE(plan.has_value()) << plan.error().message;
      TestPicture from(source, number % 3);
      from.randomize(number);
      TestPicture to(target, 5);
      to.randomize(1);
      convert_in_bands(*plan, from.as_const(), size.height, to);
      EXPECT_LE(largest_deviation(from.as_const(), to.as_const(), kBackground), tolerance(target));
      for (const int band_rows : {2, 6, 16}) {
        TestPicture banded(target, 5);
        banded.randomize(1);
        convert_in_bands(*plan, from.as_const(), band_rows, banded);
        expect_equal_bytes(banded, to);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Conversion, EverySource,
                         ::testing::ValuesIn(all_pixel_formats().begin(), all_pixel_formats().end()),
                         [](const auto& instance) { return std::string(instance.param.name); });

/// Rows of opaque pixels take a shortcut, others beside them don't.
TEST(Conversion, FlattensPicturesThatAreMostlyOpaque) {
  for (const PixelFormat layout : {PixelFormat::rgba, PixelFormat::bgra, PixelFormat::argb, PixelFormat::abgr}) {
    for (const Alpha alpha : {Alpha::straight, Alpha::premultiplied}) {
      const ImageFormat source{.layout = layout, .size = {71, 13}, .color = {}, .alpha = alpha};
      const ImageFormat target{.layout = PixelFormat::i420,
                               .size = source.size,
                               .color = {.matrix = Matrix::bt601, .chroma_site = ChromaSite::center}};
      const auto plan = ConversionPlan::create(source, target, kBackground);
      ASSERT_TRUE(plan.has_value());
      TestPicture from(source, 5);
      from.randomize(1);
      from.draw(3, [](int x, int y) { return (y == 4 && x == 70) || y == 7 || (y == 12 && x == 0) ? 100 : 255; });
      TestPicture whole(target, 5);
      whole.randomize(1);
      convert_in_bands(*plan, from.as_const(), source.size.height, whole);
      EXPECT_LE(largest_deviation(from.as_const(), whole.as_const(), kBackground), tolerance(target));
      TestPicture banded(target, 5);
      banded.randomize(1);
      convert_in_bands(*plan, from.as_const(), 2, banded);
      expect_equal_bytes(banded, whole);
    }
  }
}

struct CurvePair {
  ColorSpace from;
  ColorSpace to;
  /// In 16-bit codes. Between pure powers, which have no straight piece at black, tables are less exact there.
  double tolerance = 6.4;
};

class Recoloring : public ::testing::TestWithParam<CurvePair> {};

TEST_P(Recoloring, FollowsTheCurves) {
  const ImageFormat source{
      .layout = PixelFormat::rgb10a2_le, .size = {64, 48}, .color = GetParam().from, .alpha = Alpha::straight};
  const ImageFormat target{.layout = PixelFormat::rgb48_be, .size = source.size, .color = GetParam().to};
  const auto plan = ConversionPlan::create(source, target, kBackground);
  ASSERT_TRUE(plan.has_value());
  EXPECT_FALSE(plan->is_identity());
  TestPicture from(source, 0);
  from.randomize(3);
  TestPicture to(target, 0);
  convert_in_bands(*plan, from.as_const(), 48, to);
  EXPECT_LE(largest_deviation(from.as_const(), to.as_const(), kBackground), GetParam().tolerance);
}

TEST_P(Recoloring, WorksOnYuv) {
  ImageFormat source{.layout = PixelFormat::p010_10le, .size = {17, 13}, .color = GetParam().from};
  source.color.matrix = Matrix::bt2020_ncl;
  source.color.range = Range::limited;
  ImageFormat target{.layout = PixelFormat::i420, .size = source.size, .color = GetParam().to};
  target.color.matrix = Matrix::bt601;
  const auto plan = ConversionPlan::create(source, target, kBackground);
  ASSERT_TRUE(plan.has_value());
  TestPicture from(source, 0);
  from.randomize(3);
  TestPicture to(target, 0);
  convert_in_bands(*plan, from.as_const(), 4, to);
  EXPECT_LE(largest_deviation(from.as_const(), to.as_const(), kBackground), 0.53);
}

INSTANTIATE_TEST_SUITE_P(
    Conversion, Recoloring,
    ::testing::Values(CurvePair{{Primaries::bt2020, Transfer::pq}, {Primaries::smpte_eg432, Transfer::srgb}},
                      CurvePair{{Primaries::bt2020, Transfer::hlg}, {Primaries::smpte_eg432, Transfer::srgb}},
                      CurvePair{{Primaries::bt2020, Transfer::hlg}, {Primaries::bt2020, Transfer::pq}},
                      CurvePair{{Primaries::bt2020, Transfer::pq}, {Primaries::bt2020, Transfer::hlg}},
                      CurvePair{{Primaries::bt709, Transfer::srgb}, {Primaries::bt2020, Transfer::pq}},
                      CurvePair{{Primaries::smpte170m, Transfer::bt601}, {Primaries::bt709, Transfer::srgb}},
                      CurvePair{{Primaries::adobe_rgb, Transfer::adobe_rgb}, {Primaries::bt709, Transfer::srgb}},
                      CurvePair{
                          {Primaries::bt470m, Transfer::gamma22}, {Primaries::smpte_rp431, Transfer::gamma28}, 26},
                      CurvePair{{Primaries::bt709, Transfer::linear}, {Primaries::bt709, Transfer::srgb}}));

}  // namespace
}  // namespace imagepacker
