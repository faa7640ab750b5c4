// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <string>

#include "codec/heif/decoded_plane.h"
#include "imagepacker/byte_sink.h"

namespace imagepacker::heif {

/// The primary image of a HEIF file as libheif, a decoder that is not ours, understands it.
struct DecodedHeif {
  std::string error;  ///< empty when all went well
  int width = 0;
  int height = 0;
  std::array<DecodedPlane, 4> planes;  ///< G, B, R, or gray as first; then alpha; empty where there is none
  bool has_nclx = false;
  int primaries = 0;
  int transfer = 0;
  int matrix = 0;
  bool is_full_range = false;
  Bytes exif;  ///< from the offset field on
  Bytes xmp;
  Bytes icc;
  int max_cll = -1;
  int max_pall = -1;
};

/// Decodes `file`; YCbCr becomes RGB in libheif's way.
DecodedHeif decode_heif(ByteView file);

}  // namespace imagepacker::heif
