// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pinning.h"

#include <sched.h>

#include <cstddef>

namespace imagepacker::bench {

void stay_on_processors(int processors) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int processor = 0; processor < processors; ++processor) {
    CPU_SET(static_cast<std::size_t>(processor), &set);
  }
  sched_setaffinity(0, sizeof set, &set);
}

}  // namespace imagepacker::bench
