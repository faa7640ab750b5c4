// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8/mode_costs.h"

#include "codec/webp/vp8/bit_costs.h"

namespace imagepacker::vp8 {
namespace {

struct Branch {
  std::uint8_t node;
  bool bit;
};

/// The way to a mode in its tree.
struct Path {
  std::uint8_t length;
  std::array<Branch, 7> branches;
};

// Clause 11.2; chances are the fixed ones of key frames.
constexpr std::array<std::uint8_t, 4> kLumaChances = {145, 156, 163, 128};
constexpr std::array<Path, 5> kLumaPaths = {{
    {3, {{{0, true}, {1, false}, {2, false}}}},
    {3, {{{0, true}, {1, false}, {2, true}}}},
    {3, {{{0, true}, {1, true}, {3, false}}}},
    {3, {{{0, true}, {1, true}, {3, true}}}},
    {1, {{{0, false}}}},
}};

// Clause 11.4.
constexpr std::array<std::uint8_t, 3> kChromaChances = {142, 114, 183};
constexpr std::array<Path, 4> kChromaPaths = {{
    {1, {{{0, false}}}},
    {2, {{{0, true}, {1, false}}}},
    {3, {{{0, true}, {1, true}, {2, false}}}},
    {3, {{{0, true}, {1, true}, {2, true}}}},
}};

// Clause 11.2, by SubblockMode.
constexpr std::array<Path, kSubblockModes> kSubblockPaths = {{
    {1, {{{0, false}}}},
    {2, {{{0, true}, {1, false}}}},
    {3, {{{0, true}, {1, true}, {2, false}}}},
    {5, {{{0, true}, {1, true}, {2, true}, {3, false}, {4, false}}}},
    {5, {{{0, true}, {1, true}, {2, true}, {3, true}, {6, false}}}},
    {6, {{{0, true}, {1, true}, {2, true}, {3, false}, {4, true}, {5, false}}}},
    {6, {{{0, true}, {1, true}, {2, true}, {3, false}, {4, true}, {5, true}}}},
    {6, {{{0, true}, {1, true}, {2, true}, {3, true}, {6, true}, {7, false}}}},
    {7, {{{0, true}, {1, true}, {2, true}, {3, true}, {6, true}, {7, true}, {8, false}}}},
    {7, {{{0, true}, {1, true}, {2, true}, {3, true}, {6, true}, {7, true}, {8, true}}}},
}};

template <class Chances>
std::uint32_t cost_of(const Path& path, const Chances& chances) {
  std::uint32_t cost = 0;
  for (std::size_t i = 0; i < path.length; ++i) {
    cost += bit_cost(path.branches[i].bit, chances[path.branches[i].node]);
  }
  return cost;
}

template <class Chances>
void put(const Path& path, const Chances& chances, BoolEncoder& encoder) {
  for (std::size_t i = 0; i < path.length; ++i) {
    encoder.put(path.branches[i].bit, chances[path.branches[i].node]);
  }
}

std::size_t index_of(BlockMode mode) {
  return static_cast<std::size_t>(mode);
}
std::size_t index_of(SubblockMode mode) {
  return static_cast<std::size_t>(mode);
}

using SubblockCosts = std::array<std::array<std::array<std::uint16_t, kSubblockModes>, kSubblockModes>, kSubblockModes>;

SubblockCosts make_subblock_costs() {
  SubblockCosts costs{};
  for (std::size_t above = 0; above < kSubblockModes; ++above) {
    for (std::size_t left = 0; left < kSubblockModes; ++left) {
      for (std::size_t mode = 0; mode < kSubblockModes; ++mode) {
        costs[above][left][mode] =
            static_cast<std::uint16_t>(cost_of(kSubblockPaths[mode], kSubblockModeProbabilities[above][left]));
      }
    }
  }
  return costs;
}

}  // namespace

SubblockMode subblock_mode_of(BlockMode mode) {
  switch (mode) {
    case BlockMode::vertical:
      return SubblockMode::vertical;
    case BlockMode::horizontal:
      return SubblockMode::horizontal;
    case BlockMode::true_motion:
      return SubblockMode::true_motion;
    default:
      return SubblockMode::dc;
  }
}

void put_luma_mode(BlockMode mode, BoolEncoder& encoder) {
  put(kLumaPaths[index_of(mode)], kLumaChances, encoder);
}

void put_subblock_mode(SubblockMode mode, SubblockMode above, SubblockMode left, BoolEncoder& encoder) {
  put(kSubblockPaths[index_of(mode)], kSubblockModeProbabilities[index_of(above)][index_of(left)], encoder);
}

void put_chroma_mode(BlockMode mode, BoolEncoder& encoder) {
  put(kChromaPaths[index_of(mode)], kChromaChances, encoder);
}

std::uint32_t luma_mode_cost(BlockMode mode) {
  return cost_of(kLumaPaths[index_of(mode)], kLumaChances);
}

const std::array<std::uint16_t, kSubblockModes>& subblock_mode_costs(SubblockMode above, SubblockMode left) {
  static const SubblockCosts costs = make_subblock_costs();
  return costs[index_of(above)][index_of(left)];
}

std::uint32_t chroma_mode_cost(BlockMode mode) {
  return cost_of(kChromaPaths[index_of(mode)], kChromaChances);
}

}  // namespace imagepacker::vp8
