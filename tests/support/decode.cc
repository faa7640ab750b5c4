// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/decode.h"

namespace imagepacker::testing {

DecodedImage decode(Format format, ByteView file, bool lossless) {
  switch (format) {
    case Format::jpeg:
      return decode_jpeg_ycbcr(file);
    case Format::webp:
      return lossless ? decode_webp_rgb(file) : decode_webp_yuv(file);
    case Format::png:
      return decode_png(file);
    case Format::heif:
      return decode_heif(file);
  }
  return {.error = "no such format"};
}

}  // namespace imagepacker::testing
