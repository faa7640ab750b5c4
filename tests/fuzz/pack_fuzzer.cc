// SPDX-License-Identifier: LGPL-2.1-or-later
// libFuzzer entry: see docs/testing.md.
#include <cstddef>
#include <cstdint>

#include "support/hostile_pack.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto result = imagepacker::testing::hostile_pack({data, size});
  if (!result.bytes && result.bytes.error().code == imagepacker::Errc::internal) {
    __builtin_trap();  // a defect that the library noticed itself
  }
  return 0;
}
