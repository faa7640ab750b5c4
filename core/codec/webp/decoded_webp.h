// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"

namespace imagepacker::webp {

/// What libwebp's decoder says of a file.
struct DecodedWebp {
  std::string error;  ///< empty when all went well
  Size size;
  bool has_alpha = false;
  bool is_lossless = false;
  std::array<std::vector<std::uint8_t>, 3> yuv;  ///< lossy pictures: the coded samples, without padding
  std::vector<std::uint8_t> bgra;                ///< four bytes per pixel, without padding
};

DecodedWebp decode_webp(ByteView file);

}  // namespace imagepacker::webp
