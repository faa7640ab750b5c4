// SPDX-License-Identifier: LGPL-2.1-or-later

// One thread converts a picture of 1920×1080 pixels as codecs let it: in bands of 16 rows into a buffer that stays in
// cache. Counter: nanoseconds per pixel.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <utility>

#include "color/conversion.h"
#include "color/test_picture.h"

namespace imagepacker {
namespace {

constexpr Size kSize = {1920, 1080};
constexpr int kBandRows = 16;

constexpr ColorSpace kCamera = {.transfer = Transfer::bt709, .matrix = Matrix::bt709, .range = Range::limited};
constexpr ColorSpace kJfif = {.matrix = Matrix::bt601, .chroma_site = ChromaSite::center};
constexpr ColorSpace kRgb = {};
constexpr ColorSpace kPq = {
    .primaries = Primaries::bt2020, .transfer = Transfer::pq, .matrix = Matrix::bt2020_ncl, .range = Range::limited};
constexpr ColorSpace kP3 = {.primaries = Primaries::smpte_eg432, .matrix = Matrix::bt601};

void convert(benchmark::State& state, PixelFormat from, ColorSpace from_color, PixelFormat to, ColorSpace to_color) {
  const ImageFormat source{.layout = from, .size = kSize, .color = from_color};
  const ImageFormat target{.layout = to, .size = kSize, .color = to_color};
  const auto plan = ConversionPlan::create(source, target, 0);
  TestPicture picture(source, 0);
  picture.randomize(1);
  const ImageView image = picture.as_const();
  ImageFormat band_format = target;
  ImageBuffer band;
  for (auto _ : state) {
    for (int first = 0; first < kSize.height; first += kBandRows) {
      band_format.size.height = std::min(kBandRows, kSize.height - first);
      if (!band.reset(band_format).has_value() ||
          !plan->convert(image, first, band_format.size.height, band.view()).has_value()) {
        state.SkipWithError("conversion failed");
        return;
      }
      benchmark::ClobberMemory();
    }
  }
  state.counters["ns/pixel"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * kSize.width * kSize.height * 1e-9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

#define IP_CONVERSION(name, ...) BENCHMARK_CAPTURE(convert, name, __VA_ARGS__)->Unit(benchmark::kMillisecond)
IP_CONVERSION(nv12_camera_to_jpeg, PixelFormat::nv12, kCamera, PixelFormat::i420, kJfif);
IP_CONVERSION(i420_camera_to_jpeg, PixelFormat::i420, kCamera, PixelFormat::i420, kJfif);
IP_CONVERSION(yuy2_camera_to_jpeg, PixelFormat::yuy2, kCamera, PixelFormat::i420, kJfif);
IP_CONVERSION(nv12_split, PixelFormat::nv12, kCamera, PixelFormat::i420, kCamera);
IP_CONVERSION(rgb_to_i420, PixelFormat::rgb, kRgb, PixelFormat::i420, kJfif);
IP_CONVERSION(bgrx_to_i420, PixelFormat::bgrx, kRgb, PixelFormat::i420, kJfif);
IP_CONVERSION(bgrx_to_y444, PixelFormat::bgrx, kRgb, PixelFormat::y444, kJfif);
IP_CONVERSION(bgrx_to_rgb, PixelFormat::bgrx, kRgb, PixelFormat::rgb, kRgb);
IP_CONVERSION(nv12_to_rgb, PixelFormat::nv12, kCamera, PixelFormat::rgb, kRgb);
IP_CONVERSION(i420_to_bgra, PixelFormat::i420, kCamera, PixelFormat::bgra, kRgb);
IP_CONVERSION(p010_split, PixelFormat::p010_10le, kCamera, PixelFormat::i420_10le, kCamera);
IP_CONVERSION(p010_to_jpeg, PixelFormat::p010_10le, kCamera, PixelFormat::i420, kJfif);
IP_CONVERSION(p010_to_rgb48, PixelFormat::p010_10le, kCamera, PixelFormat::rgb48_be, kRgb);
IP_CONVERSION(rgba64_to_rgb48, PixelFormat::rgba64_le, kRgb, PixelFormat::rgb48_be, kRgb);
IP_CONVERSION(p010_pq_to_sdr_jpeg, PixelFormat::p010_10le, kPq, PixelFormat::i420, kP3);

}  // namespace
}  // namespace imagepacker

BENCHMARK_MAIN();
