// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "codec/png/deflate_writer.h"
#include "codec/png/padded_rows.h"
#include "codec/png/pixel_matches.h"
#include "codec/png/pixel_repeats.h"
#include "codec/png/repeat_finder.h"
#include "codec/png/same_pixels.h"
#include "codec/png/strip_plan.h"
#include "image/image_buffer.h"
#include "imagepacker/image.h"
#include "imagepacker/result.h"

struct libdeflate_compressor;

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
  /// Memory for the rows that code() will be given, see RowSource::rows.
  [[nodiscard]] ImageBuffer& scratch() { return scratch_; }

  /// Codes all rows of `rows` but, when `has_row_above`, the first, which only serves the filters.
  /// Errors: out_of_memory, internal.
  Status code(const ImageView& rows, bool has_row_above, StripPlace place, const EffortPlans& plans);

  /// What code() made of the strip.
  [[nodiscard]] std::span<const std::uint8_t> compressed() const { return best_.bytes(); }
  /// Adler-32 of the strip's filtered bytes, from 1, and their count.
  [[nodiscard]] std::uint32_t adler32() const { return adler32_; }
  [[nodiscard]] std::uint64_t filtered_bytes() const { return filtered_bytes_; }

 private:
  struct FreeCompressor {
    void operator()(libdeflate_compressor* compressor) const;
  };

  /// By what is kinder to a strip: filters and literals, or a search for what repeats.
  enum class Content { photo, drawn, unclear };
  Content look_at(const ImageView& rows);
  void filter(StripFilter filter, const ImageView& rows, bool has_row_above);
  Status compress(const StripPlan& plan, std::size_t pixel_bytes, StripPlace place);
  void compress_byte_runs(std::size_t first, bool is_last);
  /// Whether what the matcher found in `block` is better than runs, which are left in sequences_.
  bool pixel_matches_pay(std::span<const std::uint8_t> block);
  void compress_pixel_matches(std::size_t pixel_bytes, bool is_last);
  void compress_repeats(int chain_length, std::size_t pixel_bytes, bool is_last);
  void compress_pixel_repeats(std::size_t pixel_bytes, bool is_last);
  bool same_pixels_pay(std::size_t pixel_bytes);
  void compress_same_pixels(std::size_t pixel_bytes, bool is_last);
  Status compress_libdeflate(int level, bool is_last);

  ImageBuffer scratch_;
  PaddedRows rows_;
  std::vector<std::uint8_t> filtered_;
  std::size_t filtered_bytes_ = 0;
  std::size_t filtered_row_bytes_ = 0;
  std::vector<Sequence> sequences_;
  std::unique_ptr<RepeatFinder> finder_;
  std::unique_ptr<PixelMatcher> matcher_;
  std::unique_ptr<PixelRepeatFinder> pixel_finder_;
  std::unique_ptr<SamePixelFinder> same_pixel_finder_;
  std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor_;
  int compressor_level_ = 0;
  std::vector<std::uint8_t> stream_;  ///< libdeflate's
  DeflateWriter attempt_;
  DeflateWriter best_;
  std::uint32_t adler32_ = 1;
};

/// Adler-32 of a stream that has `first` and then `second_bytes` bytes with `second`, each from 1.
std::uint32_t combine_adler32(std::uint32_t first, std::uint32_t second, std::uint64_t second_bytes);

}  // namespace imagepacker
