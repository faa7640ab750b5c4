// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <stop_token>
#include <vector>

#include "codec/webp/vp8/frame_bytes.h"
#include "codec/webp/vp8/macroblock.h"
#include "codec/webp/vp8/macroblock_coder.h"
#include "image/row_source.h"
#include "imagepacker/byte_sink.h"
#include "imagepacker/result.h"
#include "imagepacker/task_pool.h"

namespace imagepacker::vp8 {

/// What is worth keeping from frame to frame: the system takes a twentieth of a frame's time to give as much anew.
struct KeyFrameMemory {
  std::vector<TokenBuffer> tokens;  ///< by row of macroblocks, empty or of a frame before

  [[nodiscard]] std::size_t bytes() const;
};

struct KeyFrameSettings {
  double quant_index = 30;  ///< 0 (fine) to 127, of macroblocks of middle activity; between two is possible
  SearchSettings search;
  bool has_loop_filter = true;
  /// When modes take more, fewer macroblocks are split; if that won't do, there are no segments, then no modes but DC.
  std::size_t max_mode_bytes = kMaxModeBytes;
};

/// Codes a picture as a VP8 key frame (RFC 6386), which is what a "VP8 " chunk holds. Rows of macroblocks are coded in
/// parallel, each a little behind the one above it; bytes don't depend on how many threads do that.
/// `image`: i420 or a420, whose alpha only says what is seen, at most 16383×16383, read twice. `reconstruction`, when
/// given, gets the macroblocks that a decoder has before its loop filter. `memory`, when given, is used and left for
/// another frame of any size. Errors: limit_exceeded when coefficients, or modes into a smaller max_mode_bytes, don't
/// fit even so, out_of_memory, cancelled, those of `image`.
Result<Bytes> encode_key_frame(const KeyFrameSettings& settings, const RowSource& image, TaskPool& pool,
                               const std::stop_token& stop, KeyFrameMemory* memory = nullptr,
                               std::vector<MacroblockSamples>* reconstruction = nullptr);

}  // namespace imagepacker::vp8
