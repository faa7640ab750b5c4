// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/inverse_transform.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "codec/jpeg/forward_dct.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/jpeg/inverse_transform.cc"
#include <hwy/foreach_target.h>
// The order matters: Highway's functions are made anew for every target.
#include <hwy/highway.h>

#include "codec/jpeg/dct_vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace imagepacker::jpeg::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR || HWY_HAVE_SCALABLE

int InverseTransform(const BlockRow& blocks, std::span<std::uint8_t* const, 8> rows) {
  return inverse_transform_scalar(blocks, rows);
}

#else

static_assert(kBlockGroup % kGroup == 0);

/// Sums of products, for the lower and the upper half of a vector of columns.
struct Sums {
  V32 lower, upper;
};

HWY_INLINE Sums Products(const Interleaved& a, int factors_a, const Interleaved& b, int factors_b, int rounding) {
  const V16 ka = hn::BitCast(D16(), hn::Set(D32(), factors_a));
  const V16 kb = hn::BitCast(D16(), hn::Set(D32(), factors_b));
  const V32 start = hn::Set(D32(), rounding);
  return {AddProducts(AddProducts(start, a.lower, ka), b.lower, kb),
          AddProducts(AddProducts(start, a.upper, ka), b.upper, kb)};
}

/// Rows `index` and 7 - `index` of what a pass makes.
template <int kShift>
HWY_INLINE void Put(const Sums& even, const Sums& odd, V16& sum, V16& difference) {
  const D16 d16;
  sum = hn::ReorderDemote2To(d16, hn::ShiftRight<kShift>(hn::Add(even.lower, odd.lower)),
                             hn::ShiftRight<kShift>(hn::Add(even.upper, odd.upper)));
  difference = hn::ReorderDemote2To(d16, hn::ShiftRight<kShift>(hn::Sub(even.lower, odd.lower)),
                                    hn::ShiftRight<kShift>(hn::Sub(even.upper, odd.upper)));
}

/// transform_line() down the columns of all blocks. Products are multiplied out: integers, so the sums are the same.
template <bool kFirstPass>
HWY_INLINE void InverseColumns(Rows& m) {
  constexpr int kShift = kFirstPass ? kDctConstantBits - kDctPass1Bits : kDctConstantBits + kDctPass1Bits + 3;
  constexpr int kRounding = 1 << (kShift - 1);
  constexpr int kOne = 1 << kDctConstantBits;
  V16* const r = m.r;
  const Interleaved r04 = Interleave(r[0], r[4]);
  const Interleaved r26 = Interleave(r[2], r[6]);
  constexpr int k0541 = dct_fix(0.541196100);
  constexpr int k2 = PairOf(k0541, k0541 - dct_fix(1.847759065));
  constexpr int k3 = PairOf(k0541 + dct_fix(0.765366865), k0541);
  // Even sums: (r0 ± r4) ± what r2 and r6 are turned to, all factors in one go.
  constexpr int kMinusK2 = PairOf(-k0541, dct_fix(1.847759065) - k0541);
  constexpr int kMinusK3 = PairOf(-k0541 - dct_fix(0.765366865), -k0541);
  const Sums even_0 = Products(r04, PairOf(kOne, kOne), r26, k3, kRounding);
  const Sums even_1 = Products(r04, PairOf(kOne, -kOne), r26, k2, kRounding);
  const Sums even_2 = Products(r04, PairOf(kOne, -kOne), r26, kMinusK2, kRounding);
  const Sums even_3 = Products(r04, PairOf(kOne, kOne), r26, kMinusK3, kRounding);

  const Interleaved r71 = Interleave(r[7], r[1]);
  const Interleaved r53 = Interleave(r[5], r[3]);
  constexpr int z1 = dct_fix(-0.899976223), z2 = dct_fix(-2.562915447), z5 = dct_fix(1.175875602);
  constexpr int z3 = dct_fix(-1.961570560) + z5, z4 = dct_fix(-0.390180644) + z5;
  const Sums odd_0 = Products(r71, PairOf(dct_fix(0.298631336) + z1 + z3, z1 + z5), r53, PairOf(z5, z3), 0);
  const Sums odd_1 = Products(r71, PairOf(z5, z4), r53, PairOf(dct_fix(2.053119869) + z2 + z4, z2 + z5), 0);
  const Sums odd_2 = Products(r71, PairOf(z3, z5), r53, PairOf(z2 + z5, dct_fix(3.072711026) + z2 + z3), 0);
  const Sums odd_3 = Products(r71, PairOf(z1 + z5, dct_fix(1.501321110) + z1 + z4), r53, PairOf(z4, z5), 0);

  Put<kShift>(even_0, odd_3, r[0], r[7]);
  Put<kShift>(even_1, odd_2, r[1], r[6]);
  Put<kShift>(even_2, odd_1, r[2], r[5]);
  Put<kShift>(even_3, odd_0, r[3], r[4]);
}

/// Takes the coefficients of kGroup blocks, sets them to 0 and raises `largest` to the sums of their columns.
HWY_INLINE Rows TakeCoefficients(std::int16_t* coefficients, V16& largest) {
  const D16 d16;
  Rows m;
  V16 sums = hn::Zero(d16);
  for (std::size_t row = 0; row < 8; ++row) {
    std::int16_t* const from = coefficients + row * kBlockGroup * 8;
    m.r[row] = hn::Load(d16, from);
    hn::Store(hn::Zero(d16), d16, from);
    sums = hn::Add(sums, hn::Abs(m.r[row]));
  }
  largest = hn::Max(largest, sums);
  return m;
}

/// kGroup blocks into rows of which kGroup · 8 samples may be written.
HWY_INLINE void TransformGroup(std::int16_t* coefficients, std::uint8_t* const* rows, std::size_t column,
                               V16& largest) {
  const D16 d16;
  const hn::Rebind<std::uint8_t, D16> d8;
  Rows m = TakeCoefficients(coefficients, largest);
  InverseColumns<true>(m);
  Transpose(m);
  InverseColumns<false>(m);
  Transpose(m);
  const V16 middle = hn::Set(d16, 128);
  for (std::size_t row = 0; row < 8; ++row) {
    hn::StoreU(hn::DemoteTo(d8, hn::SaturatedAdd(m.r[row], middle)), d8, rows[row] + column);
  }
}

/// `count` blocks of a group, all flat.
HWY_INLINE int FillGroup(std::int16_t* coefficients, std::size_t count, std::uint8_t* const* rows, std::size_t column) {
  int largest = 0;
  std::uint8_t samples[kBlockGroup * 8];
  for (std::size_t b = 0; b < count; ++b) {
    std::int16_t& dc = coefficients[b * 8];
    largest = std::max(largest, std::abs(int{dc}));
    std::memset(samples + b * 8, flat_sample(dc), 8);
    dc = 0;
  }
  for (std::size_t row = 0; row < 8; ++row) {
    if (count == kBlockGroup) {
      std::memcpy(rows[row] + column, samples, sizeof samples);
    } else {
      std::memcpy(rows[row] + column, samples, count * 8);
    }
  }
  return largest;
}

int InverseTransform(const BlockRow& blocks, std::span<std::uint8_t* const, 8> rows) {
  const D16 d16;
  V16 sums = hn::Zero(d16);
  int largest = 0;
  for (std::size_t block = 0; block < blocks.count; block += kBlockGroup) {
    std::int16_t* const group = blocks.groups + block * 64;
    const std::size_t count = std::min(kBlockGroup, blocks.count - block);
    if (std::all_of(blocks.is_dc_only + block, blocks.is_dc_only + block + count, [](std::uint8_t is) { return is; })) {
      largest = std::max(largest, FillGroup(group, count, rows.data(), block * 8));
    } else if (count == kBlockGroup) {
      for (std::size_t b = 0; b < kBlockGroup; b += kGroup) {
        TransformGroup(group + b * 8, rows.data(), (block + b) * 8, sums);
      }
    } else {
      std::uint8_t samples[8][kBlockGroup * 8];
      std::uint8_t* aside[8];
      for (std::size_t row = 0; row < 8; ++row) {
        aside[row] = samples[row];
      }
      for (std::size_t b = 0; b < kBlockGroup; b += kGroup) {
        TransformGroup(group + b * 8, aside, b * 8, sums);
      }
      for (std::size_t row = 0; row < 8; ++row) {
        std::memcpy(rows[row] + block * 8, samples[row], count * 8);
      }
    }
  }
  std::int16_t each[hn::MaxLanes(D16())];
  hn::StoreU(sums, d16, each);
  return std::max<int>(largest, *std::max_element(std::begin(each), std::end(each)));
}

#endif

}  // namespace imagepacker::jpeg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker::jpeg {

HWY_EXPORT(InverseTransform);

int inverse_transform(const BlockRow& blocks, std::span<std::uint8_t* const, 8> rows) {
  return HWY_DYNAMIC_DISPATCH(InverseTransform)(blocks, rows);
}

}  // namespace imagepacker::jpeg
#endif
