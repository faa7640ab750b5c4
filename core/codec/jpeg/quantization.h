// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>

namespace imagepacker::jpeg {

/// Quantisation steps 1..255, row by row (horizontal frequency grows along a row).
using QuantTable = std::array<std::uint8_t, 64>;

/// The tables of a picture: [0] luma, [1] chroma.
using QuantTables = std::array<QuantTable, 2>;

/// The example tables of ITU-T T.81 annex K.1, scaled for `quality` 0..100 along libjpeg's curve: 50 is the tables as
/// they stand, 100 all ones.
QuantTables standard_quant_tables(int quality);

/// The steps as a DQT segment has them.
std::array<std::uint8_t, 64> in_zigzag_order(const QuantTable& table);

}  // namespace imagepacker::jpeg
