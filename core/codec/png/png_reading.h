// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"

namespace imagepacker {

/// A PNG as libpng reads it, for tests: a decoder that is not ours. An empty `samples` is a refused file.
struct ReadPng {
  std::vector<std::uint8_t> samples;  ///< rows without padding, as in the file (16 bit: big endian)
  int width = 0;
  int height = 0;
  int bit_depth = 0;
  int color_type = 0;
  std::string complaints;  ///< errors and warnings, joined
  Bytes icc;
  Bytes exif;
  std::string xmp;
};

/// Reads `png` strictly: every CRC is checked and every warning kept.
ReadPng read_png(ByteView png);

/// The types of all chunks in order, "IHDR sRGB IDAT IEND" with runs of IDAT as one; "broken" when lengths don't add
/// up.
std::string chunk_types(ByteView png);

/// The data of the first chunk of that type, empty when there is none.
Bytes chunk_data(ByteView png, std::string_view type);

}  // namespace imagepacker
