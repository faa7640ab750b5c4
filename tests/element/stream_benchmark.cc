// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>

#include "gst_test.h"

// Frames per second of a 1080p stream through each element with one thread and with two, in alternating rounds. Prints
// a table; upstream's encoders stand beside. cpu/wall says whether the machine had two processors to give.

namespace imagepacker::test {
namespace {

constexpr int kRounds = 9;
constexpr double kRoundSeconds = 0.7;

struct Speed {
  double frames_per_second;
  double cpu_per_wall;
};

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// A stream that is there to be measured again and again.
class Stream {
 public:
  Stream(const std::string& element, guint threads) : harness_(element) {
    gst_harness_set_drop_buffers(harness_.get(), TRUE);
    if (threads > 0) {
      harness_.set("max-threads", threads);
    }
    harness_.set_input(input_);
    for (int i = 0; i < 4; ++i) {
      frames_.push_back(make_frame(input_, i));
    }
    measure(2);
  }

  Speed measure(int frame_count) {
    const unsigned before = gst_harness_buffers_received(harness_.get());
    const double cpu = cpu_seconds();
    const double wall = wall_seconds();
    for (int i = 0; i < frame_count; ++i) {
      BufferPtr frame(gst_buffer_copy(frames_[static_cast<std::size_t>(i) % frames_.size()].get()));
      GST_BUFFER_PTS(frame.get()) = static_cast<GstClockTime>(number_++) * GST_SECOND / 30;
      harness_.push(std::move(frame));
    }
    while (gst_harness_buffers_received(harness_.get()) - before < static_cast<unsigned>(frame_count)) {
      g_usleep(100);
    }
    const double seconds = wall_seconds() - wall;
    return {frame_count / seconds, (cpu_seconds() - cpu) / seconds};
  }

 private:
  const std::string input_ = raw_caps("I420", 1920, 1080);
  Harness harness_;
  std::vector<BufferPtr> frames_;
  int number_ = 0;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void compare(const std::string& name, Stream& one, Stream& other, const char* label) {
  const int frame_count = std::max(4, static_cast<int>(one.measure(4).frames_per_second * kRoundSeconds));
  std::vector<double> first;
  std::vector<double> second;
  std::vector<double> ratios;
  std::vector<double> cpus;
  for (int round = 0; round < kRounds; ++round) {
    const Speed a = one.measure(frame_count);
    const Speed b = other.measure(frame_count);
    first.push_back(a.frames_per_second);
    second.push_back(b.frames_per_second);
    ratios.push_back(b.frames_per_second / a.frames_per_second);
    cpus.push_back(b.cpu_per_wall);
  }
  std::printf("| %-16s | %8.1f | %8.1f | %-16s | %5.2f | %5.2f |\n", name.c_str(), median(first), median(second), label,
              median(ratios), median(cpus));
  std::fflush(stdout);
}

/// By name of the element, so that --gtest_filter=*jpeg* measures that alone.
class StreamBenchmark : public testing::TestWithParam<std::string> {
 protected:
  static void SetUpTestSuite() {
    std::printf("| 1080p I420       |    A fps |    B fps | B                | ratio | cpu/wall of B |\n");
  }
};

TEST_P(StreamBenchmark, TwoThreads) {
  Stream one(GetParam(), 1);
  Stream two(GetParam(), 2);
  compare(GetParam(), one, two, "2 threads");
}

TEST_P(StreamBenchmark, Upstream) {
  const std::string theirs = GetParam().substr(std::string_view("imagepacker").size()) + "enc";
  const ObjectPtr<GstElement> encoder(gst_element_factory_make(theirs.c_str(), nullptr));
  const ObjectPtr<GstPad> pad(encoder == nullptr ? nullptr : gst_element_get_static_pad(encoder.get(), "sink"));
  const CapsPtr input(gst_caps_from_string(raw_caps("I420", 1920, 1080).c_str()));
  if (pad == nullptr || !gst_pad_query_accept_caps(pad.get(), input.get())) {
    GTEST_SKIP() << "no upstream encoder takes I420";
  }
  Stream one(theirs, 0);
  Stream two(GetParam(), 1);
  compare(theirs, one, two, "ours, 1 thread");
}

std::vector<std::string> measured_elements() {
  std::vector<std::string> names;
  for (const FormatInfo& format : supported_formats()) {
    names.push_back(element_name(format.format));
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(Elements, StreamBenchmark, testing::ValuesIn(measured_elements()),
                         [](const auto& instance) { return instance.param; });

}  // namespace
}  // namespace imagepacker::test
