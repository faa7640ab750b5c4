// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Our PNG encoder against libpng with the settings that others use, in one run. The picture is a binary PPM named by
// IMAGEPACKER_BENCH_PPM, or a generated screen of text. RGBA and RGB16 are made from it.

#include <benchmark/benchmark.h>
#include <png.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "codec/codec_list.h"
#include "codec/png/bench_screen.h"
#include "image/image_buffer.h"

namespace imagepacker {
namespace {

/// A picture in memory of its own, rows without padding.
struct Sample {
  ImageFormat format;
  Bytes bytes;

  [[nodiscard]] ImageView view() const {
    ImageView view{.format = format, .planes = {}};
    view.planes[0] = {.bytes = bytes, .stride_bytes = plane_row_bytes(format.info(), 0, format.size)};
    return view;
  }
};

Sample load_rgb() {
  Sample sample;
  sample.format.layout = PixelFormat::rgb;
  const char* const path = std::getenv("IMAGEPACKER_BENCH_PPM");
  if (path == nullptr) {
    sample.format.size = {1920, 1080};
    sample.bytes = text_screen(sample.format.size);
    return sample;
  }
  std::ifstream file(path, std::ios::binary);
  std::string magic;
  int maximum = 0;
  file >> magic >> sample.format.size.width >> sample.format.size.height >> maximum;
  file.get();
  if (!file || magic != "P6" || maximum != 255 || !validate(sample.format).has_value()) {
    std::fprintf(stderr, "%s is no binary PPM with 8 bits\n", path);
    std::exit(1);
  }
  sample.bytes.resize(plane_row_bytes(sample.format.info(), 0, sample.format.size) *
                      static_cast<std::size_t>(sample.format.size.height));
  file.read(reinterpret_cast<char*>(sample.bytes.data()), static_cast<std::streamsize>(sample.bytes.size()));
  return sample;
}

const Sample& rgb() {
  static const Sample sample = load_rgb();
  return sample;
}

const Sample& rgba() {
  static const Sample sample = [] {
    Sample made{.format = rgb().format, .bytes = {}};
    made.format.layout = PixelFormat::rgba;
    made.format.alpha = Alpha::straight;
    const auto& from = rgb().bytes;
    made.bytes.resize(from.size() / 3 * 4, std::byte{0xFF});
    for (std::size_t i = 0; i < from.size(); ++i) {
      made.bytes[i / 3 * 4 + i % 3] = from[i];
    }
    return made;
  }();
  return sample;
}

/// Half the size, each pixel the mean of four with all the bits that gives.
const Sample& rgb16() {
  static const Sample sample = [] {
    Sample made{.format = rgb().format, .bytes = {}};
    made.format.layout = PixelFormat::rgb48_be;
    const Size half{rgb().format.size.width / 2, rgb().format.size.height / 2};
    made.format.size = half;
    const auto at = [](int x, int y, int c) {
      const auto index = (static_cast<std::size_t>(y) * static_cast<std::size_t>(rgb().format.size.width) +
                          static_cast<std::size_t>(x)) *
                             3 +
                         static_cast<std::size_t>(c);
      return static_cast<unsigned>(rgb().bytes[index]);
    };
    for (int y = 0; y < half.height; ++y) {
      for (int x = 0; x < half.width * 3; ++x) {
        const int left = x / 3 * 2;
        const unsigned sum = at(left, 2 * y, x % 3) + at(left + 1, 2 * y, x % 3) + at(left, 2 * y + 1, x % 3) +
                             at(left + 1, 2 * y + 1, x % 3);
        const unsigned value = (sum * 65535 + 510) / 1020;
        made.bytes.push_back(static_cast<std::byte>(value >> 8));
        made.bytes.push_back(static_cast<std::byte>(value & 0xFF));
      }
    }
    return made;
  }();
  return sample;
}

void report(benchmark::State& state, const Sample& sample, std::size_t packed_bytes) {
  state.counters["bytes"] = static_cast<double>(packed_bytes);
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * sample.bytes.size()));
}

/// Memory that all encoders write into, so that none pays for getting it from the system.
class ReusedSink final : public ByteSink {
 public:
  Status write(ByteView bytes) override {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return {};
  }
  Bytes& emptied() {
    bytes_.clear();
    return bytes_;
  }
  [[nodiscard]] std::size_t size_bytes() const { return bytes_.size(); }

 private:
  Bytes bytes_;
};

void append_to_vector(png_structp png, png_bytep data, std::size_t count) {
  auto* const bytes = static_cast<Bytes*>(png_get_io_ptr(png));
  const auto* const first = reinterpret_cast<const std::byte*>(data);
  bytes->insert(bytes->end(), first, first + count);
}

enum class Peer { gstreamer, defaults };

void pack_with_libpng(const Sample& sample, Peer peer, Bytes& bytes) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &bytes, append_to_vector, nullptr);
  const PixelFormatInfo& layout = sample.format.info();
  png_set_IHDR(png, info, static_cast<png_uint_32>(sample.format.size.width),
               static_cast<png_uint_32>(sample.format.size.height), layout.depth,
               layout.has_alpha ? PNG_COLOR_TYPE_RGBA : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (peer == Peer::gstreamer) {
    // What pngenc of GStreamer 1.22 does with its default settings.
    png_set_filter(png, 0, PNG_FILTER_NONE);
    png_set_compression_level(png, 6);
  }
  png_write_info(png, info);
  const std::size_t row_bytes = plane_row_bytes(layout, 0, sample.format.size);
  for (int y = 0; y < sample.format.size.height; ++y) {
    png_write_row(png,
                  reinterpret_cast<png_const_bytep>(sample.bytes.data()) + static_cast<std::size_t>(y) * row_bytes);
  }
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
}

void libpng(benchmark::State& state, const Sample& (*sample)(), Peer peer) {
  ReusedSink sink;
  for (auto unused : state) {
    (void)unused;
    pack_with_libpng(sample(), peer, sink.emptied());
  }
  report(state, sample(), sink.size_bytes());
}

void ours(benchmark::State& state, const Sample& (*sample)()) {
  PackingOptions options{.format = Format::png};
  options.effort = static_cast<int>(state.range(0));
  const auto encoder = find_codec(Format::png)->create_encoder(sample().format, options).value();
  TaskPool pool(static_cast<unsigned>(state.range(1)));
  const ImageView view = sample().view();
  const ViewRows rows(view);
  const Metadata metadata;
  ReusedSink sink;
  for (auto unused : state) {
    (void)unused;
    sink.emptied();
    if (!encoder->encode({.image = rows, .metadata = metadata, .pool = pool, .stop = {}}, sink).has_value()) {
      state.SkipWithError("encoding failed");
    }
  }
  report(state, sample(), sink.size_bytes());
}

void all_efforts(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"effort", "threads"})->Unit(benchmark::kMillisecond)->UseRealTime();
  bench->Args({PackingOptions::kDefaultEffort, 1});
  for (int effort = 0; effort <= PackingOptions::kMaxEffort; ++effort) {
    bench->Args({effort, 2});
  }
}

BENCHMARK_CAPTURE(libpng, rgb_as_pngenc, rgb, Peer::gstreamer)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(libpng, rgb_defaults, rgb, Peer::defaults)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ours, rgb, rgb)->Apply(all_efforts);
BENCHMARK_CAPTURE(libpng, rgba_as_pngenc, rgba, Peer::gstreamer)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(libpng, rgba_defaults, rgba, Peer::defaults)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ours, rgba, rgba)->Apply(all_efforts);
BENCHMARK_CAPTURE(libpng, rgb16_as_pngenc, rgb16, Peer::gstreamer)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(libpng, rgb16_defaults, rgb16, Peer::defaults)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ours, rgb16, rgb16)->Apply(all_efforts);

}  // namespace
}  // namespace imagepacker

BENCHMARK_MAIN();
