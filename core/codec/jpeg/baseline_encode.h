// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>

#include "codec/codec.h"
#include "codec/jpeg/coding_memory.h"
#include "codec/jpeg/quantization.h"
#include "container/jpeg_segments.h"

namespace imagepacker::jpeg {

/// How coefficients are chosen.
enum class Quantization : std::uint8_t {
  nearest,          ///< decoded samples are those of libjpeg-turbo's exact DCT with the same tables
  dead_zone,        ///< see Rounding
  rate_distortion,  ///< see rate_distortion.h; takes a pass more
};

struct BaselineSettings {
  QuantTables quant_tables;
  Quantization quantization = Quantization::nearest;
  HuffmanTables huffman_tables = HuffmanTables::optimal;
  /// What pictures with these settings, or copies of them, hand on to each other.
  std::shared_ptr<CodingMemory> memory = std::make_shared<CodingMemory>();
};

/// A whole picture as baseline JPEG by the coder of this folder, on all threads of the pool. `job.image` is 8-bit gray
/// or YCbCr, planar or with Cb and Cr in pairs. `head` holds SOI and the application segments; what follows is appended
/// to it before it goes out. The decoded samples are those of libjpeg-turbo's exact DCT with the same tables. Errors:
/// out_of_memory, sink_failed, cancelled, those of `job.image`.
Status encode_baseline(const BaselineSettings& settings, JpegSegmentWriter& head, const EncodeJob& job, ByteSink& sink);

}  // namespace imagepacker::jpeg
