// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pinning.h"

#include <sched.h>

#include <cstddef>
#include <filesystem>
#include <string>

namespace imagepacker::bench {

void stay_on_processors(int processors) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int processor = 0; processor < processors; ++processor) {
    CPU_SET(static_cast<std::size_t>(processor), &set);
  }
  sched_setaffinity(0, sizeof set, &set);
}

void pin_thread(int thread, int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(processor), &set);
  sched_setaffinity(thread, sizeof set, &set);
}

std::set<int> threads_of_process() {
  std::set<int> threads;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    threads.insert(std::stoi(entry.path().filename()));
  }
  return threads;
}

void spread_threads(const std::set<int>& before, int processors) {
  int next = 0;
  for (const int thread : threads_of_process()) {
    if (!before.contains(thread)) {
      pin_thread(thread, next++ % processors);
    }
  }
}

}  // namespace imagepacker::bench
