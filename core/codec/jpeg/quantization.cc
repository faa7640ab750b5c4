// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/quantization.h"

#include <algorithm>

#include "codec/jpeg/forward_dct.h"

namespace imagepacker::jpeg {
namespace {

// ITU-T T.81 tables K.1 and K.2.
constexpr QuantTables kStandard = {{
    {16, 11, 10, 16, 24,  40,  51,  61,   //
     12, 12, 14, 19, 26,  58,  60,  55,   //
     14, 13, 16, 24, 40,  57,  69,  56,   //
     14, 17, 22, 29, 51,  87,  80,  62,   //
     18, 22, 37, 56, 68,  109, 103, 77,   //
     24, 35, 55, 64, 81,  104, 113, 92,   //
     49, 64, 78, 87, 103, 121, 120, 101,  //
     72, 92, 95, 98, 112, 100, 103, 99},
    {17, 18, 24, 47, 99, 99, 99, 99,  //
     18, 21, 26, 66, 99, 99, 99, 99,  //
     24, 26, 56, 99, 99, 99, 99, 99,  //
     47, 66, 99, 99, 99, 99, 99, 99,  //
     99, 99, 99, 99, 99, 99, 99, 99,  //
     99, 99, 99, 99, 99, 99, 99, 99,  //
     99, 99, 99, 99, 99, 99, 99, 99,  //
     99, 99, 99, 99, 99, 99, 99, 99},
}};

/// libjpeg's scale of quality: the percentage by which tables are multiplied.
int scale_percent(int quality) {
  const int clamped = std::clamp(quality, 1, 100);
  return clamped < 50 ? 5000 / clamped : 200 - clamped * 2;
}

QuantTable scaled(const QuantTable& table, int percent) {
  QuantTable result{};
  std::ranges::transform(table, result.begin(), [&](int step) {
    return static_cast<std::uint8_t>(std::clamp((step * percent + 50) / 100, 1, 255));
  });
  return result;
}

}  // namespace

QuantTables standard_quant_tables(int quality) {
  const int percent = scale_percent(quality);
  return {scaled(kStandard[0], percent), scaled(kStandard[1], percent)};
}

std::array<std::uint8_t, 64> in_zigzag_order(const QuantTable& table) {
  std::array<std::uint8_t, 64> result{};
  std::ranges::transform(kZigzag, result.begin(), [&](std::uint8_t place) { return table[place]; });
  return result;
}

}  // namespace imagepacker::jpeg
