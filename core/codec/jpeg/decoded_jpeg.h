// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "imagepacker/byte_sink.h"

namespace imagepacker::jpeg {

/// What libjpeg-turbo finds in a JPEG file; for tests.
struct DecodedJpeg {
  std::string error;  ///< empty when libjpeg had neither error nor warning
  int width = 0;
  int height = 0;
  int components = 0;
  bool progressive = false;
  bool has_jfif = false;
  int restart_interval = 0;
  std::array<int, 2> luma_sampling{};               ///< horizontal, vertical
  std::vector<std::uint8_t> samples;                ///< interleaved, as coded (gray or YCbCr), chroma upsampled
  std::array<std::vector<std::int16_t>, 4> blocks;  ///< quantised coefficients, 64 a block, only blocks with samples
  std::vector<std::uint8_t> icc;
};

DecodedJpeg decode_jpeg(ByteView bytes);

}  // namespace imagepacker::jpeg
