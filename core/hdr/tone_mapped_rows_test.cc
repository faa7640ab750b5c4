// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hdr/tone_mapped_rows.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <span>
#include <utility>
#include <vector>

#include "color/conversion.h"
#include "color/tone_map.h"
#include "color/transfer.h"
#include "hdr/light_rows.h"

namespace imagepacker {
namespace {

ImageFormat video(PixelFormat layout, Size size, Transfer transfer, Range range = Range::limited,
                  ChromaSite site = ChromaSite::left) {
  return {.layout = layout,
          .size = size,
          .color = {.primaries = Primaries::bt2020,
                    .transfer = transfer,
                    .matrix = Matrix::bt2020_ncl,
                    .range = range,
                    .chroma_site = site},
          .hdr = {.content_light_level = ContentLightLevel{1000, 100}}};
}

ImageFormat base_of(const ImageFormat& source) {
  return {.layout = PixelFormat::i420,
          .size = source.size,
          .color = {.primaries = Primaries::smpte_eg432,
                    .transfer = Transfer::srgb,
                    .matrix = Matrix::bt601,
                    .range = Range::full,
                    .chroma_site = ChromaSite::center}};
}

/// Smooth colours of every brightness with some noise, or (`wild`) words of all bits.
void fill(ImageBuffer& buffer, const ImageFormat& format, bool wild) {
  ASSERT_TRUE(buffer.reset(format).has_value());
  const MutableImageView image = buffer.view();
  const PixelFormatInfo& info = format.info();
  std::uint32_t state = 1;
  for (int p = 0; p < info.plane_count; ++p) {
    const std::size_t words = plane_row_bytes(info, p, format.size) / 2;
    for (int y = 0; y < plane_height(info, p, format.size); ++y) {
      auto* const row = reinterpret_cast<std::uint16_t*>(image.planes[p].bytes.data() +
                                                         static_cast<std::size_t>(y) * image.planes[p].stride_bytes);
      for (std::size_t x = 0; x < words; ++x) {
        state = state * 1664525 + 1013904223;
        const double wave = std::sin(0.05 * static_cast<double>(x) + 0.07 * y + p);
        const int highest = (1 << info.depth) - 1;
        const int code = p == 0 ? static_cast<int>(highest * (0.45 + 0.35 * wave)) + static_cast<int>(state >> 30)
                                : static_cast<int>(highest * (0.5 + 0.12 * wave));
        row[x] =
            static_cast<std::uint16_t>(wild ? state >> 16 : static_cast<unsigned>(code) << info.components[0].shift);
      }
    }
  }
}

/// The whole picture, made in bands of `band_rows`.
std::vector<int> samples_of(const RowSource& rows, int band_rows) {
  std::vector<int> samples;
  const Size size = rows.format().size;
  for (int first = 0; first < size.height; first += band_rows) {
    ImageBuffer scratch;
    const int count = std::min(band_rows, size.height - first);
    const auto band = rows.rows(first, count, scratch);
    EXPECT_TRUE(band.has_value());
    for (int p = 0; p < 3; ++p) {
      for (int y = 0; y < plane_height(rows.format().info(), p, {size.width, count}); ++y) {
        const std::byte* const row =
            band->planes[p].bytes.data() + static_cast<std::size_t>(y) * band->planes[p].stride_bytes;
        for (std::size_t x = 0; x < plane_row_bytes(rows.format().info(), p, size); ++x) {
          samples.push_back(std::to_integer<int>(row[x]));
        }
      }
    }
  }
  return samples;
}

// Words that a caller cut out of a file.
TEST(LightRows, ReadsPlanesAtOddAddresses) {
  for (const PixelFormat layout : {PixelFormat::i420_10le, PixelFormat::p010_10le}) {
    const ImageFormat format = video(layout, {37, 6}, Transfer::pq);
    ImageBuffer buffer;
    fill(buffer, format, false);
    const ImageView even = std::as_const(buffer).view();
    ImageView odd = even;
    std::array<std::vector<std::byte>, 3> memory;
    for (int p = 0; p < format.info().plane_count; ++p) {
      const auto index = static_cast<std::size_t>(p);
      const std::size_t row_bytes = plane_row_bytes(format.info(), p, format.size);
      const auto rows = static_cast<std::size_t>(plane_height(format.info(), p, format.size));
      const std::size_t stride = row_bytes + 3;
      memory[index].resize(1 + stride * rows);
      for (std::size_t y = 0; y < rows; ++y) {
        std::copy_n(even.planes[index].bytes.begin() + static_cast<std::ptrdiff_t>(y * even.planes[index].stride_bytes),
                    row_bytes, memory[index].begin() + static_cast<std::ptrdiff_t>(1 + y * stride));
      }
      odd.planes[index] = {std::span<const std::byte>(memory[index]).subspan(1), stride};
    }
    const auto rows = LightRows::create(format, 0);
    ASSERT_TRUE(rows.has_value());
    ImageBuffer scratch;
    std::vector<float> expected(37 * 6);
    std::vector<float> found(37 * 6);
    ASSERT_TRUE(rows->read(even, 0, 6, scratch, expected.data()).has_value());
    ASSERT_TRUE(rows->read(odd, 0, 6, scratch, found.data()).has_value());
    EXPECT_EQ(found, expected);
  }
}

TEST(PiecewiseCubic, FollowsItsCurve) {
  const LightCurves pq({.transfer = Transfer::pq});
  const LightCurves hlg({.primaries = Primaries::bt2020, .transfer = Transfer::hlg});
  for (int code = 0; code <= 65535; ++code) {
    const float coded = static_cast<float>(code) / 65535.0F;
    const double light = pq_eotf(coded) / kSdrWhiteNits;
    ASSERT_NEAR(pq.decode(coded), light, 1e-6 + 4e-4 * light) << code;
    ASSERT_NEAR(hlg.decode(coded), hlg_inverse_oetf(coded), 1e-5) << code;
  }
  const LightCubic srgb = srgb_curve();
  for (double light = kSrgbBend; light < 1; light += 1e-4) {
    ASSERT_NEAR(255 * srgb(static_cast<float>(light)), 255 * sdr_from_linear(Transfer::srgb, light), 0.01);
  }
}

TEST(PiecewiseCubic, ToneMapAndGainFollowTheirFormulas) {
  for (const double peak : {203.0, 204.0, 300.0, 1000.0, 4000.0, 10000.0}) {
    const double gain_max = std::max(std::log2(peak / kSdrWhiteNits), 0.01);
    const LightCubic factor = tone_factor(peak);
    const LightCubic gain = tone_gain(peak, gain_max);
    for (double light = 0.001; light <= peak / kSdrWhiteNits; light *= 1.003) {
      const double mapped = tone_mapped(light, peak);
      ASSERT_NEAR(factor(static_cast<float>(light)) * light, mapped, 0.004 * mapped) << peak << " " << light;
      ASSERT_NEAR(gain(static_cast<float>(light)) * gain_max, std::log2(light / mapped), 0.003) << peak << " " << light;
    }
    for (const float light : {0.0F, -1.0F, 1e-30F, 60.0F, 1e30F}) {
      ASSERT_TRUE(std::isfinite(factor(light)) && std::isfinite(gain(light))) << peak << " " << light;
    }
  }
}

/// Every luma code beside chroma codes of all sizes, the reserved ones too.
void fill_with_every_code(ImageBuffer& buffer, const ImageFormat& format) {
  ASSERT_TRUE(buffer.reset(format).has_value());
  const PixelFormatInfo& info = format.info();
  const MutableImageView image = buffer.view();
  const int codes = 1 << info.depth;
  for (int p = 0; p < info.plane_count; ++p) {
    const std::size_t words = plane_row_bytes(info, p, format.size) / 2;
    for (int y = 0; y < plane_height(info, p, format.size); ++y) {
      auto* const row = reinterpret_cast<std::uint16_t*>(image.planes[p].bytes.data() +
                                                         static_cast<std::size_t>(y) * image.planes[p].stride_bytes);
      for (std::size_t x = 0; x < words; ++x) {
        const int chroma = (y * 73 + static_cast<int>(x % 2) * 411) * (codes / 1024);
        const int code = p == 0 ? static_cast<int>(x) % codes : y % 15 == 0 ? codes - 1 : chroma % codes;
        row[x] = static_cast<std::uint16_t>(code << info.components[0].shift);
      }
    }
  }
}

TEST(LightRows, AreFiniteForEveryCode) {
  for (const PixelFormat layout : {PixelFormat::p010_10le, PixelFormat::i420_12le, PixelFormat::y444_10le}) {
    for (const Transfer transfer : {Transfer::pq, Transfer::hlg, Transfer::linear_hdr}) {
      for (const Range range : {Range::limited, Range::full}) {
        const ImageFormat format = video(layout, {1 << pixel_format_info(layout).depth, 32}, transfer, range);
        ImageBuffer buffer;
        fill_with_every_code(buffer, format);
        const auto rows = LightRows::create(format, 0);
        ASSERT_TRUE(rows.has_value());
        std::vector<float> light(static_cast<std::size_t>(format.size.width) * 32, -1.0F);
        ImageBuffer scratch;
        ASSERT_TRUE(rows->read(std::as_const(buffer).view(), 0, 32, scratch, light.data()).has_value());
        for (const float level : light) {
          ASSERT_TRUE(level >= 0 && level <= 49.5F) << level;  // 10000 cd/m²
        }
      }
    }
  }
}

TEST(ToneMappedRows, AgreeWithTheGeneralConversion) {
  for (const PixelFormat layout : {PixelFormat::p010_10le, PixelFormat::i420_10le, PixelFormat::p016_le}) {
    for (const Transfer transfer : {Transfer::pq, Transfer::hlg}) {
      for (const ChromaSite site : {ChromaSite::left, ChromaSite::center, ChromaSite::top_left}) {
        for (const Size size : {Size{64, 32}, Size{531, 19}, Size{257, 2}, Size{1, 1}, Size{3, 5}}) {
          const Range range = site == ChromaSite::center ? Range::full : Range::limited;
          const ImageFormat source = video(layout, size, transfer, range, site);
          ImageBuffer buffer;
          fill(buffer, source, false);
          const ImageView image = std::as_const(buffer).view();
          const auto fast = ToneMappedRows::create(image, base_of(source));
          ASSERT_TRUE(fast.has_value());
          const auto plan = ConversionPlan::create(source, base_of(source), 0);
          ASSERT_TRUE(plan.has_value());
          const std::vector<int> wanted = samples_of(ConvertedRows(*plan, image), size.height);
          const std::vector<int> made = samples_of(*fast, size.height);
          ASSERT_EQ(made.size(), wanted.size());
          int differing = 0;
          for (std::size_t i = 0; i < made.size(); ++i) {
            ASSERT_LE(std::abs(made[i] - wanted[i]), 1) << i;
            differing += made[i] != wanted[i] ? 1 : 0;
          }
          EXPECT_LE(differing, 1 + static_cast<int>(made.size()) / 20) << made.size();
        }
      }
    }
  }
}

TEST(ToneMappedRows, LightAgreesWithTheGeneralWay) {
  for (const Transfer transfer : {Transfer::pq, Transfer::hlg}) {
    const Size size{531, 18};
    ImageBuffer planar;
    ImageBuffer with_alpha;
    const ImageFormat fast = video(PixelFormat::i420_10le, size, transfer);
    fill(planar, fast, false);
    // The same samples in a layout that only the general way reads.
    ImageFormat general = fast;
    general.layout = PixelFormat::a420_10le;
    ASSERT_TRUE(with_alpha.reset(general).has_value());
    ImageView other = std::as_const(with_alpha).view();
    const ImageView image = std::as_const(planar).view();
    for (int p = 0; p < 3; ++p) {
      other.planes[p] = image.planes[p];
    }
    std::vector<float> a(static_cast<std::size_t>(size.width * size.height));
    std::vector<float> b(a.size());
    ImageBuffer scratch;
    ASSERT_TRUE(LightRows::create(fast, 0)->read(image, 0, size.height, scratch, a.data()).has_value());
    ASSERT_TRUE(LightRows::create(general, 0)->read(other, 0, size.height, scratch, b.data()).has_value());
    for (std::size_t i = 0; i < a.size(); ++i) {
      // The general way goes through 12-bit codes.
      ASSERT_NEAR(a[i], b[i], 1e-4 + 0.006 * b[i]) << i;
    }
  }
}

TEST(ToneMappedRows, BytesDoNotDependOnCpuOrBands) {
  for (const Transfer transfer : {Transfer::pq, Transfer::hlg}) {
    for (const PixelFormat layout : {PixelFormat::p010_10le, PixelFormat::i420_12le}) {
      const ImageFormat source = video(layout, {777, 38}, transfer);
      ImageBuffer buffer;
      fill(buffer, source, true);
      const ImageView image = std::as_const(buffer).view();
      const auto rows = ToneMappedRows::create(image, base_of(source));
      ASSERT_TRUE(rows.has_value());
      const auto light = LightRows::create(source, 0);
      ASSERT_TRUE(light.has_value());
      std::vector<std::vector<int>> pictures;
      std::vector<std::vector<float>> levels;
      for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        hwy::SetSupportedTargetsForTest(target);
        pictures.push_back(samples_of(*rows, 38));
        levels.emplace_back(777 * 38);
        ImageBuffer scratch;
        EXPECT_TRUE(light->read(image, 0, 38, scratch, levels.back().data()).has_value());
        const LightCubic gain = tone_gain(1000, 2.3);
        std::vector<float> expected = levels.back();
        std::ranges::transform(expected, expected.begin(), [&](float level) { return gain(level); });
        apply_curve(gain, levels.back().data(), levels.back().size());
        EXPECT_EQ(levels.back(), expected) << hwy::TargetName(target);
      }
      hwy::SetSupportedTargetsForTest(0);
      for (std::size_t i = 1; i < pictures.size(); ++i) {
        EXPECT_EQ(pictures[i], pictures[0]);
        EXPECT_EQ(levels[i], levels[0]);
      }
      for (const float level : levels[0]) {
        ASSERT_TRUE(std::isfinite(level));
      }
      EXPECT_EQ(samples_of(*rows, 38).size(), pictures[0].size());
    }
  }
}

TEST(ToneMappedRows, LeavesOtherPicturesToTheGeneralWay) {
  const ImageFormat source = video(PixelFormat::p010_10le, {8, 8}, Transfer::pq);
  ImageBuffer buffer;
  fill(buffer, source, false);
  const ImageView image = std::as_const(buffer).view();
  ImageFormat target = base_of(source);
  EXPECT_TRUE(ToneMappedRows::create(image, target).has_value());
  target.color.range = Range::limited;
  EXPECT_FALSE(ToneMappedRows::create(image, target).has_value());
  target = base_of(source);
  target.layout = PixelFormat::y444;
  EXPECT_FALSE(ToneMappedRows::create(image, target).has_value());
  ImageView sdr = image;
  sdr.format.color.transfer = Transfer::bt709;
  EXPECT_FALSE(ToneMappedRows::create(sdr, base_of(source)).has_value());
}

}  // namespace
}  // namespace imagepacker
