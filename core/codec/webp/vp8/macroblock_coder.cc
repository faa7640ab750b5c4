// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8/macroblock_coder.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <span>

#include "codec/webp/vp8/block_prediction.h"
#include "codec/webp/vp8/luma_dc.h"
#include "codec/webp/vp8/subblock_canvas.h"

namespace imagepacker::vp8 {
namespace {

RoughCosts make_rough_costs(const TokenCosts& costs, BlockType type) {
  RoughCosts rough;
  for (std::size_t h = 0; h < 4; ++h) {
    for (std::size_t level = 0; level < 16; ++level) {
      std::uint32_t sum = 0;
      for (std::size_t v = 0; v < 4; ++v) {
        const auto* const place = std::find(kZigzag.begin(), kZigzag.end(), v * 4 + h);
        const std::size_t band = kBandOf[static_cast<std::size_t>(place - kZigzag.begin())];
        sum += costs.levels(type, band, 0)[level] + 2 * costs.levels(type, band, 1)[level] +
               costs.levels(type, band, 2)[level];
      }
      rough.of[h][level] = static_cast<std::uint8_t>(std::min(sum / 16 / kRoughToCost, 255U));
    }
  }
  return rough;
}

void dequantize(const Quad& levels, const QuadQuantizer& quantizer, Quad& coefficients) {
  for (std::size_t i = 0; i < kQuadSize; ++i) {
    coefficients.values[i] = static_cast<std::int16_t>(levels.values[i] * quantizer.step[i]);
  }
}

/// The modes for a whole block that are tried.
std::span<const BlockMode> block_modes(const SearchSettings& search) {
  static constexpr std::array kModes = {BlockMode::dc, BlockMode::vertical, BlockMode::horizontal,
                                        BlockMode::true_motion};
  return std::span(kModes).first(search.has_fewest_mode_bits ? 1 : kModes.size());
}

/// The best of `modes` for a whole block, by their rough scores; the first of equals. `trials`: room for that one and
/// for the one that is tried. `try_mode`: sets a trial.
template <typename Trial, typename TryMode>
const Trial& best_trial(std::span<const BlockMode> modes, std::array<Trial, 2>& trials, std::uint64_t lambda,
                        TryMode try_mode) {
  std::size_t best = 0;
  try_mode(modes.front(), trials[best]);
  for (const BlockMode mode : modes.subspan(1)) {
    Trial& trial = trials[1 - best];
    try_mode(mode, trial);
    if (trial.rough.weighed(lambda) < trials[best].rough.weighed(lambda)) {
      best = 1 - best;
    }
  }
  return trials[best];
}

}  // namespace

void RowCoder::Score::add(const QuantizedQuad& quad) {
  for (std::size_t block = 0; block < 4; ++block) {
    distortion += quad.distortion[block];
    bits += quad.rough_bits[block] * kRoughToCost;
  }
}

CodingTables::CodingTables(const std::array<int, 4>& indices, int chroma_dc_delta,
                           const CoefficientProbabilities& probabilities, const SearchSettings& settings)
    : costs(probabilities), search(settings) {
  for (std::size_t i = 0; i < indices.size(); ++i) {
    quantizers[i] = MacroblockQuantizer(indices[i], chroma_dc_delta);
  }
  for (std::size_t type = 0; type < kBlockTypes; ++type) {
    rough_costs[type] = make_rough_costs(costs, static_cast<BlockType>(type));
  }
}

/// Quantised blocks in zigzag order: 16 of luma, 4 of Cb, 4 of Cr, luma's DC values.
struct RowCoder::Levels {
  static constexpr std::size_t kChroma = 16;
  static constexpr std::size_t kLumaDc = 24;
  alignas(64) std::array<std::array<std::int16_t, 16>, 25> blocks;
  std::array<int, 25> counts;   ///< up to the last level that isn't 0
  std::uint64_t mode_bits = 0;  ///< of luma's modes, as TokenCosts counts

  void take(std::size_t block, const Quad& quad, int of_quad) {
    counts[block] = zigzag_levels(quad, of_quad, blocks[block].data());
  }
};

/// A mode for the whole of luma, coded.
struct RowCoder::BlockTrial {
  alignas(64) std::array<std::uint8_t, 256> prediction;
  std::array<QuantizedQuad, 4> quads;
  LumaDc dc;
  std::uint64_t dc_bits;
  Score rough;
  BlockMode mode;
};

/// A mode for chroma, coded.
struct RowCoder::ChromaTrial {
  alignas(64) std::array<std::uint8_t, 128> prediction;
  std::array<QuantizedQuad, 2> quads;
  Score rough;
  BlockMode mode;
};

RowCoder::RowCoder(const CodingTables& tables, int columns, const RowEdge& above, RowEdge& edge, TokenBuffer& tokens,
                   TokenStatistics& statistics)
    : tables_(tables), columns_(columns), above_(above), edge_(edge), tokens_(tokens), statistics_(statistics) {
  left_luma_.fill(129);
  left_chroma_.fill(129);
}

void RowCoder::code(const MacroblockSamples& source, Macroblock& macroblock, MacroblockSamples& reconstruction) {
  quantizer_ = &tables_.quantizers[macroblock.segment];
  Levels block_levels;
  Levels subblock_levels;
  alignas(64) std::array<std::uint8_t, 256> subblock_luma;
  Macroblock with_subblocks = macroblock;
  const Score score = choose_block_mode(source, macroblock, block_levels, reconstruction.luma.data());
  const bool splits = !tables_.search.has_fewest_mode_bits &&
                      choose_subblock_modes(source, score.weighed(quantizer_->mode_lambda), with_subblocks,
                                            subblock_levels, subblock_luma.data());
  Levels& levels = splits ? subblock_levels : block_levels;
  if (splits) {
    macroblock = with_subblocks;
    reconstruction.luma = subblock_luma;
  }
  choose_chroma_mode(source, macroblock, levels, reconstruction.chroma.data());
  macroblock.is_empty = !tables_.search.has_fewest_mode_bits &&
                        std::all_of(levels.counts.begin(), levels.counts.end(), [](int count) { return count == 0; });
  mode_bits_ += levels.mode_bits + chroma_mode_cost(macroblock.chroma_mode);
  append_tokens(macroblock, levels);
  leave_edge(macroblock, reconstruction);
  ++column_;
}

void RowCoder::try_block_mode(const MacroblockSamples& source, BlockMode mode, BlockTrial& trial) const {
  const std::size_t at = RowEdge::kMargin + column_ * 16;
  const BlockEdge edge = {.above = &above_.luma[at],
                          .left = left_luma_.data(),
                          .corner = above_.luma[at - 1],
                          .has_above = !above_.is_top,
                          .has_left = column_ != 0};
  predict_block(mode, edge, 16, trial.prediction.data());
  std::array<int, 16> dc;
  trial.mode = mode;
  trial.rough = {.distortion = 0, .bits = luma_mode_cost(mode)};
  for (std::size_t q = 0; q < 4; ++q) {
    Quad coefficients;
    transform_quad(&source.luma[q * 64], &trial.prediction[q * 64], coefficients);
    for (std::size_t block = 0; block < 4; ++block) {
      dc[q * 4 + block] = coefficients.values[block * 4];
      coefficients.values[block * 4] = 0;
    }
    quantize_quad(coefficients, quantizer_->luma, tables_.rough_costs[0], trial.quads[q]);
    trial.rough.add(trial.quads[q]);
  }
  trial.dc = code_luma_dc(dc, quantizer_->luma_dc_step, quantizer_->luma_ac_step);
  trial.rough.distortion += trial.dc.distortion;
  const int context = above_.nonzero[column_].luma_dc + left_nonzero_.luma_dc;
  trial.dc_bits = tables_.costs.block(BlockType::luma_dc, context, trial.dc.levels.data(), 0, trial.dc.count);
  trial.rough.bits += trial.dc_bits;
}

RowCoder::Score RowCoder::choose_block_mode(const MacroblockSamples& source, Macroblock& macroblock, Levels& levels,
                                            std::uint8_t* luma) const {
  std::array<BlockTrial, 2> trials;
  const BlockTrial& trial = best_trial(block_modes(tables_.search), trials, quantizer_->block_lambda,
                                       [&](BlockMode mode, BlockTrial& out) { try_block_mode(source, mode, out); });
  macroblock.luma_mode = trial.mode;
  macroblock.subblock_modes.fill(subblock_mode_of(trial.mode));
  for (std::size_t y = 0; y < 4; ++y) {
    Quad coefficients;
    dequantize(trial.quads[y].levels, quantizer_->luma, coefficients);
    for (std::size_t x = 0; x < 4; ++x) {
      coefficients.values[x * 4] = trial.dc.values[y * 4 + x];
    }
    reconstruct_quad(coefficients, &trial.prediction[y * 64], luma + y * 64);
  }
  levels.mode_bits = luma_mode_cost(macroblock.luma_mode);
  return {.distortion = trial.rough.distortion, .bits = levels.mode_bits + take_block_levels(trial, levels)};
}

std::uint64_t RowCoder::take_block_levels(const BlockTrial& trial, Levels& levels) const {
  levels.blocks[Levels::kLumaDc] = trial.dc.levels;
  levels.counts[Levels::kLumaDc] = trial.dc.count;
  std::uint64_t bits = trial.dc_bits;
  std::array<std::uint8_t, 4> above = above_.nonzero[column_].luma;
  for (std::size_t y = 0; y < 4; ++y) {
    std::uint8_t left = left_nonzero_.luma[y];
    for (std::size_t x = 0; x < 4; ++x) {
      const std::size_t block = y * 4 + x;
      levels.take(block, trial.quads[y].levels, static_cast<int>(x));
      bits += tables_.costs.block(BlockType::luma_without_dc, above[x] + left, levels.blocks[block].data(), 1,
                                  levels.counts[block]);
      left = above[x] = levels.counts[block] > 1 ? 1 : 0;
    }
  }
  return bits;
}

/// The best of ten modes of a subblock.
struct RowCoder::SubblockChoice {
  std::size_t mode = 0;
  Score score;
  int count = 0;  ///< of levels, in zigzag order:
  alignas(32) std::array<std::int16_t, 16> levels;
};

RowCoder::SubblockChoice RowCoder::choose_subblock_mode(const SubblockTrials& trials, const ModeCosts& mode_costs,
                                                        int context) const {
  const std::uint64_t lambda = quantizer_->subblock_lambda;
  constexpr std::uint64_t kTaken = std::numeric_limits<std::uint64_t>::max();
  std::array<std::uint64_t, kSubblockModes> rough;
  for (std::size_t mode = 0; mode < kSubblockModes; ++mode) {
    const QuantizedQuad& quad = trials.quads[mode / 4];
    const Score score = {.distortion = quad.distortion[mode % 4],
                         .bits = mode_costs[mode] + quad.rough_bits[mode % 4] * kRoughToCost};
    rough[mode] = score.weighed(lambda);
  }
  SubblockChoice best;
  std::uint64_t least = kTaken;
  for (int i = 0; i < tables_.search.exact_subblock_modes; ++i) {
    SubblockChoice choice;
    choice.mode = static_cast<std::size_t>(std::min_element(rough.begin(), rough.end()) - rough.begin());
    rough[choice.mode] = kTaken;
    const QuantizedQuad& quad = trials.quads[choice.mode / 4];
    const std::size_t block = choice.mode % 4;
    choice.count = zigzag_levels(quad.levels, static_cast<int>(block), choice.levels.data());
    choice.score = {.distortion = quad.distortion[block],
                    .bits = mode_costs[choice.mode] + tables_.costs.block(BlockType::luma_with_dc, context,
                                                                          choice.levels.data(), 0, choice.count)};
    if (choice.score.weighed(lambda) < least) {
      least = choice.score.weighed(lambda);
      best = choice;
    }
  }
  return best;
}

bool RowCoder::choose_subblock_modes(const MacroblockSamples& source, std::uint64_t limit, Macroblock& macroblock,
                                     Levels& levels, std::uint8_t* luma) const {
  macroblock.luma_mode = BlockMode::subblocks;
  SubblockCanvas canvas(&above_.luma[RowEdge::kMargin + column_ * 16], left_luma_);
  levels.mode_bits = luma_mode_cost(BlockMode::subblocks);
  Score total = {.distortion = 0, .bits = levels.mode_bits};
  std::array<std::uint8_t, 4> above_nonzero = above_.nonzero[column_].luma;
  std::array<std::uint8_t, 4> left_nonzero = left_nonzero_.luma;
  SubblockTrials trials;
  for (std::size_t block = 0; block < 16; ++block) {
    const std::size_t x = block % 4;
    const std::size_t y = block / 4;
    try_subblock_modes(&source.luma[y * 64 + x * 4], canvas.edge(block), quantizer_->luma, tables_.rough_costs[3],
                       trials);
    const SubblockMode above = y == 0 ? above_.modes[column_][x] : macroblock.subblock_modes[block - 4];
    const SubblockMode left = x == 0 ? left_modes_[y] : macroblock.subblock_modes[block - 1];
    const ModeCosts& mode_costs = subblock_mode_costs(above, left);
    const SubblockChoice best = choose_subblock_mode(trials, mode_costs, above_nonzero[x] + left_nonzero[y]);
    total.distortion += best.score.distortion;
    levels.mode_bits += mode_costs[best.mode];
    total.bits += best.score.bits + mode_costs[best.mode] * (tables_.search.subblock_mode_weight - 1);
    if (total.weighed(quantizer_->mode_lambda) >= limit) {
      return false;
    }
    macroblock.subblock_modes[block] = static_cast<SubblockMode>(best.mode);
    levels.blocks[block] = best.levels;
    levels.counts[block] = best.count;
    above_nonzero[x] = left_nonzero[y] = best.count > 0 ? 1 : 0;

    Quad coefficients;
    alignas(64) std::array<std::uint8_t, 4 * kQuadRowBytes> samples;
    dequantize(trials.quads[best.mode / 4].levels, quantizer_->luma, coefficients);
    reconstruct_quad(coefficients, trials.predictions[best.mode / 4].data(), samples.data());
    canvas.put(block, samples.data(), best.mode % 4);
  }
  levels.counts[Levels::kLumaDc] = 0;
  canvas.copy_to(luma);
  return true;
}

void RowCoder::try_chroma_mode(const MacroblockSamples& source, BlockMode mode, ChromaTrial& trial) const {
  const std::size_t at = RowEdge::kMargin + column_ * 16;
  for (std::size_t plane = 0; plane < 2; ++plane) {
    const BlockEdge edge = {.above = &above_.chroma[at + plane * 8],
                            .left = &left_chroma_[plane * 8],
                            .corner = above_.chroma[at - 16 + plane * 8 + 7],
                            .has_above = !above_.is_top,
                            .has_left = column_ != 0};
    predict_block(mode, edge, 8, &trial.prediction[plane * 8]);
  }
  trial.mode = mode;
  trial.rough = {.distortion = 0, .bits = chroma_mode_cost(mode)};
  for (std::size_t q = 0; q < 2; ++q) {
    Quad coefficients;
    transform_quad(&source.chroma[q * 64], &trial.prediction[q * 64], coefficients);
    quantize_quad(coefficients, quantizer_->chroma, tables_.rough_costs[2], trial.quads[q]);
    trial.rough.add(trial.quads[q]);
  }
}

void RowCoder::choose_chroma_mode(const MacroblockSamples& source, Macroblock& macroblock, Levels& levels,
                                  std::uint8_t* chroma) const {
  std::array<ChromaTrial, 2> trials;
  const ChromaTrial& trial = best_trial(block_modes(tables_.search), trials, quantizer_->chroma_lambda,
                                        [&](BlockMode mode, ChromaTrial& out) { try_chroma_mode(source, mode, out); });
  macroblock.chroma_mode = trial.mode;
  for (std::size_t q = 0; q < 2; ++q) {
    for (std::size_t block = 0; block < 4; ++block) {
      const std::size_t plane = block / 2;
      levels.take(Levels::kChroma + plane * 4 + q * 2 + block % 2, trial.quads[q].levels, static_cast<int>(block));
    }
    Quad coefficients;
    dequantize(trial.quads[q].levels, quantizer_->chroma, coefficients);
    reconstruct_quad(coefficients, &trial.prediction[q * 64], chroma + q * 64);
  }
}

void RowCoder::append_tokens(const Macroblock& macroblock, const Levels& levels) {
  NonzeroFlags& above = edge_.nonzero[column_];
  above = above_.nonzero[column_];
  const bool has_dc_block = macroblock.luma_mode != BlockMode::subblocks;
  if (macroblock.is_empty) {
    const std::uint8_t above_dc = has_dc_block ? 0 : above.luma_dc;
    const std::uint8_t left_dc = has_dc_block ? 0 : left_nonzero_.luma_dc;
    above = {.luma = {}, .chroma = {}, .luma_dc = above_dc};
    left_nonzero_ = {.luma = {}, .chroma = {}, .luma_dc = left_dc};
    return;
  }
  const auto append = [&](BlockType type, std::size_t block, int first, std::uint8_t& over, std::uint8_t& beside) {
    tokens_.append(type, over + beside, levels.blocks[block].data(), first, levels.counts[block], statistics_);
    over = beside = levels.counts[block] > first ? 1 : 0;
  };
  if (has_dc_block) {
    append(BlockType::luma_dc, Levels::kLumaDc, 0, above.luma_dc, left_nonzero_.luma_dc);
  }
  for (std::size_t block = 0; block < 16; ++block) {
    append(has_dc_block ? BlockType::luma_without_dc : BlockType::luma_with_dc, block, has_dc_block ? 1 : 0,
           above.luma[block % 4], left_nonzero_.luma[block / 4]);
  }
  for (std::size_t block = 0; block < 8; ++block) {
    const std::size_t plane = block / 4 * 2;
    append(BlockType::chroma, Levels::kChroma + block, 0, above.chroma[plane + block % 2],
           left_nonzero_.chroma[plane + block / 2 % 2]);
  }
}

void RowCoder::leave_edge(const Macroblock& macroblock, const MacroblockSamples& reconstruction) {
  const std::size_t at = RowEdge::kMargin + column_ * 16;
  std::memcpy(&edge_.luma[at], &reconstruction.luma[240], 16);
  std::memcpy(&edge_.chroma[at], &reconstruction.chroma[112], 16);
  if (column_ + 1 == static_cast<std::size_t>(columns_)) {
    std::memset(&edge_.luma[at + 16], edge_.luma[at + 15], RowEdge::kMargin);
  }
  for (std::size_t y = 0; y < 16; ++y) {
    left_luma_[y] = reconstruction.luma[y * 16 + 15];
  }
  for (std::size_t y = 0; y < 8; ++y) {
    left_chroma_[y] = reconstruction.chroma[y * 16 + 7];
    left_chroma_[8 + y] = reconstruction.chroma[y * 16 + 15];
  }
  for (std::size_t i = 0; i < 4; ++i) {
    edge_.modes[column_][i] = macroblock.subblock_modes[12 + i];
    left_modes_[i] = macroblock.subblock_modes[i * 4 + 3];
  }
}

}  // namespace imagepacker::vp8
