// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>

#include "codec/webp/vp8/bit_costs.h"
#include "codec/webp/vp8/block_kernels.h"
#include "codec/webp/vp8/macroblock.h"
#include "codec/webp/vp8/mode_costs.h"
#include "codec/webp/vp8/quantizer.h"
#include "codec/webp/vp8/tokens.h"

namespace imagepacker::vp8 {

inline constexpr std::uint32_t kRoughToCost = 32;  ///< rough costs, in 1/8 bit, as those of TokenCosts, in 1/256

/// How hard prediction modes are searched for.
struct SearchSettings {
  int exact_subblock_modes = 3;  ///< of the ten, how many are judged by their exact bits, 1..10
  int passes = 1;                ///< with chances of coefficients out of the pass before, from 1 on
  /// How many times the bits of subblock modes count when they are weighed against a mode for the whole, from 1 on.
  std::uint32_t subblock_mode_weight = 1;
  /// No mode but DC, and no macroblock is marked as empty: the fewest bits that modes can have, 3.5 a macroblock.
  bool has_fewest_mode_bits = false;
};

/// What all macroblocks of a frame are coded with.
struct CodingTables {
  std::array<MacroblockQuantizer, 4> quantizers;  ///< by segment
  TokenCosts costs;
  std::array<RoughCosts, kBlockTypes> rough_costs;
  SearchSettings search;

  CodingTables(const std::array<int, 4>& indices, int chroma_dc_delta, const CoefficientProbabilities& probabilities,
               const SearchSettings& settings);
};

/// Codes the macroblocks of a row, from the left to the right.
class RowCoder {
 public:
  /// Borrows all. `above` is complete up to one macroblock to the right of the one that is coded.
  RowCoder(const CodingTables& tables, int columns, const RowEdge& above, RowEdge& edge, TokenBuffer& tokens,
           TokenStatistics& statistics);

  /// Chooses the modes of `macroblock`, whose segment is given, and appends its tokens. `reconstruction`: what a
  /// decoder makes of it before the loop filter.
  void code(const MacroblockSamples& source, Macroblock& macroblock, MacroblockSamples& reconstruction);

  /// What the modes coded so far cost, in 1/256 bit.
  [[nodiscard]] std::uint64_t mode_bits() const { return mode_bits_; }

 private:
  struct Levels;
  struct BlockTrial;
  struct ChromaTrial;
  struct SubblockChoice;
  using ModeCosts = std::array<std::uint16_t, kSubblockModes>;
  struct Score {
    std::uint64_t distortion = 0;
    std::uint64_t bits = 0;
    void add(const QuantizedQuad& quad);
    [[nodiscard]] std::uint64_t weighed(std::uint64_t lambda) const { return (distortion << 8) + lambda * bits; }
  };

  void try_block_mode(const MacroblockSamples& source, BlockMode mode, BlockTrial& trial) const;
  Score choose_block_mode(const MacroblockSamples& source, Macroblock& macroblock, Levels& levels,
                          std::uint8_t* luma) const;
  std::uint64_t take_block_levels(const BlockTrial& trial, Levels& levels) const;
  [[nodiscard]] SubblockChoice choose_subblock_mode(const SubblockTrials& trials, const ModeCosts& mode_costs,
                                                    int context) const;
  bool choose_subblock_modes(const MacroblockSamples& source, std::uint64_t limit, Macroblock& macroblock,
                             Levels& levels, std::uint8_t* luma) const;
  void try_chroma_mode(const MacroblockSamples& source, BlockMode mode, ChromaTrial& trial) const;
  void choose_chroma_mode(const MacroblockSamples& source, Macroblock& macroblock, Levels& levels,
                          std::uint8_t* chroma) const;
  void append_tokens(const Macroblock& macroblock, const Levels& levels);
  void leave_edge(const Macroblock& macroblock, const MacroblockSamples& reconstruction);

  const CodingTables& tables_;
  int columns_;
  const RowEdge& above_;
  RowEdge& edge_;
  TokenBuffer& tokens_;
  TokenStatistics& statistics_;

  const MacroblockQuantizer* quantizer_ = nullptr;  ///< of the current macroblock
  std::size_t column_ = 0;
  std::uint64_t mode_bits_ = 0;
  std::array<std::uint8_t, 16> left_luma_;
  std::array<std::uint8_t, 16> left_chroma_;  ///< 8 Cb, 8 Cr
  std::array<SubblockMode, 4> left_modes_{};
  NonzeroFlags left_nonzero_;
};

}  // namespace imagepacker::vp8
