// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/zlib_payload.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>

#include "base/text.h"

namespace imagepacker {

Result<Bytes> inflate_payload(ByteView zlib_stream, std::size_t max_bytes) {
  constexpr std::size_t kFirstGuess = 16384;
  const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> decompressor(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (decompressor == nullptr) {
    return make_error(Errc::out_of_memory, "no memory for decompressing");
  }
  Bytes content;
  // The size is not stated. Starting over with eight times the room costs a seventh more than knowing it.
  for (std::size_t room = std::min(kFirstGuess, max_bytes); true; room = std::min(room * 8, max_bytes)) {
    content.resize(room);
    std::size_t used = 0;
    std::size_t made = 0;
    const libdeflate_result result = libdeflate_zlib_decompress_ex(
        decompressor.get(), zlib_stream.data(), zlib_stream.size(), content.data(), content.size(), &used, &made);
    if (result == LIBDEFLATE_SUCCESS) {
      content.resize(made);
      return content;
    }
    if (result != LIBDEFLATE_INSUFFICIENT_SPACE) {
      return make_error(Errc::corrupt_input, text("a zlib stream of ", zlib_stream.size(), " bytes is broken"));
    }
    if (room == max_bytes) {
      return make_error(Errc::limit_exceeded, text("a zlib stream of ", zlib_stream.size(), " bytes holds more than ",
                                                   max_bytes, " bytes; no more are read"));
    }
  }
}

}  // namespace imagepacker
