// SPDX-License-Identifier: LGPL-2.1-or-later
// Lets the core and GStreamer's decoders unpack one file in turns, and prints their times as JSON.
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <time.h>
#include <turbojpeg.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "imagepacker/unpacker.h"
#include "pinning.h"

namespace imagepacker::bench {
namespace {

constexpr const char* kUsage =
    "usage: imagepacker-unpack-race FILE CAPS ROUNDS PROCESSORS LINE...\n"
    "  CAPS    of the file, such as image/png\n"
    "  LINE    @core: the library's Unpacker, in the file's own layout;\n"
    "          @jpegtran OPTIONS: libjpeg-turbo's lossless copy, with rotate90 and progressive as options;\n"
    "          else elements as gst-launch takes them, behind @strides for a sink that reads GstVideoMeta;\n"
    "          what can't be made is null in the result\n";

constexpr std::string_view kStrides = "@strides ";
constexpr std::string_view kJpegtran = "@jpegtran";

/// One way of unpacking. Throws.
class Unpacking {
 public:
  virtual ~Unpacking() = default;
  virtual void unpack() = 0;
};

class CoreUnpacking final : public Unpacking {
 public:
  CoreUnpacking(ByteView file, unsigned processors) : file_(file), pool_(processors) {}

  void unpack() override {
    auto unpacker = Unpacker::create(file_, {}, pool_);
    if (!unpacker.has_value()) {
      throw std::runtime_error(unpacker.error().message);
    }
    if (const auto picture = unpacker->unpack(); !picture.has_value()) {
      throw std::runtime_error(picture.error().message);
    }
  }

 private:
  ByteView file_;
  TaskPool pool_;
};

/// What jpegtran does between reading and writing its files.
class JpegtranCopying final : public Unpacking {
 public:
  JpegtranCopying(std::string_view options, ByteView file)
      : file_(file), codec_(tjInitTransform(), tjDestroy), options_(options) {}

  void unpack() override {
    tjtransform transform{};
    transform.op = options_.find("rotate90") != std::string::npos ? TJXOP_ROT90 : TJXOP_NONE;
    transform.options = options_.find("progressive") != std::string::npos ? TJXOPT_PROGRESSIVE : 0;
    unsigned char* bytes = nullptr;
    unsigned long size = 0;
    const int result = tjTransform(codec_.get(), reinterpret_cast<const unsigned char*>(file_.data()), file_.size(), 1,
                                   &bytes, &size, &transform, 0);
    tjFree(bytes);
    if (result != 0) {
      throw std::runtime_error(tjGetErrorStr2(codec_.get()));
    }
  }

 private:
  ByteView file_;
  std::unique_ptr<void, decltype(&tjDestroy)> codec_;
  std::string options_;
};

class ElementUnpacking final : public Unpacking {
 public:
  ElementUnpacking(const std::string& line, const std::string& caps, ByteView file, bool sink_knows_strides)
      : harness_(gst_harness_new_parse(line.c_str()), gst_harness_teardown),
        buffer_(gst_buffer_new_memdup(file.data(), file.size()), gst_buffer_unref) {
    gst_harness_set_live(harness_.get(), FALSE);
    if (sink_knows_strides) {
      gst_harness_add_propose_allocation_meta(harness_.get(), GST_VIDEO_META_API_TYPE, nullptr);
    }
    gst_harness_set_src_caps_str(harness_.get(), caps.c_str());
  }

  void unpack() override {
    GstBuffer* const buffer = gst_buffer_copy(buffer_.get());
    GST_BUFFER_PTS(buffer) = next_pts_;
    next_pts_ += GST_SECOND;
    if (gst_harness_push(harness_.get(), buffer) != GST_FLOW_OK) {
      throw std::runtime_error("an element refuses the file");
    }
    GstBuffer* const frame = gst_harness_pull(harness_.get());
    if (frame == nullptr) {
      throw std::runtime_error("an element gives no frame");
    }
    gst_buffer_unref(frame);
  }

 private:
  std::unique_ptr<GstHarness, decltype(&gst_harness_teardown)> harness_;
  std::unique_ptr<GstBuffer, decltype(&gst_buffer_unref)> buffer_;
  GstClockTime next_pts_ = 0;
};

std::unique_ptr<Unpacking> make_unpacking(const std::string& line, const std::string& caps, ByteView file,
                                          unsigned processors) {
  if (line == "@core") {
    return std::make_unique<CoreUnpacking>(file, processors);
  }
  if (line.starts_with(kJpegtran)) {
    return std::make_unique<JpegtranCopying>(line.substr(kJpegtran.size()), file);
  }
  const bool sink_knows_strides = line.starts_with(kStrides);
  const std::string elements = sink_knows_strides ? line.substr(kStrides.size()) : line;
  // The harness ends the process when an element is missing.
  GError* error = nullptr;
  GstElement* bin = gst_parse_bin_from_description(elements.c_str(), TRUE, &error);
  gst_clear_object(&bin);
  if (error != nullptr) {
    const std::string message = error->message;
    g_clear_error(&error);
    throw std::runtime_error(message);
  }
  return std::make_unique<ElementUnpacking>(elements, caps, file, sink_knows_strides);
}

double process_seconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}

struct Runner {
  std::unique_ptr<Unpacking> unpacking;
  std::vector<double> wall_ms;
  std::vector<double> cpu_ms;

  void take_turn() {
    const double cpu_begin = process_seconds();
    const auto begin = std::chrono::steady_clock::now();
    unpacking->unpack();
    wall_ms.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    cpu_ms.push_back((process_seconds() - cpu_begin) * 1e3);
  }
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

int run(int argc, char** argv) {
  if (argc < 6) {
    throw std::invalid_argument(kUsage);
  }
  std::ifstream stream(argv[1], std::ios::binary);
  const std::vector<char> bytes((std::istreambuf_iterator<char>(stream)), {});
  const ByteView file = std::as_bytes(std::span(bytes));
  const int rounds = std::stoi(argv[3]);
  const int processors = std::stoi(argv[4]);
  stay_on_processors(processors);
  gst_init(nullptr, nullptr);
  std::vector<Runner> runners;
  for (int i = 5; i < argc; ++i) {
    Runner& runner = runners.emplace_back();
    try {
      runner.unpacking = make_unpacking(argv[i], argv[2], file, static_cast<unsigned>(processors));
      runner.unpacking->unpack();  // does not count: it starts threads and fills caches
    } catch (const std::exception& exception) {
      std::cerr << argv[i] << ": " << exception.what() << "\n";
      runner.unpacking.reset();
    }
  }
  for (int round = 0; round < rounds; ++round) {
    for (Runner& runner : runners) {
      if (runner.unpacking != nullptr) {
        runner.take_turn();
      }
    }
  }
  const char* separator = "[";
  for (const Runner& runner : runners) {
    std::cout << separator;
    separator = ", ";
    if (runner.unpacking == nullptr || runner.wall_ms.empty()) {
      std::cout << "null";
      continue;
    }
    std::cout << "{\"wall_ms\": " << median(runner.wall_ms) << ", \"cpu_ms\": " << median(runner.cpu_ms)
              << ", \"fastest_ms\": " << std::ranges::min(runner.wall_ms) << "}";
  }
  std::cout << "]\n";
  return 0;
}

}  // namespace
}  // namespace imagepacker::bench

int main(int argc, char** argv) {
  try {
    return imagepacker::bench::run(argc, argv);
  } catch (const std::exception& exception) {
    std::cerr << exception.what() << "\n";
    return 2;
  }
}
