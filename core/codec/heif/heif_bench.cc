// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Our HEIF encoder at every effort against libheif with the settings of heif-enc, from the same RGB samples in one run.
// The picture is a binary PPM named by IMAGEPACKER_BENCH_PPM, or a generated one. The two have different scales of
// quality: `bytes` and `psnr_g` say where on its scale a row stands. Judge by CPU time: the threads of both belong to
// x265 and can't be pinned.

#include <benchmark/benchmark.h>
#include <libheif/heif.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "codec/heif/decoded_heif.h"
#include "imagepacker/imagepacker.h"

namespace imagepacker::heif {
namespace {

struct Picture8 {
  Size size{1920, 1080};
  Bytes rgb;
};

Picture8 generated() {
  Picture8 picture;
  for (int y = 0; y < picture.size.height; ++y) {
    for (int x = 0; x < picture.size.width; ++x) {
      const auto noise = static_cast<std::uint32_t>(x * 73856093 ^ y * 19349663) * 2654435761u >> 29;
      for (int c = 0; c < 3; ++c) {
        const double wave = 120 + 60 * std::sin(x * 0.011 + c) + 50 * std::cos(y * 0.017 - c + x * 0.003);
        picture.rgb.push_back(static_cast<std::byte>(std::lround(wave) + static_cast<int>(noise)));
      }
    }
  }
  return picture;
}

Picture8 load() {
  const char* const path = std::getenv("IMAGEPACKER_BENCH_PPM");
  if (path == nullptr) {
    return generated();
  }
  Picture8 picture;
  std::ifstream file(path, std::ios::binary);
  std::string magic;
  int maximum = 0;
  file >> magic >> picture.size.width >> picture.size.height >> maximum;
  file.get();
  if (!file || magic != "P6" || maximum != 255 || picture.size.width < 1 || picture.size.height < 1) {
    std::fprintf(stderr, "%s is no binary PPM with 8 bits\n", path);
    std::exit(1);
  }
  picture.rgb.resize(static_cast<std::size_t>(picture.size.width) * picture.size.height * 3);
  file.read(reinterpret_cast<char*>(picture.rgb.data()), static_cast<std::streamsize>(picture.rgb.size()));
  return picture;
}

const Picture8& picture() {
  static const Picture8 loaded = load();
  return loaded;
}

/// Of the green channel, as libheif shows the file.
double green_psnr(const Bytes& file) {
  const DecodedPlane green = decode_heif(file).planes[0];
  double squares = 0;
  for (std::size_t i = 0; i < green.samples.size(); ++i) {
    const double difference = std::to_integer<int>(picture().rgb[3 * i + 1]) - green.samples[i];
    squares += difference * difference;
  }
  return 10 * std::log10(255.0 * 255.0 * static_cast<double>(green.samples.size()) / squares);
}

void report(benchmark::State& state, const Bytes& file) {
  state.counters["bytes"] = static_cast<double>(file.size());
  state.counters["psnr_g"] = green_psnr(file);
}

void ours(benchmark::State& state) {
  PackingOptions options;
  options.format = Format::heif;
  options.effort = static_cast<int>(state.range(0));
  options.quality = static_cast<int>(state.range(1));
  ImageFormat format;
  format.size = picture().size;
  ImageView view{.format = format, .planes = {}};
  view.planes[0] = {.bytes = picture().rgb, .stride_bytes = static_cast<std::size_t>(format.size.width) * 3};
  TaskPool pool;
  Bytes file;
  for (auto _ : state) {
    const auto packer = Packer::create(format, options, pool);
    VectorSink sink;
    if (!packer || !packer->pack({.main = view, .gain_map = {}, .auxiliary = {}, .metadata = {}}, sink)) {
      state.SkipWithError("packing failed");
      return;
    }
    file = sink.take();
  }
  report(state, file);
}

heif_error append(heif_context*, const void* data, std::size_t size, void* file) {
  const auto* const bytes = static_cast<const std::byte*>(data);
  static_cast<Bytes*>(file)->insert(static_cast<Bytes*>(file)->end(), bytes, bytes + size);
  return {heif_error_Ok, heif_suberror_Unspecified, "ok"};
}

Bytes encode_by_libheif(int quality) {
  const Size size = picture().size;
  const auto row_bytes = static_cast<std::size_t>(size.width) * 3;
  heif_context* const context = heif_context_alloc();
  heif_encoder* encoder = nullptr;
  heif_image* image = nullptr;
  heif_context_get_encoder_for_format(context, heif_compression_HEVC, &encoder);
  heif_encoder_set_lossy_quality(encoder, quality);
  heif_image_create(size.width, size.height, heif_colorspace_RGB, heif_chroma_interleaved_RGB, &image);
  heif_image_add_plane(image, heif_channel_interleaved, size.width, size.height, 8);
  int stride = 0;
  std::uint8_t* const rows = heif_image_get_plane(image, heif_channel_interleaved, &stride);
  for (int y = 0; y < size.height; ++y) {
    std::memcpy(rows + static_cast<std::ptrdiff_t>(y) * stride,
                picture().rgb.data() + static_cast<std::size_t>(y) * row_bytes, row_bytes);
  }
  heif_context_encode_image(context, image, encoder, nullptr, nullptr);
  Bytes file;
  heif_writer writer{.writer_api_version = 1, .write = append};
  heif_context_write(context, &writer, &file);
  heif_image_release(image);
  heif_encoder_release(encoder);
  heif_context_free(context);
  return file;
}

void libheif(benchmark::State& state) {
  Bytes file;
  for (auto _ : state) {
    file = encode_by_libheif(static_cast<int>(state.range(0)));
  }
  report(state, file);
}

BENCHMARK(libheif)->Arg(50)->Arg(60)->MeasureProcessCPUTime()->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(ours)
    ->ArgNames({"effort", "quality"})
    ->ArgsProduct({{0, 2, 4, 5, 6, 7, 8}, {70, 85}})
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace imagepacker::heif

BENCHMARK_MAIN();
