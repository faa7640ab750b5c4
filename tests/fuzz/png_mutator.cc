// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes the checksums of chunks right after a mutation: with wrong ones nothing behind them would ever be read.
#include <cstddef>
#include <cstdint>
#include <span>

#include "container/png_chunks.h"

using imagepacker::kPngChunkHeadBytes;
using imagepacker::kPngChunkTailBytes;
using imagepacker::kPngSignature;

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

/// One in this many inputs keeps what the mutation made of it.
constexpr unsigned kLeftAlone = 16;

void mend_checksums(std::span<std::uint8_t> file) {
  std::size_t position = kPngSignature.size();
  while (position + kPngChunkHeadBytes + kPngChunkTailBytes <= file.size()) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      length = length << 8 | file[position + i];
    }
    if (length > file.size() - position - kPngChunkHeadBytes - kPngChunkTailBytes) {
      return;
    }
    const std::span<std::uint8_t> type_and_data = file.subspan(position + 4, 4 + length);
    const std::uint32_t crc = imagepacker::png_crc32(std::as_bytes(type_and_data));
    position += kPngChunkHeadBytes + length;
    for (std::size_t i = 0; i < kPngChunkTailBytes; ++i) {
      file[position + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    }
    position += kPngChunkTailBytes;
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  const std::size_t mutated = LLVMFuzzerMutate(data, size, max_size);
  if (seed % kLeftAlone != 0) {
    mend_checksums({data, mutated});
  }
  return mutated;
}
