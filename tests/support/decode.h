// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"
#include "imagepacker/options.h"

namespace imagepacker::testing {

/// The code points that a file states (HEIF nclx, PNG cICP).
struct StatedColor {
  int primaries, transfer, matrix;
  bool full_range;

  friend bool operator==(const StatedColor&, const StatedColor&) = default;
};

/// What a decoder that is not ours found in a file. Samples are as they are coded, nothing is converted.
struct DecodedImage {
  std::string error;  ///< empty when the file was decoded
  Size size;
  ColorModel model = ColorModel::rgb;
  int depth = 8;
  int log2_chroma_w = 0;
  int log2_chroma_h = 0;
  bool has_alpha = false;
  /// Y Cb Cr A or R G B A, without padding, codes of `depth` bits; absent ones are empty.
  std::array<std::vector<std::uint16_t>, 4> planes;
  std::optional<StatedColor> stated_color;
  Bytes icc;
};

/// libjpeg-turbo; chroma as libjpeg upsamples it. Luma is untouched by that.
DecodedImage decode_jpeg_ycbcr(ByteView file);
DecodedImage decode_jpeg_rgb(ByteView file);

/// libwebp's own conversion to RGBA; exact for lossless files.
DecodedImage decode_webp_rgb(ByteView file);

/// The planes of a lossy file: BT.601 limited range, 4:2:0.
DecodedImage decode_webp_yuv(ByteView file);

/// libpng.
DecodedImage decode_png(ByteView file);

/// libde265, because libheif converts whatever it decodes to RGB: the planes as they are coded. G B R planes (matrix 0)
/// are handed on as R G B. An error, too, when libheif does not open the file.
DecodedImage decode_heif(ByteView file);

/// The decoder for the format; lossy WebP as planes, JPEG as Y Cb Cr.
DecodedImage decode(Format format, ByteView file, bool lossless);

}  // namespace imagepacker::testing
