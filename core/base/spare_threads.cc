// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/spare_threads.h"

#include <latch>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace imagepacker {

bool has_spare_threads(unsigned count) {
  std::latch asked(1);
  std::vector<std::jthread> threads;
  threads.reserve(count);
  bool has_all = true;
  try {
    while (threads.size() < count) {
      threads.emplace_back([&asked] { asked.wait(); });
    }
  } catch (const std::system_error&) {
    has_all = false;
  } catch (const std::bad_alloc&) {
    has_all = false;
  }
  asked.count_down();
  return has_all;
}

}  // namespace imagepacker
