// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <functional>
#include <thread>
#include <vector>

#include "bench/pinning.h"
#include "bench/two_cores.h"
#include "gst_test.h"

// Frames per second of a 1080p stream through each element with one thread and with two, in alternating rounds. Prints
// a table. Each thread stays on a processor of its own, and rounds wait until both processors are cores of their own;
// how many had them is the last column. cpu/wall says whether the system had both to give. Two streams apart, which
// share nothing but the machine, tell what its caches and memory leave. Upstream's encoders stand beside.

namespace imagepacker::test {
namespace {

constexpr int kRounds = 41;
constexpr double kRoundSeconds = 0.15;  ///< of the first, so that what disturbs a round disturbs both of its turns
constexpr std::chrono::seconds kPatience(60);  ///< for two cores, for each element

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
    const std::set<int> before = bench::threads_of_process();
    harness_.set_input(input_);
    for (int i = 0; i < 4; ++i) {
      frames_.push_back(make_frame(input_, i));
    }
    measure(1);
    bench::spread_threads(before, 2);
  }

  /// Of `frame_count` frames in the middle of a stream: before them others fill the queue, so that each can go in when
  /// another is done, and those that are in flight behind them do not count.
  Speed measure(int frame_count) {
    push(kFillingFrames);
    const double cpu = cpu_seconds();
    const double wall = wall_seconds();
    push(frame_count);
    const double seconds = wall_seconds() - wall;
    const double cpu_per_wall = (cpu_seconds() - cpu) / seconds;
    while (gst_harness_buffers_received(harness_.get()) < number_) {
      g_usleep(100);
    }
    return {frame_count / seconds, cpu_per_wall};
  }

  /// measure() as long as the stream is there.
  std::function<Speed(int)> measuring() {
    return [this](int frame_count) { return measure(frame_count); };
  }

 private:
  /// More than are ever in flight: two for each of two threads and one.
  static constexpr int kFillingFrames = 8;

  void push(int frame_count) {
    for (int i = 0; i < frame_count; ++i, ++number_) {
      BufferPtr frame(gst_buffer_copy(frames_[number_ % frames_.size()].get()));
      GST_BUFFER_PTS(frame.get()) = static_cast<GstClockTime>(number_) * GST_SECOND / 30;
      harness_.push(std::move(frame));
    }
  }

  const std::string input_ = raw_caps("I420", 1920, 1080);
  Harness harness_;
  std::vector<BufferPtr> frames_;
  unsigned number_ = 0;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Two ways side by side on processors of their own: frames per second of both.
Speed measure_apart(const std::function<Speed(int)>& one, const std::function<Speed(int)>& other, int frame_count) {
  Speed first{};
  std::jthread beside([&] {
    bench::pin_thread(0, 0);
    first = one(frame_count);
  });
  Speed second{};
  std::jthread([&] {
    bench::pin_thread(0, 1);
    second = other(frame_count);
  }).join();
  beside.join();
  // CPU time is counted for the process, so by both.
  return {first.frames_per_second + second.frames_per_second, (first.cpu_per_wall + second.cpu_per_wall) / 2};
}

/// One way of packing frames; what it takes is their number.
struct Way {
  const char* label;
  std::function<Speed(int frame_count)> measure;
};

/// Measures each of `ways` against `first` in the same rounds.
void compare(const std::string& name, const std::function<Speed(int)>& first, const std::vector<Way>& ways) {
  const int frame_count = std::max(4, static_cast<int>(first(4).frames_per_second * kRoundSeconds));
  struct Column {
    std::vector<double> speeds;
    std::vector<double> ratios;
    std::vector<double> cpus;
    int rounds_on_two_cores = 0;
  };
  std::vector<double> speeds;
  std::vector<Column> columns(ways.size());
  bench::TwoCores cores(kPatience);
  for (int round = 0; round < kRounds; ++round) {
    Speed a{};
    const bool has_two_cores = cores.run([&] { a = first(frame_count); });
    speeds.push_back(a.frames_per_second);
    for (std::size_t i = 0; i < ways.size(); ++i) {
      Speed b{};
      columns[i].rounds_on_two_cores += cores.run([&] { b = ways[i].measure(frame_count); }) && has_two_cores ? 1 : 0;
      columns[i].speeds.push_back(b.frames_per_second);
      columns[i].ratios.push_back(b.frames_per_second / a.frames_per_second);
      columns[i].cpus.push_back(b.cpu_per_wall);
    }
  }
  for (std::size_t i = 0; i < ways.size(); ++i) {
    std::printf("| %-16s | %8.1f | %8.1f | %-20s | %5.2f | %13.2f | %6d of %2d |\n", name.c_str(), median(speeds),
                median(columns[i].speeds), ways[i].label, median(columns[i].ratios), median(columns[i].cpus),
                columns[i].rounds_on_two_cores, kRounds);
  }
  std::fflush(stdout);
}

/// By name of the element, so that --gtest_filter=*jpeg* measures that alone.
class StreamBenchmark : public testing::TestWithParam<std::string> {
 protected:
  static void SetUpTestSuite() {
    bench::pin_thread(0, 0);
    std::printf(
        "| 1080p I420       |    A fps |    B fps | B                    | ratio | cpu/wall of B | on two cores |\n");
  }
};

TEST_P(StreamBenchmark, TwoThreads) {
  Stream one(GetParam(), 1);
  Stream two(GetParam(), 2);
  Stream other(GetParam(), 1);
  compare(GetParam(), one.measuring(),
          {{"2 threads", two.measuring()}, {"2 streams, 1 thread", [&](int count) {
                                              return measure_apart(one.measuring(), other.measuring(), count);
                                            }}});
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
  compare(theirs, one.measuring(), {{"ours, 1 thread", two.measuring()}});
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
