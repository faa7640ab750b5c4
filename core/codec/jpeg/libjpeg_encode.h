// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <stop_token>

#include "codec/jpeg/quantization.h"
#include "image/row_source.h"
#include "imagepacker/byte_sink.h"
#include "imagepacker/result.h"

namespace imagepacker::jpeg {

/// What libjpeg-turbo is asked for.
struct LibjpegSettings {
  QuantTables quant_tables;
  bool progressive = false;
  bool optimal_huffman = true;  ///< progressive pictures always have it
  int restart_interval = 0;     ///< MCUs, 0 = none
};

/// A whole picture through libjpeg-turbo with its exact DCT: all segments from DQT to EOI, so what belongs between SOI
/// and DQT can be put before it. `image` is 8-bit planar gray or YCbCr. Errors: codec_failed with the library's text,
/// out_of_memory, cancelled.
Result<Bytes> encode_with_libjpeg(const LibjpegSettings& settings, const RowSource& image, const std::stop_token& stop);

}  // namespace imagepacker::jpeg
