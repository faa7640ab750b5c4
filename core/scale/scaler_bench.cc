// SPDX-License-Identifier: LGPL-2.1-or-later

// One thread shrinks a picture of 4000×3000 pixels to 1600×1200.

#include <benchmark/benchmark.h>

#include <utility>

#include "color/test_picture.h"
#include "scale/scaler.h"

namespace imagepacker {
namespace {

constexpr Size kSize = {4000, 3000};

void shrink(benchmark::State& state, PixelFormat layout, Matrix matrix, Alpha alpha) {
  const ImageFormat format{.layout = layout, .size = kSize, .color = {.matrix = matrix}, .alpha = alpha};
  const auto scaler = Scaler::create(format, {1600, 1200});
  TestPicture picture(format, 0);
  picture.randomize(1);
  TaskPool pool(1);
  ImageBuffer target;
  for (auto _ : state) {
    if (!scaler->scale(picture.as_const(), target, pool).has_value()) {
      state.SkipWithError("scaling failed");
      return;
    }
  }
}

#define IP_SHRINK(name, ...) BENCHMARK_CAPTURE(shrink, name, __VA_ARGS__)->Unit(benchmark::kMillisecond)
IP_SHRINK(nv12, PixelFormat::nv12, Matrix::bt709, Alpha::none);
IP_SHRINK(rgb, PixelFormat::rgb, Matrix::rgb, Alpha::none);
IP_SHRINK(rgba_straight, PixelFormat::rgba, Matrix::rgb, Alpha::straight);
IP_SHRINK(p010, PixelFormat::p010_10le, Matrix::bt709, Alpha::none);

}  // namespace
}  // namespace imagepacker

BENCHMARK_MAIN();
