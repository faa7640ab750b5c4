// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "codec/png/deflate_writer.h"
#include "codec/png/row_filter.h"
#include "imagepacker/image.h"

namespace imagepacker {

/// A strip's place in the stream.
struct StripPlace {
  bool is_first;  ///< the zlib header (RFC 1950) goes in front
  bool is_last;   ///< the deflate stream ends with it
};

/// Filters and compresses the rows of one strip after the other, each a part of the deflate stream that ends on a byte
/// boundary. Keeps its memory from strip to strip. Not for several threads.
class StripCoder {
 public:
  /// Codes all rows of `rows` but, when `has_row_above`, the first, which only serves the filters.
  void code(const ImageView& rows, bool has_row_above, StripPlace place);

  /// What code() made of the strip.
  [[nodiscard]] std::span<const std::uint8_t> compressed() const { return deflate_.bytes(); }
  /// Adler-32 of the strip's filtered bytes, from 1, and their count.
  [[nodiscard]] std::uint32_t adler32() const { return adler32_; }
  [[nodiscard]] std::uint64_t filtered_bytes() const { return filtered_bytes_; }

 private:
  void set_row_bytes(std::size_t row_bytes);
  void load_row(const std::uint8_t* row);
  void append_filtered_row(std::size_t pixel_bytes);
  void write_block(bool is_final);

  std::size_t row_bytes_ = 0;
  /// The current row and the one above, see FilterInput.
  std::vector<std::uint8_t> row_;
  std::vector<std::uint8_t> above_;
  std::vector<std::uint8_t> block_;  ///< filtered rows that wait for the entropy coder
  std::size_t block_bytes_ = 0;
  std::vector<Sequence> sequences_;
  DeflateWriter deflate_;
  std::uint32_t adler32_ = 1;
  std::uint64_t filtered_bytes_ = 0;
};

/// Adler-32 of a stream that has `first` and then `second_bytes` bytes with `second`, each from 1.
std::uint32_t combine_adler32(std::uint32_t first, std::uint32_t second, std::uint64_t second_bytes);

}  // namespace imagepacker
