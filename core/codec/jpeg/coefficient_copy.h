// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <stop_token>

#include "container/jpeg_structure.h"
#include "imagepacker/orientation.h"
#include "imagepacker/result.h"

namespace imagepacker::jpeg {

/// How coefficients are coded anew.
struct CoefficientCoding {
  Orientation turn = Orientation::normal;  ///< blocks are turned so that pictures stored with it stand upright
  bool progressive = false;
  bool optimal_huffman = true;  ///< else the tables of annex K; progressive pictures always have optimal ones
};

/// True when no block of an image of that frame has to be cut to turn it: sides that end up left or on top have to hold
/// whole MCUs.
bool can_turn_blocks(const JpegFrameHeader& frame, Orientation turn);

/// The quantised coefficients of `image` in other scans: all segments from DQT to EOI, without application segments.
/// Errors: corrupt_input and codec_failed with libjpeg-turbo's text, unsupported when !can_turn_blocks() or when there
/// are coefficients without codes, out_of_memory, cancelled.
Result<Bytes> copy_coefficients(const JpegStructure& image, const CoefficientCoding& coding,
                                const std::stop_token& stop);

}  // namespace imagepacker::jpeg
