// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8/quantizer.h"

#include <algorithm>

#include "codec/webp/vp8/format_tables.h"

namespace imagepacker::vp8 {

namespace {

constexpr int kMostChromaDcStep = 132;

// What follows was found with butteraugli on photographs.

/// Rounding up later than from the half on costs less than it shows, but not for what is the mean of a block.
constexpr RoundingBias kBias = {.dc = 34, .ac = 20};
constexpr RoundingBias kChromaBias = {.dc = 34, .ac = 26};

/// Weight of a bit in hundredths of the squared step.
constexpr unsigned kSubblockWeight = 30;
constexpr unsigned kBlockWeight = 35;
constexpr unsigned kChromaWeight = 25;
constexpr unsigned kModeWeight = 35;

}  // namespace

QuadQuantizer make_quad_quantizer(int dc_step, int ac_step, RoundingBias bias) {
  QuadQuantizer quantizer;
  for (std::size_t i = 0; i < kQuadSize; ++i) {
    const bool is_dc = i < 16 && i % 4 == 0;
    const auto step = static_cast<unsigned>(is_dc ? dc_step : ac_step);
    const unsigned divisor = step * kCoefficientScale;
    unsigned shift = 0;
    while ((2U << shift) < divisor) {
      ++shift;
    }
    quantizer.bias[i] = static_cast<std::uint16_t>(divisor * static_cast<unsigned>(is_dc ? bias.dc : bias.ac) / 64);
    quantizer.reciprocal[i] = static_cast<std::uint16_t>(((65536U << shift) + divisor - 1) / divisor);
    quantizer.scale[i] = static_cast<std::uint16_t>(65536U >> shift);
    quantizer.step[i] = static_cast<std::int16_t>(step);
  }
  return quantizer;
}

MacroblockQuantizer::MacroblockQuantizer(int index, int chroma_dc_delta) {
  const auto at = static_cast<std::size_t>(index);
  const int dc = kDcSteps[at];
  const int ac = kAcSteps[at];
  luma = make_quad_quantizer(dc, ac, kBias);
  const int chroma_dc = kDcSteps[static_cast<std::size_t>(std::clamp(index + chroma_dc_delta, 0, kMaxQuantIndex))];
  chroma = make_quad_quantizer(std::min(chroma_dc, kMostChromaDcStep), ac, kChromaBias);
  luma_dc_step = 2 * dc;
  luma_ac_step = std::max(8, ac * 155 / 100);
  const auto square = static_cast<unsigned>(ac * ac);
  subblock_lambda = square * kSubblockWeight / 100;
  block_lambda = square * kBlockWeight / 100;
  chroma_lambda = square * kChromaWeight / 100;
  mode_lambda = square * kModeWeight / 100;
}

}  // namespace imagepacker::vp8
