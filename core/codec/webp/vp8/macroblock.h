// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "codec/webp/vp8/format_tables.h"

namespace imagepacker::vp8 {

/// What the first partition says of a macroblock.
struct Macroblock {
  BlockMode luma_mode = BlockMode::dc;
  BlockMode chroma_mode = BlockMode::dc;
  std::uint8_t segment = 0;
  bool is_empty = false;                          ///< marked: has no coefficients at all
  std::array<SubblockMode, 16> subblock_modes{};  ///< for other luma modes those that stand for them as context
};

/// Samples of a macroblock: luma in 16 rows of 16, chroma in 8 rows of 8 Cb and 8 Cr.
struct MacroblockSamples {
  alignas(64) std::array<std::uint8_t, 256> luma;
  alignas(64) std::array<std::uint8_t, 128> chroma;
};

/// Which of a macroblock's outer blocks have coefficients; along its lower or its right edge.
struct NonzeroFlags {
  std::array<std::uint8_t, 4> luma{};
  std::array<std::uint8_t, 4> chroma{};  ///< two of Cb, two of Cr
  std::uint8_t luma_dc = 0;
};

/// What a row of macroblocks leaves for the next one: its lowest samples, before any loop filter, and contexts.
struct RowEdge {
  /// Samples that stand before a row's first and behind its last.
  static constexpr std::size_t kMargin = 16;

  /// The edge above the first row, clause 12.2, for `columns` macroblocks; or room for another one, whose corner to
  /// the left is as it is below the first row.
  RowEdge(int columns, bool top);

  bool is_top;
  std::vector<std::uint8_t> luma;    ///< 16 per macroblock, margins on both sides
  std::vector<std::uint8_t> chroma;  ///< 8 Cb and 8 Cr per macroblock, a margin before
  std::vector<NonzeroFlags> nonzero;
  std::vector<std::array<SubblockMode, 4>> modes;
};

}  // namespace imagepacker::vp8
