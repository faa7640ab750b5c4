// SPDX-License-Identifier: LGPL-2.1-or-later
#include "contestant.h"

#include <sstream>
#include <stdexcept>

namespace imagepacker::bench {
namespace {

class Nothing final : public Contestant {
 public:
  File pack(const Frame&, int) override { return {}; }
};

}  // namespace

std::unique_ptr<Contestant> make_contestant(const std::string& line, const Frame& frame) {
  if (line.empty() || line.front() != '@') {
    return make_element_contestant(line, frame);
  }
  std::istringstream words(line);
  std::string library;
  int number = 0;
  std::string option;
  words >> library >> number >> option;
  if (library == "@libpng") {
    return make_libpng_contestant(number, option != "none");
  }
  if (library == "@turbojpeg") {
    return make_turbojpeg_contestant(number);
  }
  if (library == "@libheif") {
    return make_libheif_contestant(number);
  }
  if (library == "@nothing") {
    return std::make_unique<Nothing>();
  }
  throw std::runtime_error("no contestant is called " + library);
}

}  // namespace imagepacker::bench
