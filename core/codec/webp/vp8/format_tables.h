// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace imagepacker::vp8 {

// Facts of the VP8 format, RFC 6386. Clauses are named at each.

/// Modes that predict a whole plane of a macroblock, in the order of clause 11.2.
enum class BlockMode : std::uint8_t { dc, vertical, horizontal, true_motion, subblocks };

/// Modes that predict 4×4 pixels, in the order of clause 11.2.
enum class SubblockMode : std::uint8_t {
  dc,
  true_motion,
  vertical,
  horizontal,
  left_down,
  right_down,
  vertical_right,
  vertical_left,
  horizontal_down,
  horizontal_up
};
inline constexpr std::size_t kSubblockModes = 10;

/// What a block of 16 coefficients belongs to, clause 13.3.
enum class BlockType : std::uint8_t { luma_without_dc, luma_dc, chroma, luma_with_dc };
inline constexpr std::size_t kBlockTypes = 4;

inline constexpr std::size_t kBands = 8;
inline constexpr std::size_t kContexts = 3;
inline constexpr std::size_t kTokenNodes = 11;  ///< inner nodes of the tokens' tree

/// Chances, in 1/256, that the branch of a node is 0: by block type, band, context, node.
using TokenNodes = std::array<std::uint8_t, kTokenNodes>;
using CoefficientProbabilities = std::array<std::array<std::array<TokenNodes, kContexts>, kBands>, kBlockTypes>;

extern const CoefficientProbabilities kDefaultProbabilities;  ///< clause 13.5
extern const CoefficientProbabilities kUpdateProbabilities;   ///< clause 13.4: of "no new one follows"

/// Of the nodes of the subblock modes' tree: by mode above, mode to the left, node. Clause 11.5.
extern const std::array<std::array<std::array<std::uint8_t, kSubblockModes - 1>, kSubblockModes>, kSubblockModes>
    kSubblockModeProbabilities;

/// Band of the coefficient at a place in zigzag order, clause 13.3; one more, so that it may be asked behind the last.
inline constexpr std::array<std::uint8_t, 17> kBandOf = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};

/// Row by row place of the coefficient at a place in zigzag order, clause 13.
inline constexpr std::array<std::uint8_t, 16> kZigzag = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};

/// Chances of the extra bits of tokens of category 1 to 6, high bit first, clause 13.2.
inline constexpr std::array<std::uint8_t, 1> kCategory1 = {159};
inline constexpr std::array<std::uint8_t, 2> kCategory2 = {165, 145};
inline constexpr std::array<std::uint8_t, 3> kCategory3 = {173, 148, 140};
inline constexpr std::array<std::uint8_t, 4> kCategory4 = {176, 155, 140, 135};
inline constexpr std::array<std::uint8_t, 5> kCategory5 = {180, 157, 141, 134, 130};
inline constexpr std::array<std::uint8_t, 11> kCategory6 = {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129};

/// Quantisation steps by index, clause 14.1.
inline constexpr int kMaxQuantIndex = 127;
inline constexpr std::array<std::uint8_t, kMaxQuantIndex + 1> kDcSteps = {
    4,   5,   6,   7,   8,   9,   10,  10,  11,  12,  13,  14,  15,  16,  17,  17,  18,  19,  20,  20,  21,  21,
    22,  22,  23,  23,  24,  25,  25,  26,  27,  28,  29,  30,  31,  32,  33,  34,  35,  36,  37,  37,  38,  39,
    40,  41,  42,  43,  44,  45,  46,  46,  47,  48,  49,  50,  51,  52,  53,  54,  55,  56,  57,  58,  59,  60,
    61,  62,  63,  64,  65,  66,  67,  68,  69,  70,  71,  72,  73,  74,  75,  76,  76,  77,  78,  79,  80,  81,
    82,  83,  84,  85,  86,  87,  88,  89,  91,  93,  95,  96,  98,  100, 101, 102, 104, 106, 108, 110, 112, 114,
    116, 118, 122, 124, 126, 128, 130, 132, 134, 136, 138, 140, 143, 145, 148, 151, 154, 157};
inline constexpr std::array<std::uint16_t, kMaxQuantIndex + 1> kAcSteps = {
    4,   5,   6,   7,   8,   9,   10,  11,  12,  13,  14,  15,  16,  17,  18,  19,  20,  21,  22,  23,  24,  25,
    26,  27,  28,  29,  30,  31,  32,  33,  34,  35,  36,  37,  38,  39,  40,  41,  42,  43,  44,  45,  46,  47,
    48,  49,  50,  51,  52,  53,  54,  55,  56,  57,  58,  60,  62,  64,  66,  68,  70,  72,  74,  76,  78,  80,
    82,  84,  86,  88,  90,  92,  94,  96,  98,  100, 102, 104, 106, 108, 110, 112, 114, 116, 119, 122, 125, 128,
    131, 134, 137, 140, 143, 146, 149, 152, 155, 158, 161, 164, 167, 170, 173, 177, 181, 185, 189, 193, 197, 201,
    205, 209, 213, 217, 221, 225, 229, 234, 239, 245, 249, 254, 259, 264, 269, 274, 279, 284};

/// Factors of the inverse DCT in 1/65536, clause 14.4: √2·cos(π/8) − 1 and √2·sin(π/8).
inline constexpr int kCosine = 20091;
inline constexpr int kSine = 35468;

}  // namespace imagepacker::vp8
