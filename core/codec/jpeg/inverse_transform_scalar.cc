// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdlib>

#include "codec/jpeg/forward_dct.h"
#include "codec/jpeg/inverse_transform.h"

namespace imagepacker::jpeg {
namespace {

/// One pass over eight values `step` apart. The first pass, down columns, adds kDctPass1Bits of precision, the second
/// takes them away together with the transform's factor of eight.
void transform_line(int* line, int step, bool is_first_pass) {
  const auto at = [&](int index) -> int& { return line[index * step]; };
  const int shift = is_first_pass ? kDctConstantBits - kDctPass1Bits : kDctConstantBits + kDctPass1Bits + 3;

  const int turned = (at(2) + at(6)) * dct_fix(0.541196100);
  const int even_2 = turned - at(6) * dct_fix(1.847759065);
  const int even_3 = turned + at(2) * dct_fix(0.765366865);
  const int even_0 = (at(0) + at(4)) * (1 << kDctConstantBits);
  const int even_1 = (at(0) - at(4)) * (1 << kDctConstantBits);

  const int z5 = (at(7) + at(5) + at(3) + at(1)) * dct_fix(1.175875602);
  const int z1 = (at(7) + at(1)) * dct_fix(-0.899976223);
  const int z2 = (at(5) + at(3)) * dct_fix(-2.562915447);
  const int z3 = (at(7) + at(3)) * dct_fix(-1.961570560) + z5;
  const int z4 = (at(5) + at(1)) * dct_fix(-0.390180644) + z5;
  const int odd_0 = at(7) * dct_fix(0.298631336) + z1 + z3;
  const int odd_1 = at(5) * dct_fix(2.053119869) + z2 + z4;
  const int odd_2 = at(3) * dct_fix(3.072711026) + z2 + z3;
  const int odd_3 = at(1) * dct_fix(1.501321110) + z1 + z4;

  const auto put = [&](int index, int even, int odd) {
    const int rounding = 1 << (shift - 1);
    at(index) = (even + odd + rounding) >> shift;
    at(7 - index) = (even - odd + rounding) >> shift;
  };
  put(0, even_0 + even_3, odd_3);
  put(1, even_1 + even_2, odd_2);
  put(2, even_1 - even_2, odd_1);
  put(3, even_0 - even_3, odd_0);
}

}  // namespace

int inverse_transform_scalar(const BlockRow& blocks, std::span<std::uint8_t* const, 8> rows) {
  int largest = 0;
  for (std::size_t block = 0; block < blocks.count; ++block) {
    std::int16_t* const from = blocks.groups + block / kBlockGroup * kGroupCoefficients + block % kBlockGroup * 8;
    std::array<int, 64> values{};
    for (std::size_t column = 0; column < 8; ++column) {
      int sum = 0;
      for (std::size_t row = 0; row < 8; ++row) {
        std::int16_t& coefficient = from[row * kBlockGroup * 8 + column];
        values[row * 8 + column] = coefficient;
        sum += std::abs(coefficient);
        coefficient = 0;
      }
      largest = std::max(largest, sum);
    }
    if (largest > kMaxColumnSum) {
      continue;
    }
    for (int column = 0; column < 8; ++column) {
      transform_line(values.data() + column, 8, true);
    }
    for (int row = 0; row < 8; ++row) {
      transform_line(values.data() + row * 8, 1, false);
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      rows[i / 8][block * 8 + i % 8] = static_cast<std::uint8_t>(std::clamp(values[i] + 128, 0, 255));
    }
  }
  return largest;
}

}  // namespace imagepacker::jpeg
