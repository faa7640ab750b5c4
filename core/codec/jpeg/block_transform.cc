// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/block_transform.h"

#include <cstddef>
#include <cstring>

#include "codec/jpeg/forward_dct.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/jpeg/block_transform.cc"
#include <hwy/foreach_target.h>
// The order matters: Highway's functions are made anew for every target.
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include "codec/jpeg/dct_vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace imagepacker::jpeg::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR || HWY_HAVE_SCALABLE

void TransformBlocks(const SampleRows& samples, int count, const Quantizer& quantizer, std::int16_t* coefficients,
                     std::uint64_t* nonzero) {
  transform_blocks_scalar(samples, count, quantizer, coefficients, nonzero);
}

#else

using DU16 = hn::Repartition<std::uint16_t, D16>;
using DU8 = hn::Repartition<std::uint8_t, D16>;
static_assert(kGroup <= kMaxBlockGroup);

/// How far ahead samples are fetched: rows are left for others and come back later, too irregular for the hardware.
constexpr int kPrefetchBytes = 256;

/// Eight samples of each block, less 128.
HWY_INLINE V16 LoadSamples(const std::uint8_t* row, SampleStep step) {
  const D16 d16;
  const DU16 du16;
  if (step == SampleStep::every) {
    const hn::Rebind<std::uint8_t, D16> half;
    const hn::Rebind<std::int8_t, D16> signed_half;
    return hn::PromoteTo(d16, hn::BitCast(signed_half, hn::Xor(hn::LoadU(half, row), hn::Set(half, 0x80))));
  }
  const auto pairs = hn::BitCast(du16, hn::LoadU(DU8(), row));
  const auto samples =
      step == SampleStep::first_of_pair ? hn::And(pairs, hn::Set(du16, 0xFF)) : hn::ShiftRight<8>(pairs);
  return hn::Sub(hn::BitCast(d16, samples), hn::Set(d16, 128));
}

template <int kShift>
HWY_INLINE V16 Narrow(V32 lower, V32 upper) {
  return hn::ReorderDemote2To(D16(), hn::ShiftRight<kShift>(lower), hn::ShiftRight<kShift>(upper));
}

template <int kShift>
HWY_INLINE V16 Combine2(const Interleaved& a, int factors) {
  const V16 k = hn::BitCast(D16(), hn::Set(D32(), factors));
  const V32 rounding = hn::Set(D32(), 1 << (kShift - 1));
  return Narrow<kShift>(AddProducts(rounding, a.lower, k), AddProducts(rounding, a.upper, k));
}

template <int kShift>
HWY_INLINE V16 Combine4(const Interleaved& a, int factors_a, const Interleaved& b, int factors_b) {
  const V16 ka = hn::BitCast(D16(), hn::Set(D32(), factors_a));
  const V16 kb = hn::BitCast(D16(), hn::Set(D32(), factors_b));
  const V32 rounding = hn::Set(D32(), 1 << (kShift - 1));
  return Narrow<kShift>(AddProducts(AddProducts(rounding, a.lower, ka), b.lower, kb),
                        AddProducts(AddProducts(rounding, a.upper, ka), b.upper, kb));
}

/// transform_line() down the columns of all blocks. Products are multiplied out: integers, so the sums are the same.
template <bool kFirstPass>
HWY_INLINE void TransformColumns(Rows& m) {
  constexpr int kShift = kFirstPass ? kDctConstantBits - kDctPass1Bits : kDctConstantBits + kDctPass1Bits;
  V16* const r = m.r;
  const V16 sum07 = hn::Add(r[0], r[7]), diff07 = hn::Sub(r[0], r[7]);
  const V16 sum16 = hn::Add(r[1], r[6]), diff16 = hn::Sub(r[1], r[6]);
  const V16 sum25 = hn::Add(r[2], r[5]), diff25 = hn::Sub(r[2], r[5]);
  const V16 sum34 = hn::Add(r[3], r[4]), diff34 = hn::Sub(r[3], r[4]);

  const V16 even_a = hn::Add(sum07, sum34), even_b = hn::Add(sum16, sum25);
  if (kFirstPass) {
    r[0] = hn::ShiftLeft<kDctPass1Bits>(hn::Add(even_a, even_b));
    r[4] = hn::ShiftLeft<kDctPass1Bits>(hn::Sub(even_a, even_b));
  } else {
    const V16 rounding = hn::Set(D16(), 1 << (kDctPass1Bits - 1));
    r[0] = hn::ShiftRight<kDctPass1Bits>(hn::Add(hn::Add(even_a, rounding), even_b));
    r[4] = hn::ShiftRight<kDctPass1Bits>(hn::Sub(hn::Add(even_a, rounding), even_b));
  }
  const Interleaved turn = Interleave(hn::Sub(sum07, sum34), hn::Sub(sum16, sum25));
  constexpr int k0541 = dct_fix(0.541196100);
  r[2] = Combine2<kShift>(turn, PairOf(k0541 + dct_fix(0.765366865), k0541));
  r[6] = Combine2<kShift>(turn, PairOf(k0541, k0541 - dct_fix(1.847759065)));

  const Interleaved outer = Interleave(diff34, diff07);
  const Interleaved inner = Interleave(diff25, diff16);
  constexpr int z1 = dct_fix(-0.899976223), z2 = dct_fix(-2.562915447), z5 = dct_fix(1.175875602);
  constexpr int z3 = dct_fix(-1.961570560) + z5, z4 = dct_fix(-0.390180644) + z5;
  r[7] = Combine4<kShift>(outer, PairOf(dct_fix(0.298631336) + z1 + z3, z1 + z5), inner, PairOf(z5, z3));
  r[5] = Combine4<kShift>(outer, PairOf(z5, z4), inner, PairOf(dct_fix(2.053119869) + z2 + z4, z2 + z5));
  r[3] = Combine4<kShift>(outer, PairOf(z3, z5), inner, PairOf(z2 + z5, dct_fix(3.072711026) + z2 + z3));
  r[1] = Combine4<kShift>(outer, PairOf(z1 + z5, dct_fix(1.501321110) + z1 + z4), inner, PairOf(z4, z5));
}

HWY_INLINE V16 Quantize(V16 value, const Quantizer& quantizer, std::size_t row) {
  const DU16 du16;
  const D16 d16;
  const auto constant = [&](const std::array<std::uint16_t, 64>& of)
                            HWY_ATTR { return hn::LoadDup128(du16, of.data() + 8 * row); };
  const auto magnitude = hn::Add(hn::BitCast(du16, hn::Abs(value)), constant(quantizer.bias));
  const auto quotient = hn::MulHigh(hn::MulHigh(magnitude, constant(quantizer.reciprocal)), constant(quantizer.scale));
  const V16 sign = hn::ShiftRight<15>(value);
  return hn::Sub(hn::Xor(hn::BitCast(d16, quotient), sign), sign);
}

/// For every row of eight in zigzag order and every row of the block: which bytes go where.
struct ZigzagShuffle {
  alignas(16) std::uint8_t bytes[8][8][16];
  bool is_used[8][8];
};

constexpr ZigzagShuffle MakeZigzagShuffle() {
  ZigzagShuffle result{};
  for (int to = 0; to < 8; ++to) {
    for (int from = 0; from < 8; ++from) {
      for (int lane = 0; lane < 8; ++lane) {
        const int source = kZigzag[static_cast<std::size_t>(to * 8 + lane)];
        const bool hit = source / 8 == from;
        result.is_used[to][from] = result.is_used[to][from] || hit;
        for (int half = 0; half < 2; ++half) {
          result.bytes[to][from][lane * 2 + half] = static_cast<std::uint8_t>(hit ? source % 8 * 2 + half : 0x80);
        }
      }
    }
  }
  return result;
}

constexpr ZigzagShuffle kZigzagShuffle = MakeZigzagShuffle();

template <int kTo, int kFrom>
HWY_INLINE void AddZigzagPart(const Rows& m, V16& row) {
  if constexpr (kZigzagShuffle.is_used[kTo][kFrom]) {
    const D16 d16;
    const auto indices = hn::BitCast(d16, hn::LoadDup128(DU8(), kZigzagShuffle.bytes[kTo][kFrom]));
    row = hn::Or(row, hn::TableLookupBytesOr0(m.r[kFrom], indices));
  }
}

template <int kTo>
HWY_INLINE V16 ZigzagRow(const Rows& m) {
  V16 row = hn::Zero(D16());
  AddZigzagPart<kTo, 0>(m, row);
  AddZigzagPart<kTo, 1>(m, row);
  AddZigzagPart<kTo, 2>(m, row);
  AddZigzagPart<kTo, 3>(m, row);
  AddZigzagPart<kTo, 4>(m, row);
  AddZigzagPart<kTo, 5>(m, row);
  AddZigzagPart<kTo, 6>(m, row);
  AddZigzagPart<kTo, 7>(m, row);
  return row;
}

/// Stores coefficients of one block from `first` on, and sets their bits in `nonzero`.
HWY_INLINE void StoreCoefficients(V16 values, int first, std::int16_t* coefficients, std::uint64_t& nonzero) {
  const D16 d16;
  hn::Store(values, d16, coefficients + first);
  std::uint8_t bits[8] = {};
  hn::StoreMaskBits(d16, hn::Ne(values, hn::Zero(d16)), bits);
  std::uint64_t mask = 0;
  std::memcpy(&mask, bits, kGroup);
  nonzero |= mask << first;
}

/// From one vector per row to vectors that hold consecutive rows of one block each.
HWY_INLINE void StoreRows(const V16* rows, int first_row, std::int16_t* coefficients, std::uint64_t* nonzero) {
  const int first = first_row * 8;
#if HWY_MAX_BYTES == 16
  StoreCoefficients(rows[0], first, coefficients, nonzero[0]);
#elif HWY_MAX_BYTES == 32
  const D16 d16;
  StoreCoefficients(hn::ConcatLowerLower(d16, rows[1], rows[0]), first, coefficients, nonzero[0]);
  StoreCoefficients(hn::ConcatUpperUpper(d16, rows[1], rows[0]), first, coefficients + 64, nonzero[1]);
#else
  const D16 d16;
  const V16 even01 = hn::OddEvenBlocks(hn::SwapAdjacentBlocks(rows[1]), rows[0]);
  const V16 odd01 = hn::OddEvenBlocks(rows[1], hn::SwapAdjacentBlocks(rows[0]));
  const V16 even23 = hn::OddEvenBlocks(hn::SwapAdjacentBlocks(rows[3]), rows[2]);
  const V16 odd23 = hn::OddEvenBlocks(rows[3], hn::SwapAdjacentBlocks(rows[2]));
  StoreCoefficients(hn::ConcatLowerLower(d16, even23, even01), first, coefficients, nonzero[0]);
  StoreCoefficients(hn::ConcatLowerLower(d16, odd23, odd01), first, coefficients + 64, nonzero[1]);
  StoreCoefficients(hn::ConcatUpperUpper(d16, even23, even01), first, coefficients + 128, nonzero[2]);
  StoreCoefficients(hn::ConcatUpperUpper(d16, odd23, odd01), first, coefficients + 192, nonzero[3]);
#endif
}

HWY_INLINE void TransformGroup(const SampleRows& samples, int first_byte, const Quantizer& quantizer,
                               std::int16_t* coefficients, std::uint64_t* nonzero) {
  Rows m;
  for (std::size_t row = 0; row < 8; ++row) {
    m.r[row] = LoadSamples(samples.rows[row] + first_byte, samples.step);
    hwy::Prefetch(samples.rows[row] + first_byte + kPrefetchBytes);
  }
  Transpose(m);
  TransformColumns<true>(m);
  Transpose(m);
  TransformColumns<false>(m);
  for (std::size_t row = 0; row < 8; ++row) {
    m.r[row] = Quantize(m.r[row], quantizer, row);
  }
  const V16 zigzag[8] = {ZigzagRow<0>(m), ZigzagRow<1>(m), ZigzagRow<2>(m), ZigzagRow<3>(m),
                         ZigzagRow<4>(m), ZigzagRow<5>(m), ZigzagRow<6>(m), ZigzagRow<7>(m)};
  std::uint64_t masks[kGroup] = {};
  for (int row = 0; row < 8; row += kGroup) {
    StoreRows(zigzag + row, row, coefficients, masks);
  }
  std::memcpy(nonzero, masks, sizeof masks);
}

void TransformBlocks(const SampleRows& samples, int count, const Quantizer& quantizer, std::int16_t* coefficients,
                     std::uint64_t* nonzero) {
  const int bytes_per_block = samples.step == SampleStep::every ? 8 : 16;
  int block = 0;
  for (; block + kGroup <= count; block += kGroup) {
    TransformGroup(samples, block * bytes_per_block, quantizer, coefficients + 64 * block, nonzero + block);
  }
  if (block < count) {
    alignas(64) std::uint8_t copies[8][kMaxBlockGroup * 16] = {};
    SampleRows rest{.step = samples.step};
    for (std::size_t row = 0; row < 8; ++row) {
      std::memcpy(copies[row], samples.rows[row] + block * bytes_per_block,
                  static_cast<std::size_t>((count - block) * bytes_per_block));
      rest.rows[row] = copies[row];
    }
    TransformGroup(rest, 0, quantizer, coefficients + 64 * block, nonzero + block);
  }
}

#endif

}  // namespace imagepacker::jpeg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker::jpeg {

HWY_EXPORT(TransformBlocks);

void transform_blocks(const SampleRows& samples, int count, const Quantizer& quantizer, std::int16_t* coefficients,
                      std::uint64_t* nonzero) {
  HWY_DYNAMIC_DISPATCH(TransformBlocks)(samples, count, quantizer, coefficients, nonzero);
}

}  // namespace imagepacker::jpeg
#endif
