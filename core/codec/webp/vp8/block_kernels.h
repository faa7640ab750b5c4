// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "codec/webp/vp8/format_tables.h"
#include "codec/webp/vp8/quantizer.h"

namespace imagepacker::vp8 {

/// Samples of a quad lie in rows of this many bytes.
inline constexpr std::size_t kQuadRowBytes = 16;

/// What a value of each magnitude 0..15 (15: and above) costs, roughly, in 1/8 bit; by horizontal frequency.
struct RoughCosts {
  alignas(16) std::array<std::array<std::uint8_t, 16>, 4> of{};
};

/// Coefficients of four blocks: see kQuadSize.
struct alignas(64) Quad {
  std::array<std::int16_t, kQuadSize> values;
};

/// Quantised blocks: levels, what each costs roughly (1/8 bit), and the squared error in 1/16 of a sample's.
struct QuantizedQuad {
  Quad levels;
  std::array<std::uint32_t, 4> distortion;
  std::array<std::uint32_t, 4> rough_bits;
};

/// The forward DCT of `source` − `prediction`, times kCoefficientScale. Four rows of 16 bytes each, `stride` apart.
void transform_quad(const std::uint8_t* source, const std::uint8_t* prediction, Quad& coefficients);

/// The nearest levels, as the bias of `quantizer` has it.
void quantize_quad(const Quad& coefficients, const QuadQuantizer& quantizer, const RoughCosts& costs,
                   QuantizedQuad& result);

/// Adds the inverse DCT (clause 14.4) of dequantised coefficients, in the format's scale, to `prediction`.
void reconstruct_quad(const Quad& coefficients, const std::uint8_t* prediction, std::uint8_t* result);

/// Samples around a 4×4 block: 0 and 1 the lowest to the left, 2..4 the others upwards, 5 above it to the left, 6..13
/// above and above to the right, 14 as 13. 15 is the average of clause 12.3's B_DC_PRED.
using SubblockEdge = std::array<std::uint8_t, 16>;

/// All ten predictions of a 4×4 block coded: prediction m is block m % 4 of quad m / 4. Blocks 10 and 11 are copies
/// of others.
struct SubblockTrials {
  alignas(64) std::array<std::array<std::uint8_t, 4 * kQuadRowBytes>, 3> predictions;
  std::array<QuantizedQuad, 3> quads;
};

/// `source`: four rows of four samples, kQuadRowBytes apart; `edge` with all but its element 15 set.
void try_subblock_modes(const std::uint8_t* source, const SubblockEdge& edge, const QuadQuantizer& quantizer,
                        const RoughCosts& costs, SubblockTrials& trials);

/// The levels of block `block` of `levels` in zigzag order; returns the number of those up to the last that isn't 0.
int zigzag_levels(const Quad& levels, int block, std::int16_t* result);

// The same in plain code: the specification.
void transform_quad_scalar(const std::uint8_t* source, const std::uint8_t* prediction, Quad& coefficients);
void quantize_quad_scalar(const Quad& coefficients, const QuadQuantizer& quantizer, const RoughCosts& costs,
                          QuantizedQuad& result);
void reconstruct_quad_scalar(const Quad& coefficients, const std::uint8_t* prediction, std::uint8_t* result);
void try_subblock_modes_scalar(const std::uint8_t* source, const SubblockEdge& edge, const QuadQuantizer& quantizer,
                               const RoughCosts& costs, SubblockTrials& trials);
int zigzag_levels_scalar(const Quad& levels, int block, std::int16_t* result);

}  // namespace imagepacker::vp8
