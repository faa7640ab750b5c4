// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"

namespace imagepacker::jpeg {

/// What libjpeg-turbo is to write, for tests: kinds of files that our encoder makes none of.
struct LibjpegFile {
  Size size{64, 48};
  int components = 3;         ///< 1 gray, 3 RGB in, 4 CMYK in
  bool keeps_colors = false;  ///< RGB stays RGB, CMYK stays CMYK; else YCbCr and YCCK
  std::array<int, 2> luma_sampling{1, 1};
  int quality = 100;
  bool progressive = false;
  bool arithmetic = false;
  bool has_adobe_marker = true;   ///< for four components
  unsigned restart_interval = 0;  ///< in MCUs; 0: none
  unsigned restart_rows = 0;      ///< the same in rows of MCUs
  bool optimal_huffman = false;
  std::vector<std::uint8_t> samples = {};  ///< interleaved; empty: smooth_samples()
};

/// Interleaved samples of a smooth picture; the same for the same arguments.
std::vector<std::uint8_t> smooth_samples(Size size, int components);

/// The samples as a file.
Bytes write_with_libjpeg(const LibjpegFile& file);

}  // namespace imagepacker::jpeg
