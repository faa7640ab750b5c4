// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace imagepacker::vp8 {

/// Coefficients of transformed blocks have this many times the format's scale, so that rounding comes late.
inline constexpr int kCoefficientScale = 16;

/// Four blocks of 4×4 side by side are worked on together. Of their coefficients, number h·16 + b·4 + v is the one of
/// block b with horizontal frequency h and vertical frequency v; of their samples, y·16 + b·4 + x.
inline constexpr std::size_t kQuadSize = 64;

/// Division of coefficients by steps as two multiplications of 16 bit, for a quad.
struct QuadQuantizer {
  alignas(64) std::array<std::uint16_t, kQuadSize> bias{};  ///< added to the magnitude
  alignas(
      64) std::array<std::uint16_t, kQuadSize> reciprocal{};  ///< ceil(2^(16 + s) / divisor), 2^s < divisor <= 2^(s+1)
  alignas(64) std::array<std::uint16_t, kQuadSize> scale{};   ///< 2^(16 - s)
  alignas(64) std::array<std::int16_t, kQuadSize> step{};     ///< in the format's scale
};

/// The coefficients' bias in 1/64 of a step: from which part on they are rounded up.
struct RoundingBias {
  int dc = 32;
  int ac = 32;
};

QuadQuantizer make_quad_quantizer(int dc_step, int ac_step, RoundingBias bias);

/// All steps (clauses 9.6 and 14.1) of a macroblock with quantisation index `index`, 0..127, and how bits weigh against
/// errors there.
struct MacroblockQuantizer {
  MacroblockQuantizer() = default;
  MacroblockQuantizer(int index, int chroma_dc_delta);

  QuadQuantizer luma;
  QuadQuantizer chroma;
  int luma_dc_step = 0;  ///< of the block of DC values, "Y2"
  int luma_ac_step = 0;
  /// The weight of a bit, in 16 times the squared error of a sample.
  unsigned subblock_lambda = 0;
  unsigned block_lambda = 0;
  unsigned chroma_lambda = 0;
  unsigned mode_lambda = 0;  ///< for the choice between whole blocks and subblocks
};

}  // namespace imagepacker::vp8
