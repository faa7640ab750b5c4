// SPDX-License-Identifier: LGPL-2.1-or-later

// What the vector forms of both DCTs are made of. Included once per SIMD target, inside no namespace; hence no #pragma
// once.
#if defined(IMAGEPACKER_CODEC_JPEG_DCT_VECTORS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef IMAGEPACKER_CODEC_JPEG_DCT_VECTORS_INL_H
#undef IMAGEPACKER_CODEC_JPEG_DCT_VECTORS_INL_H
#else
#define IMAGEPACKER_CODEC_JPEG_DCT_VECTORS_INL_H
#endif

#include <hwy/highway.h>

#include <cstdint>

#if HWY_TARGET != HWY_SCALAR && !HWY_HAVE_SCALABLE

HWY_BEFORE_NAMESPACE();
namespace imagepacker::jpeg::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// A vector holds one row of up to four neighbouring blocks: every 128-bit part is a block's.
using D16 = hn::CappedTag<std::int16_t, 32>;
using D32 = hn::Repartition<std::int32_t, D16>;
using V16 = hn::Vec<D16>;
using V32 = hn::Vec<D32>;
constexpr int kGroup = static_cast<int>(hn::MaxLanes(D16()) / 8);
static_assert(kGroup >= 1 && kGroup <= 4);

struct Rows {
  V16 r[8];
};

/// Transposes every block.
HWY_INLINE void Transpose(Rows& m) {
  const D16 d16;
  const D32 d32;
  const hn::Repartition<std::int64_t, D16> d64;
  V16* const r = m.r;
  const V32 a0 = hn::BitCast(d32, hn::InterleaveLower(d16, r[0], r[1]));
  const V32 a1 = hn::BitCast(d32, hn::InterleaveUpper(d16, r[0], r[1]));
  const V32 a2 = hn::BitCast(d32, hn::InterleaveLower(d16, r[2], r[3]));
  const V32 a3 = hn::BitCast(d32, hn::InterleaveUpper(d16, r[2], r[3]));
  const V32 a4 = hn::BitCast(d32, hn::InterleaveLower(d16, r[4], r[5]));
  const V32 a5 = hn::BitCast(d32, hn::InterleaveUpper(d16, r[4], r[5]));
  const V32 a6 = hn::BitCast(d32, hn::InterleaveLower(d16, r[6], r[7]));
  const V32 a7 = hn::BitCast(d32, hn::InterleaveUpper(d16, r[6], r[7]));
  const auto b0 = hn::BitCast(d64, hn::InterleaveLower(d32, a0, a2));
  const auto b1 = hn::BitCast(d64, hn::InterleaveUpper(d32, a0, a2));
  const auto b2 = hn::BitCast(d64, hn::InterleaveLower(d32, a1, a3));
  const auto b3 = hn::BitCast(d64, hn::InterleaveUpper(d32, a1, a3));
  const auto b4 = hn::BitCast(d64, hn::InterleaveLower(d32, a4, a6));
  const auto b5 = hn::BitCast(d64, hn::InterleaveUpper(d32, a4, a6));
  const auto b6 = hn::BitCast(d64, hn::InterleaveLower(d32, a5, a7));
  const auto b7 = hn::BitCast(d64, hn::InterleaveUpper(d32, a5, a7));
  r[0] = hn::BitCast(d16, hn::InterleaveLower(d64, b0, b4));
  r[1] = hn::BitCast(d16, hn::InterleaveUpper(d64, b0, b4));
  r[2] = hn::BitCast(d16, hn::InterleaveLower(d64, b1, b5));
  r[3] = hn::BitCast(d16, hn::InterleaveUpper(d64, b1, b5));
  r[4] = hn::BitCast(d16, hn::InterleaveLower(d64, b2, b6));
  r[5] = hn::BitCast(d16, hn::InterleaveUpper(d64, b2, b6));
  r[6] = hn::BitCast(d16, hn::InterleaveLower(d64, b3, b7));
  r[7] = hn::BitCast(d16, hn::InterleaveUpper(d64, b3, b7));
}

/// sum + a[2i] · k[2i] + a[2i + 1] · k[2i + 1], `factors` holding both k in every lane.
HWY_INLINE V32 AddProducts(V32 sum, V16 pairs, V16 factors) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_EMU128
  V32 unused = sum;
  return hn::ReorderWidenMulAccumulate(D32(), pairs, factors, sum, unused);
#else
  const D32 d32;
  const V32 a = hn::BitCast(d32, pairs);
  const V32 k = hn::BitCast(d32, factors);
  const auto even = [](V32 v) HWY_ATTR { return hn::ShiftRight<16>(hn::ShiftLeft<16>(v)); };
  const V32 products = hn::Add(hn::Mul(even(a), even(k)), hn::Mul(hn::ShiftRight<16>(a), hn::ShiftRight<16>(k)));
  return hn::Add(sum, products);
#endif
}

/// Sums of dct_fix()ed constants, which the products of the scalar code come to when they are multiplied out.
constexpr int PairOf(int even, int odd) {
  return static_cast<int>((static_cast<unsigned>(odd) << 16) | (static_cast<unsigned>(even) & 0xFFFF));
}

/// Two values side by side, in halves of a vector.
struct Interleaved {
  V16 lower, upper;
};

HWY_INLINE Interleaved Interleave(V16 a, V16 b) {
  return {hn::InterleaveLower(D16(), a, b), hn::InterleaveUpper(D16(), a, b)};
}

}  // namespace imagepacker::jpeg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif

#endif
