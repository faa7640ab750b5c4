// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "codec/png/deflate_kernels.h"
#include "codec/png/pixel_tokens.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// Writes deflate blocks (RFC 1951) from literals and matches that others have found.
class DeflateWriter {
 public:
  /// Forgets what was written and keeps the memory.
  void clear();

  /// Appends one block, or several where stored ones are smallest: dynamic, fixed or stored, whichever is.
  /// The literals and matches of `sequences` cover `bytes` (fewer than 2³¹); matches may reach back into earlier
  /// blocks.
  void write_block(std::span<const std::uint8_t> bytes, std::span<const Sequence> sequences, bool is_final);

  /// The same of tokens, which stand for `bytes` and were counted.
  void write_block(std::span<const std::uint8_t> bytes, const PixelTokens& tokens, bool is_final);

  /// Ends on a byte boundary, by an empty stored block: anything may follow.
  void flush_to_byte();

  /// Appends bytes as they are. The stream must be on a byte boundary.
  void append(std::span<const std::uint8_t> bytes);

  /// Appends a whole deflate stream from elsewhere, whose last block stays the last of this one only when `is_final`.
  /// The stream so far must be on a byte boundary. Errors: internal when `stream` is none.
  Status append_stream(std::span<const std::uint8_t> stream, bool is_final);

  /// All bytes; bits of an unfinished one only after flush_to_byte() or a final block.
  [[nodiscard]] std::span<const std::uint8_t> bytes() const;

 private:
  void reserve(std::size_t more_bytes);
  void put(std::uint64_t bits, unsigned count);
  void finish_byte();
  template <class WriteSymbols>
  void write_block_of(std::span<const std::uint8_t> bytes, const SymbolCounts& counts, bool is_final,
                      const WriteSymbols& write_symbols);
  void write_stored(std::span<const std::uint8_t> bytes, bool is_final);

  std::unique_ptr<std::uint8_t[]> memory_;
  std::size_t capacity_bytes_ = 0;
  BitPosition position_;
};

}  // namespace imagepacker
