// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8/macroblock.h"

namespace imagepacker::vp8 {
namespace {

constexpr std::uint8_t kAbovePicture = 127;
constexpr std::uint8_t kLeftOfPicture = 129;

}  // namespace

RowEdge::RowEdge(int columns, bool top)
    : is_top(top),
      luma(static_cast<std::size_t>(columns) * 16 + 2 * kMargin, top ? kAbovePicture : kLeftOfPicture),
      chroma(static_cast<std::size_t>(columns) * 16 + kMargin, top ? kAbovePicture : kLeftOfPicture),
      nonzero(static_cast<std::size_t>(columns)),
      modes(static_cast<std::size_t>(columns)) {}

}  // namespace imagepacker::vp8
