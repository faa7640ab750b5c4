// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pinning.h"

#include <sched.h>

#include <filesystem>
#include <string>

namespace imagepacker::bench {
namespace {

void pin(int thread, int processor) {
  cpu_set_t processors;
  CPU_ZERO(&processors);
  CPU_SET(static_cast<std::size_t>(processor), &processors);
  sched_setaffinity(thread, sizeof processors, &processors);
}

}  // namespace

std::set<int> threads_of_process() {
  std::set<int> threads;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    threads.insert(std::stoi(entry.path().filename()));
  }
  return threads;
}

void stay_on_one_processor() {
  pin(0, 0);
}

void spread_threads(const std::set<int>& before, int processors) {
  int next = 0;
  for (const int thread : threads_of_process()) {
    if (!before.contains(thread)) {
      pin(thread, next++ % processors);
    }
  }
}

}  // namespace imagepacker::bench
