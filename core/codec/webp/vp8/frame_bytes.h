// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "codec/webp/vp8/format_tables.h"
#include "codec/webp/vp8/macroblock.h"
#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"
#include "imagepacker/result.h"

namespace imagepacker::vp8 {

/// What the frame header says, RFC 6386 clause 9.
struct FrameHeader {
  Size size;                           ///< 1..16383 each
  std::array<int, 4> quant_indices{};  ///< by segment
  int base_index = 0;                  ///< the picture's, which no macroblock uses where there are segments
  int chroma_dc_delta = 0;             ///< -15..15, added to the index for the DC values of chroma
  std::array<int, 4> filter_levels{};  ///< by segment, 0..63
  int sharpness = 0;                   ///< 0..7
  bool has_segments = false;           ///< else all are of segment 0
  bool marks_empty = true;             ///< else no macroblock is
  int log2_partitions = 0;             ///< 0..3
  CoefficientProbabilities probabilities = kDefaultProbabilities;
};

/// Bytes that the first partition may have, clause 9.1.
inline constexpr std::size_t kMaxModeBytes = (std::size_t{1} << 19) - 1;

/// The first partition: the header and the modes of `macroblocks`, row by row.
Bytes make_mode_partition(const FrameHeader& header, std::span<const Macroblock> macroblocks);

/// A key frame of the first partition, of at most kMaxModeBytes, and those with the coefficients, 1, 2, 4 or 8.
/// Errors: limit_exceeded when a partition takes 16 MiB or more.
Result<Bytes> assemble_frame(Size size, const Bytes& modes, std::span<const Bytes> partitions);

}  // namespace imagepacker::vp8
