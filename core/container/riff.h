// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "imagepacker/byte_sink.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// One chunk of a RIFF file. Both members are borrowed.
struct RiffChunk {
  std::string_view fourcc;  ///< four characters, such as "VP8 "
  ByteView payload;         ///< without header and padding
};

/// More chunks than this are no picture's and no animation's. Empty ones take more memory than space in the file.
inline constexpr std::size_t kMaxRiffChunks = 1'000'000;

/// The chunks of a RIFF file whose form type is `form` ("WEBP"), in their order; they refer to `file`. Bytes behind the
/// RIFF structure are ignored.
/// Errors: corrupt_input when the header is another one or a chunk reaches past the end; limit_exceeded
/// (kMaxRiffChunks).
Result<std::vector<RiffChunk>> read_riff(ByteView file, std::string_view form);

/// Writes a RIFF file of the given form type with `chunks`, each padded to an even length.
/// Errors: limit_exceeded, before anything is written, when the file would not fit the format's 32-bit size; the
/// sink's own.
Status write_riff(std::string_view form, std::span<const RiffChunk> chunks, ByteSink& sink);

}  // namespace imagepacker
