// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/test_data.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace imagepacker::testing {

Bytes read_test_data(std::string_view name) {
  const std::string path = std::string(TEST_DATA_FOLDER "/").append(name);
  std::ifstream file(path, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (content.empty()) {
    std::fprintf(stderr, "can't read %s\n", path.c_str());
    std::exit(EXIT_FAILURE);
  }
  const auto bytes = std::as_bytes(std::span(content));
  return {bytes.begin(), bytes.end()};
}

}  // namespace imagepacker::testing
