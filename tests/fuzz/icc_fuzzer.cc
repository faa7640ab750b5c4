// SPDX-License-Identifier: LGPL-2.1-or-later
// libFuzzer entry: ICC profiles are judged. The length in the header, which is checked first, is made right, so that
// the rest is read. See docs/testing.md.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "metadata/icc_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using imagepacker::ColorModel;
  std::vector<std::uint8_t> profile(data, data + size);
  for (const bool is_mended : {false, true}) {
    for (std::size_t i = 0; is_mended && i < 4 && size >= 4; ++i) {
      profile[i] = static_cast<std::uint8_t>(size >> (24 - 8 * i));
    }
    for (const ColorModel model : {ColorModel::rgb, ColorModel::gray}) {
      (void)check_icc_profile(std::as_bytes(std::span(profile)), model);
    }
  }
  return 0;
}
