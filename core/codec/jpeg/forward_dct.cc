// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/forward_dct.h"

#include <cstdlib>

namespace imagepacker::jpeg {
namespace {

constexpr int rounded_shift(int value, int bits) {
  return (value + (1 << (bits - 1))) >> bits;
}

/// One pass over eight values `step` apart. The first pass adds kDctPass1Bits of precision, the second takes them away.
void transform_line(std::int16_t* line, int step, bool first_pass) {
  const auto at = [&](int index) -> std::int16_t& { return line[index * step]; };
  const int sum07 = at(0) + at(7), sum16 = at(1) + at(6), sum25 = at(2) + at(5), sum34 = at(3) + at(4);
  const int diff07 = at(0) - at(7), diff16 = at(1) - at(6), diff25 = at(2) - at(5), diff34 = at(3) - at(4);
  const int shift = first_pass ? kDctConstantBits - kDctPass1Bits : kDctConstantBits + kDctPass1Bits;

  const int even_a = sum07 + sum34, even_b = sum16 + sum25;
  const auto put_sum = [&](int index, int value) {
    at(index) =
        static_cast<std::int16_t>(first_pass ? value * (1 << kDctPass1Bits) : rounded_shift(value, kDctPass1Bits));
  };
  const auto put = [&](int index, int value) { at(index) = static_cast<std::int16_t>(rounded_shift(value, shift)); };
  put_sum(0, even_a + even_b);
  put_sum(4, even_a - even_b);

  const int turn_a = sum07 - sum34, turn_b = sum16 - sum25;
  const int turned = (turn_a + turn_b) * dct_fix(0.541196100);
  put(2, turned + turn_a * dct_fix(0.765366865));
  put(6, turned - turn_b * dct_fix(1.847759065));

  const int z1 = (diff34 + diff07) * dct_fix(-0.899976223);
  const int z2 = (diff25 + diff16) * dct_fix(-2.562915447);
  const int z5 = (diff34 + diff16 + diff25 + diff07) * dct_fix(1.175875602);
  const int z3 = (diff34 + diff16) * dct_fix(-1.961570560) + z5;
  const int z4 = (diff25 + diff07) * dct_fix(-0.390180644) + z5;
  put(7, diff34 * dct_fix(0.298631336) + z1 + z3);
  put(5, diff25 * dct_fix(2.053119869) + z2 + z4);
  put(3, diff16 * dct_fix(3.072711026) + z2 + z3);
  put(1, diff07 * dct_fix(1.501321110) + z1 + z4);
}

}  // namespace

std::array<std::int16_t, 64> forward_dct(std::span<const std::uint8_t, 64> samples) {
  std::array<std::int16_t, 64> block{};
  for (std::size_t i = 0; i < samples.size(); ++i) {
    block[i] = static_cast<std::int16_t>(samples[i] - 128);
  }
  for (int row = 0; row < 8; ++row) {
    transform_line(block.data() + row * 8, 1, true);
  }
  for (int column = 0; column < 8; ++column) {
    transform_line(block.data() + column, 8, false);
  }
  return block;
}

int quantize(int coefficient, int step, int bias) {
  const int divisor = step * 8;
  const int magnitude = (std::abs(coefficient) + bias) / divisor;
  return coefficient < 0 ? -magnitude : magnitude;
}

}  // namespace imagepacker::jpeg
