// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>

#include "codec/jpeg/quantization.h"

namespace imagepacker::jpeg {

/// Where the samples of a component stand in a row.
enum class SampleStep : std::uint8_t {
  every,          ///< a byte each
  first_of_pair,  ///< in the even bytes, as Cb in NV12
  second_of_pair  ///< in the odd bytes, as Cr in NV12
};

/// Eight rows of samples, borrowed. For pairs the pointers are to a pair's first byte.
struct SampleRows {
  std::array<const std::uint8_t*, 8> rows{};
  SampleStep step = SampleStep::every;
};

/// Samples of the `index`-th block, row by row.
std::array<std::uint8_t, 64> block_samples(const SampleRows& samples, int index);

/// How values between two multiples of a quantisation step are rounded.
enum class Rounding : std::uint8_t {
  nearest,    ///< as libjpeg does, halves away from zero
  dead_zone,  ///< AC values up from 0.5625 only: fewer bits at the same perceptual scores
};

/// Division by eight times a quantisation step as two multiplications; index row by row.
struct Quantizer {
  Quantizer(const QuantTable& steps, Rounding rounding);

  QuantTable steps;
  alignas(64) std::array<std::uint16_t, 64> bias{};        ///< added to the magnitude, half the divisor for nearest
  alignas(64) std::array<std::uint16_t, 64> reciprocal{};  ///< ceil(2^(16 + s) / divisor), 2^s < divisor <= 2^(s + 1)
  alignas(64) std::array<std::uint16_t, 64> scale{};       ///< 2^(16 - s)
};

/// Blocks are transformed in groups of up to so many; output has to have room for whole groups.
inline constexpr int kMaxBlockGroup = 4;

/// DCT, quantisation and zigzag of `count` neighbouring blocks. Reads count × 8 samples of every row, no byte behind
/// them. `coefficients`: 64 of each block in zigzag order, 64-byte aligned; `nonzero`: bit k is set when coefficient k
/// is not 0. Both have room for `count` rounded up to kMaxBlockGroup; what lies behind `count` is undefined afterwards.
void transform_blocks(const SampleRows& samples, int count, const Quantizer& quantizer, std::int16_t* coefficients,
                      std::uint64_t* nonzero);

/// The same in plain code: the specification.
void transform_blocks_scalar(const SampleRows& samples, int count, const Quantizer& quantizer,
                             std::int16_t* coefficients, std::uint64_t* nonzero);

}  // namespace imagepacker::jpeg
