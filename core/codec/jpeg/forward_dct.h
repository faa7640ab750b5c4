// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "codec/jpeg/quantization.h"

namespace imagepacker::jpeg {

/// Places of the coefficients in zigzag order: kZigzag[k] is the row-by-row index of the k-th, ITU-T T.81 figure A.6.
inline constexpr std::array<std::uint8_t, 64> kZigzag = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,   //
    12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,  //
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,  //
    58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

/// The DCT is the one of Loeffler, Ligtenberg and Moschytz (ICASSP 1989) in integers: constants have 13 fractional
/// bits, the result of the first (row) pass keeps two. This is the arithmetic of libjpeg's "islow", so the coefficients
/// are bit for bit the same.
inline constexpr int kDctConstantBits = 13;
inline constexpr int kDctPass1Bits = 2;

/// The integer for `value` in DCT arithmetic.
constexpr int dct_fix(double value) {
  return static_cast<int>(value * (1 << kDctConstantBits) + (value < 0 ? -0.5 : 0.5));
}

/// Coefficients of 64 samples (row by row, 0..255, taken as -128..127), eight times those of the orthonormal DCT:
/// |coefficient| <= 8192. The specification of the vector code.
std::array<std::int16_t, 64> forward_dct(std::span<const std::uint8_t, 64> samples);

/// `coefficient` (from forward_dct) in units of `step`. With a bias of 4 × step, half a unit, it is rounded to nearest,
/// halves away from zero; with less, values between two units go to the lower more often.
int quantize(int coefficient, int step, int bias);

}  // namespace imagepacker::jpeg
