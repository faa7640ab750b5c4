// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hdr/hdr_reconstruction.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "color/primaries.h"
#include "color/transfer.h"
#include "hdr/apple_gain_map.h"

namespace imagepacker {
namespace {

std::byte& byte_at(ImageBuffer& buffer, int component, int x, int y) {
  const MutableImageView view = buffer.view();
  const PixelComponent& at = view.format.info().components[static_cast<std::size_t>(component)];
  return view.planes[at.plane].bytes[static_cast<std::size_t>(y) * view.planes[at.plane].stride_bytes +
                                     at.offset_bytes + static_cast<std::size_t>(x) * at.step_bytes];
}

void fill(ImageBuffer& buffer, const ImageFormat& format) {
  ASSERT_TRUE(buffer.reset(format).has_value());
  for (int c = 0; c < format.info().color_component_count(); ++c) {
    for (int y = 0; y < format.size.height; ++y) {
      for (int x = 0; x < format.size.width; ++x) {
        byte_at(buffer, c, x, y) = static_cast<std::byte>((x * 11 + y * 7 + c * 50) % 256);
      }
    }
  }
}

double component(ImageBuffer& buffer, int c, int x, int y) {
  const std::byte* const word = &byte_at(buffer, c, x, y);
  return (std::to_integer<int>(word[0]) | std::to_integer<int>(word[1]) << 8) / 4095.0;
}

/// The map's value at a pixel, interpolated linearly between the centres of its samples.
double map_at(ImageBuffer& map, Size map_size, Size size, int c, int x, int y) {
  const double px = std::clamp((x + 0.5) * map_size.width / size.width - 0.5, 0.0, map_size.width - 1.0);
  const double py = std::clamp((y + 0.5) * map_size.height / size.height - 0.5, 0.0, map_size.height - 1.0);
  const int x0 = static_cast<int>(px);
  const int y0 = static_cast<int>(py);
  const int x1 = std::min(x0 + 1, map_size.width - 1);
  const int y1 = std::min(y0 + 1, map_size.height - 1);
  const auto at = [&](int mx, int my) { return std::to_integer<int>(byte_at(map, c, mx, my)) / 255.0; };
  const double above = at(x0, y0) + (px - x0) * (at(x1, y0) - at(x0, y0));
  const double below = at(x0, y1) + (px - x0) * (at(x1, y1) - at(x0, y1));
  return above + (py - y0) * (below - above);
}

TEST(HdrReconstruction, IsWhatTheStandardSays) {
  const Size size{37, 70};
  const Size map_size{13, 20};
  for (const bool has_colors : {false, true}) {
    for (const bool in_base : {true, false}) {
      const ColorSpace p3{.primaries = Primaries::smpte_eg432};
      const ImageFormat base_format{.layout = PixelFormat::gbr, .size = size, .color = p3, .alpha = {}, .hdr = {}};
      ImageFormat map_format{.layout = has_colors ? PixelFormat::rgb : PixelFormat::gray8,
                             .size = map_size,
                             .color = {.primaries = Primaries::bt2020},
                             .alpha = {},
                             .hdr = {}};
      map_format.color.matrix = has_colors ? Matrix::rgb : Matrix::bt601;
      ImageBuffer base;
      ImageBuffer map;
      fill(base, base_format);
      fill(map, map_format);
      GainMapMetadata metadata;
      for (std::size_t c = 0; c < 3; ++c) {
        metadata.channels[c] = {.gain_min = -0.2, .gain_max = 2.5, .gamma = 1.2, .base_offset = 0.01};
        metadata.channels[c].gain_max -= has_colors ? 0.3 * static_cast<double>(c) : 0;
      }
      metadata.alternate_hdr_headroom = 2.5;
      metadata.use_base_color_space = in_base;
      const auto reconstruction = HdrReconstruction::create(base_format, map_format, metadata, RgbPrecision::exact);
      ASSERT_TRUE(reconstruction.has_value());
      TaskPool pool(2);
      ImageBuffer made;
      ASSERT_TRUE(
          reconstruction->make(std::as_const(base).view(), std::as_const(map).view(), made, pool, std::stop_token())
              .has_value());
      EXPECT_EQ(std::as_const(made).view().format, reconstructed_format(base_format));
      const Primaries gained = in_base ? Primaries::smpte_eg432 : Primaries::bt2020;
      for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
          Vector3 light{};
          for (int c = 0; c < 3; ++c) {
            light[static_cast<std::size_t>(c)] =
                sdr_to_linear(Transfer::srgb, std::to_integer<int>(byte_at(base, c, x, y)) / 255.0);
          }
          light = rgb_to_rgb(Primaries::smpte_eg432, gained) * light;
          for (std::size_t c = 0; c < 3; ++c) {
            const auto& channel = metadata.channels[c];
            const double code = map_at(map, map_size, size, has_colors ? static_cast<int>(c) : 0, x, y);
            const double stops =
                channel.gain_min + (channel.gain_max - channel.gain_min) * std::pow(code, 1 / channel.gamma);
            light[c] = (std::max(light[c], 0.0) + channel.base_offset) * std::exp2(stops) - channel.alternate_offset;
          }
          light = rgb_to_rgb(gained, Primaries::bt2020) * light;
          for (int c = 0; c < 3; ++c) {
            const double nits = std::max(light[static_cast<std::size_t>(c)], 0.0) * kSdrWhiteNits;
            ASSERT_NEAR(component(made, c, x, y), pq_inverse_eotf(nits), 1.0 / 4095) << x << " " << y << " " << c;
          }
        }
      }
    }
  }
}

/// Of gray with the alpha 0.2, coded as `luma`.
void expect_transparent_gray(Alpha alpha, int luma) {
  SCOPED_TRACE(static_cast<int>(alpha));
  const ImageFormat base_format{.layout = PixelFormat::a420,
                                .size = {6, 4},
                                .color = {.matrix = Matrix::bt601, .chroma_site = ChromaSite::center},
                                .alpha = alpha,
                                .hdr = {}};
  const ImageFormat map_format{
      .layout = PixelFormat::gray8, .size = {3, 2}, .color = {.matrix = Matrix::bt601}, .alpha = {}, .hdr = {}};
  ImageBuffer base;
  ImageBuffer map;
  ASSERT_TRUE(base.reset(base_format).has_value() && map.reset(map_format).has_value());
  const MutableImageView base_view = base.view();
  const MutableImageView map_view = map.view();
  for (int p = 0; p < 4; ++p) {
    for (std::byte& byte : base_view.planes[static_cast<std::size_t>(p)].bytes) {
      byte = static_cast<std::byte>(p == 3 ? 51 : p == 0 ? luma : 128);
    }
  }
  for (std::byte& byte : map_view.planes[0].bytes) {
    byte = std::byte{0};
  }
  GainMapMetadata metadata;
  metadata.alternate_hdr_headroom = 1;
  const auto reconstruction = HdrReconstruction::create(base_format, map_format, metadata, RgbPrecision::exact);
  ASSERT_TRUE(reconstruction.has_value());
  TaskPool pool(1);
  ImageBuffer made;
  ASSERT_TRUE(reconstruction->make(std::as_const(base).view(), std::as_const(map).view(), made, pool, std::stop_token())
                  .has_value());
  EXPECT_EQ(std::as_const(made).view().format.alpha, Alpha::straight);
  const double gray = pq_inverse_eotf(sdr_to_linear(Transfer::srgb, 125 / 255.0) * kSdrWhiteNits);
  for (int c = 0; c < 3; ++c) {
    EXPECT_NEAR(component(made, c, 5, 3), gray, 1.0 / 4095);
  }
  EXPECT_NEAR(component(made, 3, 2, 1), 0.2, 1.0 / 4095);
}

TEST(HdrReconstruction, TakesTransparencyOver) {
  expect_transparent_gray(Alpha::straight, 125);
  expect_transparent_gray(Alpha::premultiplied, 25);
}

TEST(AppleGainMap, MeansTheSameInIsoTerms) {
  for (const double headroom : {1.5, 4.53, 8.0}) {
    const auto map = convert_apple_gain_map(headroom);
    ASSERT_TRUE(map.has_value());
    const auto& channel = map->metadata.channels[0];
    for (int code = 0; code < 256; ++code) {
      const double expected = 1 + (headroom - 1) * std::pow(code / 255.0, 1.961);
      const double coded = map->code_of[static_cast<std::size_t>(code)] / 255.0;
      const double stops = channel.gain_max * std::pow(coded, 1 / channel.gamma);
      EXPECT_NEAR(std::exp2(stops) / expected, 1, 0.008) << code;
    }
  }
  EXPECT_FALSE(convert_apple_gain_map(0).has_value());
  EXPECT_FALSE(convert_apple_gain_map(1000).has_value());
}

}  // namespace
}  // namespace imagepacker
