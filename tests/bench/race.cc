// SPDX-License-Identifier: LGPL-2.1-or-later
// Lets several ways of packing one picture run in turns, and prints their times as JSON.
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <stdexcept>
#include <thread>

#include "contestant.h"
#include "memory.h"
#include "pinning.h"
#include "two_cores.h"

namespace imagepacker::bench {
namespace {

constexpr std::chrono::seconds kPatience(20);  ///< for two cores

constexpr const char* kUsage =
    "usage: imagepacker-race [--option value]... LINE...\n"
    "  --picture PPM   what is packed by the contestants named after it\n"
    "  --raw FIELDS    its raw caps, such as format=I420,colorimetry=1:4:0:0, for those named after it\n"
    "  --cut-out 1     makes it transparent outside of an ellipse; raw FIELDS must have alpha (0)\n"
    "  --rounds N      how often each contestant has its turn (9)\n"
    "  --frames N      frames in a turn, packed as a stream (1)\n"
    "  --processors N  how many all may use (2); with 2, turns wait until these are cores of their own, 20 s in all\n"
    "  --pin 1         keeps each thread on a processor of its own; for coders without threads of their own (0)\n"
    "  --keep PREFIX   writes the files PREFIX0, PREFIX1, ...\n"
    "  LINE            a contestant, see contestant.h; one that can't be made is null in the result\n";

struct Arguments {
  std::map<std::string, std::string> options = {
      {"picture", ""},     {"raw", "format=I420"}, {"rounds", "9"},  {"frames", "1"},
      {"processors", "2"}, {"pin", "0"},           {"cut-out", "0"}, {"keep", ""}};
  struct Entry {
    std::string line;
    std::pair<std::string, std::string> source;  ///< picture and raw caps
  };
  std::vector<Entry> entries;

  [[nodiscard]] int number(const std::string& name) const { return std::stoi(options.at(name)); }
};

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (!word.starts_with("--")) {
      arguments.entries.push_back({word, {arguments.options.at("picture"), arguments.options.at("raw")}});
    } else if (arguments.options.contains(word.substr(2)) && i + 1 < argc) {
      arguments.options[word.substr(2)] = argv[++i];
    } else {
      throw std::invalid_argument(kUsage);
    }
  }
  return arguments;
}

double process_seconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}

struct Runner {
  const Frame* frame = nullptr;
  std::unique_ptr<Contestant> contestant;
  std::vector<double> wall_ms;
  std::vector<double> cpu_ms;
  File file;
  double memory_mb = 0;  ///< the most that one frame takes, the frame included
  int turns_on_two_cores = 0;

  /// A turn that counts, on two cores if `cores` is there.
  void take_turn(int frames, TwoCores* cores) {
    std::pair<double, double> wall_and_cpu;
    const auto pack = [&] { wall_and_cpu = pack_in_milliseconds(frames); };
    if (cores != nullptr) {
      turns_on_two_cores += cores->run(pack) ? 1 : 0;
    } else {
      pack();
    }
    wall_ms.push_back(wall_and_cpu.first);
    cpu_ms.push_back(wall_and_cpu.second);
  }

 private:
  /// Wall and CPU time of a frame.
  std::pair<double, double> pack_in_milliseconds(int frames) {
    const double cpu_begin = process_seconds();
    const auto begin = std::chrono::steady_clock::now();
    file = contestant->pack(*frame, frames);
    const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - begin;
    return {wall.count() / frames, (process_seconds() - cpu_begin) * 1e3 / frames};
  }
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// A contestant after its first turn, which starts its threads and fills its caches and does not count.
Runner warm_up(const std::string& line, const Frame& frame, const Arguments& arguments) {
  const std::set<int> before = threads_of_process();
  const int frames = arguments.number("frames");
  Runner runner{.frame = &frame};
  runner.contestant = make_contestant(line, frame);
  forget_peak();
  const std::size_t resident = resident_bytes();
  runner.file = runner.contestant->pack(frame, 1);
  runner.memory_mb = (double(peak_resident_bytes()) - double(resident) + double(frame.info.size)) * 1e-6;
  if (frames > 1) {  // so that all threads are there
    runner.file = runner.contestant->pack(frame, frames);
  }
  if (arguments.number("pin") != 0) {
    spread_threads(before, arguments.number("processors"));
  }
  return runner;
}

void print(const Runner& runner) {
  if (runner.contestant == nullptr) {
    std::cout << "null";
    return;
  }
  std::cout << "{";
  if (!runner.wall_ms.empty()) {
    std::cout << "\"wall_ms\": " << median(runner.wall_ms) << ", \"cpu_ms\": " << median(runner.cpu_ms)
              << ", \"fastest_ms\": " << std::ranges::min(runner.wall_ms) << ", \"turns\": " << runner.wall_ms.size()
              << ", \"turns_on_two_cores\": " << runner.turns_on_two_cores << ", ";
  }
  std::cout << "\"bytes\": " << runner.file.size() << ", \"memory_mb\": " << runner.memory_mb << "}";
}

int run(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv);
  stay_on_processors(arguments.number("processors"));
  gst_init(&argc, &argv);
  std::map<std::pair<std::string, std::string>, Frame> frames;
  std::vector<Runner> runners;
  for (const auto& [line, source] : arguments.entries) {
    if (!frames.contains(source)) {
      frames.emplace(source, read_frame(source.first, source.second, arguments.number("cut-out") != 0));
    }
    try {
      runners.push_back(warm_up(line, frames.at(source), arguments));
    } catch (const std::exception& exception) {
      std::cerr << line << ": " << exception.what() << "\n";
      runners.emplace_back();
    }
  }
  TwoCores cores(kPatience);
  for (int round = 0; round < arguments.number("rounds"); ++round) {
    for (Runner& runner : runners) {
      if (runner.contestant != nullptr) {
        runner.take_turn(arguments.number("frames"), arguments.number("processors") == 2 ? &cores : nullptr);
      }
    }
  }
  std::cout << "[";
  for (std::size_t i = 0; i < runners.size(); ++i) {
    std::cout << (i == 0 ? "" : ", ");
    print(runners[i]);
    if (!arguments.options.at("keep").empty()) {
      std::ofstream(arguments.options.at("keep") + std::to_string(i), std::ios::binary)
          .write(reinterpret_cast<const char*>(runners[i].file.data()), std::streamsize(runners[i].file.size()));
    }
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
