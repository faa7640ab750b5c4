// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memory.h"

#include <malloc.h>

#include <fstream>
#include <string>

namespace imagepacker::bench {
namespace {

std::size_t status_bytes(const std::string& field) {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    if (word == field) {
      std::size_t kibibytes = 0;
      status >> kibibytes;
      return kibibytes * 1024;
    }
  }
  return 0;
}

}  // namespace

std::size_t resident_bytes() {
  return status_bytes("VmRSS:");
}

void forget_peak() {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
}

std::size_t peak_resident_bytes() {
  return status_bytes("VmHWM:");
}

}  // namespace imagepacker::bench
