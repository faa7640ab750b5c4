// SPDX-License-Identifier: LGPL-2.1-or-later
// The baseline coder against the way jpegenc uses libjpeg-turbo: raw 4:2:0 data in, fast DCT, standard tables, one
// thread. IMAGEPACKER_BENCH_JPEG names a JPEG file whose picture is taken; without it a synthetic one is. Threads are
// pinned; run with --benchmark_enable_random_interleaving=true --benchmark_repetitions=9.
#include <benchmark/benchmark.h>
#include <sched.h>

#include <cstdio>
// libjpeg's header needs the one above.
#include <jpeglib.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

#include "codec/codec_list.h"
#include "codec/jpeg/decoded_jpeg.h"
#include "codec/jpeg/test_pictures.h"

namespace imagepacker::jpeg {
namespace {

constexpr Size kSyntheticSize = {4000, 3000};

/// 2×2 means of the chroma, as I420.
ImageBuffer to_i420(const DecodedJpeg& decoded) {
  const Size size = {decoded.width / 16 * 16, decoded.height / 16 * 16};
  ImageBuffer picture = make_picture(PixelFormat::i420, size, Content::flat);
  const MutableImageView view = picture.view();
  const auto sample = [&](int x, int y, int c) {
    return decoded.samples[(std::size_t(y) * decoded.width + x) * 3 + c];
  };
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      view.planes[0].bytes[y * view.planes[0].stride_bytes + x] = std::byte(sample(x, y, 0));
      if (x % 2 == 0 && y % 2 == 0) {
        for (int c = 1; c < 3; ++c) {
          const int sum = sample(x, y, c) + sample(x + 1, y, c) + sample(x, y + 1, c) + sample(x + 1, y + 1, c);
          view.planes[c].bytes[y / 2 * view.planes[c].stride_bytes + x / 2] = std::byte((sum + 2) / 4);
        }
      }
    }
  }
  return picture;
}

const ImageBuffer& picture() {
  static const ImageBuffer result = [] {
    if (const char* const path = std::getenv("IMAGEPACKER_BENCH_JPEG")) {
      std::ifstream file(path, std::ios::binary);
      const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
      const DecodedJpeg decoded = decode_jpeg(std::as_bytes(std::span(bytes)));
      if (!decoded.error.empty() || decoded.components != 3) {
        std::fprintf(stderr, "%s: %s\n", path, decoded.error.c_str());
        std::exit(1);
      }
      return to_i420(decoded);
    }
    return make_picture(PixelFormat::i420, kSyntheticSize, Content::photo);
  }();
  return result;
}

const ImageBuffer& picture_nv12() {
  static const ImageBuffer result = [] {
    const ImageView from = picture().view();
    ImageBuffer paired = make_picture(PixelFormat::nv12, from.format.size, Content::flat);
    const MutableImageView to = paired.view();
    for (int y = 0; y < from.format.size.height; ++y) {
      std::memcpy(&to.planes[0].bytes[y * to.planes[0].stride_bytes],
                  &from.planes[0].bytes[y * from.planes[0].stride_bytes],
                  static_cast<std::size_t>(from.format.size.width));
    }
    for (int y = 0; y < from.format.size.height / 2; ++y) {
      for (int x = 0; x < from.format.size.width; ++x) {
        to.planes[1].bytes[y * to.planes[1].stride_bytes + x] =
            from.planes[1 + x % 2].bytes[y * from.planes[1].stride_bytes + x / 2];
      }
    }
    return paired;
  }();
  return result;
}

void pin_to(int cpu) {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(cpu, &cpus);
  sched_setaffinity(0, sizeof cpus, &cpus);
}

/// A pool whose second thread runs on CPU 1, the caller on CPU 0.
TaskPool& pinned_pool(unsigned threads) {
  static TaskPool one(1), two(2);
  if (threads == 2) {
    pin_to(1);  // Threads inherit it at their start.
    (void)two.for_each(2, [](std::size_t) -> Status { return {}; });
  }
  pin_to(0);
  return threads == 2 ? two : one;
}

void report(benchmark::State& state, std::size_t bytes) {
  const Size size = picture().view().format.size;
  state.counters["bytes"] = static_cast<double>(bytes);
  state.counters["MP/s"] =
      benchmark::Counter(double(size.width) * size.height * 1e-6, benchmark::Counter::kIsIterationInvariantRate);
}

void libjpeg(benchmark::State& state, J_DCT_METHOD method, bool optimize) {
  pin_to(0);
  const ImageView view = picture().view();
  const Size size = view.format.size;
  unsigned char* bytes = nullptr;
  unsigned long byte_count = 0;
  for (auto _ : state) {
    std::free(bytes);
    bytes = nullptr;
    byte_count = 0;
    jpeg_compress_struct codec;
    jpeg_error_mgr error;
    codec.err = jpeg_std_error(&error);
    jpeg_create_compress(&codec);
    jpeg_mem_dest(&codec, &bytes, &byte_count);
    codec.image_width = size.width;
    codec.image_height = size.height;
    codec.input_components = 3;
    codec.in_color_space = JCS_YCbCr;
    jpeg_set_defaults(&codec);
    jpeg_set_quality(&codec, PackingOptions::kDefaultQuality, TRUE);
    codec.dct_method = method;
    codec.raw_data_in = TRUE;
    codec.optimize_coding = optimize;
    jpeg_start_compress(&codec, TRUE);
    JSAMPROW rows[3][16];
    JSAMPARRAY planes[3] = {rows[0], rows[1], rows[2]};
    for (int y = 0; y < size.height; y += 16) {
      for (int c = 0; c < 3; ++c) {
        for (int row = 0; row < (c == 0 ? 16 : 8); ++row) {
          const int from = (c == 0 ? y : y / 2) + row;
          rows[c][row] = reinterpret_cast<JSAMPROW>(
              const_cast<std::byte*>(view.planes[c].bytes.data() + from * view.planes[c].stride_bytes));
        }
      }
      jpeg_write_raw_data(&codec, planes, 16);
    }
    jpeg_finish_compress(&codec);
    jpeg_destroy_compress(&codec);
  }
  std::free(bytes);
  report(state, byte_count);
}

void ours(benchmark::State& state, PixelFormat layout, int effort) {
  TaskPool& pool = pinned_pool(static_cast<unsigned>(state.range(0)));
  const ImageView view = layout == PixelFormat::nv12 ? picture_nv12().view() : picture().view();
  const auto encoder = find_codec(Format::jpeg)->create_encoder(view.format, {.effort = effort});
  const ViewRows rows(view);
  const Metadata metadata;
  std::size_t bytes = 0;
  for (auto _ : state) {
    VectorSink sink;
    if (!(*encoder)->encode({.image = rows, .metadata = metadata, .pool = pool, .stop = {}}, sink).has_value()) {
      state.SkipWithError("encode failed");
      break;
    }
    bytes = sink.bytes().size();
  }
  report(state, bytes);
}

BENCHMARK_CAPTURE(libjpeg, ifast, JDCT_IFAST, false)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(libjpeg, islow, JDCT_ISLOW, false)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(libjpeg, islow_optimal, JDCT_ISLOW, true)->UseRealTime()->Unit(benchmark::kMillisecond);
void one_and_two_threads(benchmark::internal::Benchmark* bench) {
  bench->Arg(1)->Arg(2)->MeasureProcessCPUTime()->UseRealTime()->Unit(benchmark::kMillisecond);
}

// Effort 0: annex K's Huffman tables, 3: the picture's own, 4: and a dead zone, 7: and values chosen by their cost.
BENCHMARK_CAPTURE(ours, i420_effort0, PixelFormat::i420, 0)->Apply(one_and_two_threads);
BENCHMARK_CAPTURE(ours, i420_effort3, PixelFormat::i420, 3)->Apply(one_and_two_threads);
BENCHMARK_CAPTURE(ours, i420_effort4, PixelFormat::i420, 4)->Apply(one_and_two_threads);
BENCHMARK_CAPTURE(ours, nv12_effort4, PixelFormat::nv12, 4)->Apply(one_and_two_threads);
BENCHMARK_CAPTURE(ours, i420_effort7, PixelFormat::i420, 7)->Apply(one_and_two_threads);

}  // namespace
}  // namespace imagepacker::jpeg

BENCHMARK_MAIN();
