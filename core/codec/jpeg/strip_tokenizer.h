// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "codec/jpeg/block_tokens.h"
#include "codec/jpeg/block_transform.h"
#include "codec/jpeg/jpeg_layout.h"
#include "codec/jpeg/rate_distortion.h"
#include "image/row_source.h"
#include "imagepacker/result.h"

namespace imagepacker::jpeg {

/// A run of whole MCU rows, coded on its own.
struct Strip {
  int first_mcu_row = 0;
  int mcu_rows = 0;
};

/// Cuts a picture into strips by its geometry alone. All but the last have equally many MCUs, at most 65535, which is
/// the restart interval; there is one strip when the picture is too small to gain from more.
std::vector<Strip> cut_into_strips(const JpegLayout& layout);

/// Takes tokens as they are made.
class TokenSink {
 public:
  virtual ~TokenSink() = default;
  /// Room for `count` tokens. Errors: out_of_memory.
  virtual Result<Token*> room(std::size_t count) = 0;
  /// The first `count` of the room were filled.
  virtual Status commit(std::size_t count) = 0;
};

/// How samples become quantised coefficients.
struct TransformSettings {
  QuantTables quant_tables;
  Rounding rounding = Rounding::nearest;
  /// Costs of luma and chroma symbols: when given, AC values are chosen by them, see rate_distortion.h.
  std::optional<std::array<AcBits, 2>> ac_bits;
};

/// Turns strips of a picture into tokens. Borrows all it is given; any thread may call it.
class StripTokenizer {
 public:
  /// `image`: 8-bit gray or YCbCr, planar or with Cb and Cr in pairs.
  StripTokenizer(const JpegLayout& layout, const TransformSettings& settings, const RowSource& image,
                 std::stop_token stop);

  /// Samples to tokens, MCU row by MCU row, predictors starting from zero. Errors: cancelled, those of `image`.
  Status run(const Strip& strip, TokenSink& sink) const;

 private:
  struct Chunk;
  [[nodiscard]] SampleRows sample_rows(const ImageView& band, int component, int block_row) const;
  void transform_component(const ImageView& band, int component, int mcu_row, Chunk& chunk) const;
  void transform(const SampleRows& samples, int count, int table, std::int16_t* coefficients,
                 std::uint64_t* nonzero) const;
  void transform_row(const SampleRows& samples, int component, int first_block, int count, std::int16_t* coefficients,
                     std::uint64_t* nonzero) const;
  Status run_mcu_row(const ImageView& band, int mcu_row, DcPredictors& predictors, Chunk& chunk, TokenSink& sink) const;

  const JpegLayout& layout_;
  std::array<Quantizer, 2> quantizers_;
  std::optional<std::array<AcBits, 2>> ac_bits_;
  const RowSource& image_;
  std::stop_token stop_;
};

}  // namespace imagepacker::jpeg
