// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8/block_kernels.h"

#include <bit>
#include <cstring>

#include "codec/webp/vp8/forward_factors.h"
#include "codec/webp/vp8/kernel_shuffles.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/webp/vp8/block_kernels.cc"
#include <hwy/foreach_target.h>
// The order matters: Highway's functions are made anew for every target.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imagepacker::vp8::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR || HWY_HAVE_SCALABLE

void TransformQuad(const std::uint8_t* source, const std::uint8_t* prediction, Quad& coefficients) {
  transform_quad_scalar(source, prediction, coefficients);
}
void QuantizeQuad(const Quad& coefficients, const QuadQuantizer& quantizer, const RoughCosts& costs,
                  QuantizedQuad& result) {
  quantize_quad_scalar(coefficients, quantizer, costs, result);
}
void ReconstructQuad(const Quad& coefficients, const std::uint8_t* prediction, std::uint8_t* result) {
  reconstruct_quad_scalar(coefficients, prediction, result);
}
void TrySubblockModes(const std::uint8_t* source, const SubblockEdge& edge, const QuadQuantizer& quantizer,
                      const RoughCosts& costs, SubblockTrials& trials) {
  try_subblock_modes_scalar(source, edge, quantizer, costs, trials);
}
int ZigzagLevels(const Quad& levels, int block, std::int16_t* result) {
  return zigzag_levels_scalar(levels, block, result);
}

#else

namespace hn = hwy::HWY_NAMESPACE;

// A vector holds a row of two or four neighbouring blocks.
using D16 = hn::CappedTag<std::int16_t, 16>;
using D32 = hn::Repartition<std::int32_t, D16>;
using DU16 = hn::Repartition<std::uint16_t, D16>;
using DU8 = hn::Repartition<std::uint8_t, D16>;
using DRow = hn::Rebind<std::uint8_t, D16>;
using D8 = hn::Full128<std::uint8_t>;
using V16 = hn::Vec<D16>;
using V32 = hn::Vec<D32>;
using V8 = hn::Vec<D8>;
constexpr std::size_t kLanes = hn::MaxLanes(D16());
static_assert(kLanes == 8 || kLanes == 16);

struct Rows {
  V16 r[4];
};

/// Transposes every block.
HWY_INLINE void Transpose(Rows& m) {
  const D16 d16;
  const D32 d32;
  const hn::Repartition<std::int64_t, D16> d64;
  V16* const r = m.r;
  const V32 even01 = hn::BitCast(d32, hn::InterleaveLower(d16, r[0], r[1]));
  const V32 even23 = hn::BitCast(d32, hn::InterleaveLower(d16, r[2], r[3]));
  const V32 odd01 = hn::BitCast(d32, hn::InterleaveUpper(d16, r[0], r[1]));
  const V32 odd23 = hn::BitCast(d32, hn::InterleaveUpper(d16, r[2], r[3]));
  const auto even_low = hn::BitCast(d64, hn::InterleaveLower(d32, even01, even23));
  const auto even_high = hn::BitCast(d64, hn::InterleaveUpper(d32, even01, even23));
  const auto odd_low = hn::BitCast(d64, hn::InterleaveLower(d32, odd01, odd23));
  const auto odd_high = hn::BitCast(d64, hn::InterleaveUpper(d32, odd01, odd23));
  r[0] = hn::BitCast(d16, hn::InterleaveLower(d64, even_low, odd_low));
  r[1] = hn::BitCast(d16, hn::InterleaveUpper(d64, even_low, odd_low));
  r[2] = hn::BitCast(d16, hn::InterleaveLower(d64, even_high, odd_high));
  r[3] = hn::BitCast(d16, hn::InterleaveUpper(d64, even_high, odd_high));
}

HWY_INLINE void ForwardLines(Rows& m) {
  const D16 d16;
  V16* const r = m.r;
  const V16 cosine = hn::Set(d16, kForwardCosine);
  const V16 sine = hn::Set(d16, kForwardSine);
  const V16 sum03 = hn::Add(r[0], r[3]);
  const V16 sum12 = hn::Add(r[1], r[2]);
  const V16 difference12 = hn::Sub(r[1], r[2]);
  const V16 difference03 = hn::Sub(r[0], r[3]);
  r[0] = hn::Add(sum03, sum12);
  r[1] = hn::Add(hn::Add(difference03, hn::MulFixedPoint15(difference03, cosine)),
                 hn::MulFixedPoint15(difference12, sine));
  r[2] = hn::Sub(sum03, sum12);
  r[3] = hn::Sub(hn::Sub(hn::MulFixedPoint15(difference03, sine), difference12),
                 hn::MulFixedPoint15(difference12, cosine));
}

HWY_INLINE V16 TimesCosine(V16 value) {
  return hn::Add(value, hn::MulHigh(value, hn::Set(D16(), kCosine)));
}

HWY_INLINE V16 TimesSine(V16 value) {
  // The factor has 16 bits: as a signed number it is short of it by 65536.
  return hn::Add(value, hn::MulHigh(value, hn::Set(D16(), static_cast<std::int16_t>(kSine - 65536))));
}

HWY_INLINE void InverseLines(Rows& m) {
  V16* const r = m.r;
  const V16 a = hn::Add(r[0], r[2]);
  const V16 b = hn::Sub(r[0], r[2]);
  const V16 c = hn::Sub(TimesSine(r[1]), TimesCosine(r[3]));
  const V16 d = hn::Add(TimesCosine(r[1]), TimesSine(r[3]));
  r[0] = hn::Add(a, d);
  r[1] = hn::Add(b, c);
  r[2] = hn::Sub(b, c);
  r[3] = hn::Sub(a, d);
}

HWY_INLINE V16 LoadRow(const std::uint8_t* row) {
  return hn::PromoteTo(D16(), hn::LoadU(DRow(), row));
}

HWY_INLINE V16 Residual(V16 source, V16 prediction) {
  return hn::ShiftLeft<3>(hn::Sub(source, prediction));
}

HWY_INLINE void Forward(Rows& m) {
  ForwardLines(m);
  Transpose(m);
  ForwardLines(m);
}

/// sum + a[2i] · b[2i] + a[2i + 1] · b[2i + 1].
HWY_INLINE V32 AddProducts(V32 sum, V16 a, V16 b) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_EMU128
  V32 unused = sum;
  return hn::ReorderWidenMulAccumulate(D32(), a, b, sum, unused);
#else
  const D32 d32;
  const V32 a32 = hn::BitCast(d32, a);
  const V32 b32 = hn::BitCast(d32, b);
  const auto even = [](V32 v) HWY_ATTR { return hn::ShiftRight<16>(hn::ShiftLeft<16>(v)); };
  const V32 products =
      hn::Add(hn::Mul(even(a32), even(b32)), hn::Mul(hn::ShiftRight<16>(a32), hn::ShiftRight<16>(b32)));
  return hn::Add(sum, products);
#endif
}

/// Sums of the two lanes of each block.
HWY_INLINE void StoreBlockSums(V32 pairs, std::uint32_t* sums) {
  const D32 d32;
  alignas(32) std::int32_t lanes[kLanes / 2];
  hn::Store(hn::Add(pairs, hn::Shuffle2301(pairs)), d32, lanes);
  for (std::size_t block = 0; block < kLanes / 4; ++block) {
    sums[block] = static_cast<std::uint32_t>(lanes[block * 2]);
  }
}

/// Quantises the blocks from number `first` / 4 on.
HWY_INLINE void Quantize(const Rows& m, std::size_t first, const QuadQuantizer& quantizer, const RoughCosts& costs,
                         QuantizedQuad& result) {
  const D16 d16;
  const D32 d32;
  const DU16 du16;
  V32 squares = hn::Zero(d32);
  V32 bits = hn::Zero(d32);
  const V16 ones = hn::Set(d16, 1);
  for (std::size_t h = 0; h < 4; ++h) {
    const std::size_t at = h * 16 + first;
    const auto magnitude = hn::BitCast(du16, hn::Abs(m.r[h]));
    const auto biased = hn::Add(magnitude, hn::Load(du16, &quantizer.bias[at]));
    const auto level = hn::MulHigh(hn::MulHigh(biased, hn::Load(du16, &quantizer.reciprocal[at])),
                                   hn::Load(du16, &quantizer.scale[at]));
    const V16 signed_level = hn::BitCast(d16, level);
    const V16 sign = hn::ShiftRight<15>(m.r[h]);
    hn::Store(hn::Sub(hn::Xor(signed_level, sign), sign), d16, &result.levels.values[at]);
    const V16 restored = hn::ShiftLeft<4>(hn::Mul(signed_level, hn::Load(d16, &quantizer.step[at])));
    const V16 rest = hn::Sub(hn::BitCast(d16, magnitude), restored);
    squares = AddProducts(squares, rest, rest);
    const auto table = hn::LoadDup128(DU8(), costs.of[h].data());
    // The high byte of every lane finds nothing.
    const auto index = hn::Or(hn::Min(level, hn::Set(du16, 15)), hn::Set(du16, 0x8000));
    const auto cost = hn::TableLookupBytesOr0(table, hn::BitCast(DU8(), index));
    bits = AddProducts(bits, hn::BitCast(d16, cost), ones);
  }
  const V32 doubled = hn::Add(squares, hn::Shuffle2301(squares));
  alignas(32) std::int32_t lanes[kLanes / 2];
  hn::Store(hn::ShiftRight<6>(doubled), d32, lanes);
  for (std::size_t block = 0; block < kLanes / 4; ++block) {
    result.distortion[first / 4 + block] = static_cast<std::uint32_t>(lanes[block * 2]);
  }
  StoreBlockSums(bits, &result.rough_bits[first / 4]);
}

void TransformQuad(const std::uint8_t* source, const std::uint8_t* prediction, Quad& coefficients) {
  for (std::size_t first = 0; first < 16; first += kLanes) {
    Rows m;
    for (std::size_t y = 0; y < 4; ++y) {
      const std::size_t at = y * kQuadRowBytes + first;
      m.r[y] = Residual(LoadRow(source + at), LoadRow(prediction + at));
    }
    Forward(m);
    for (std::size_t h = 0; h < 4; ++h) {
      hn::Store(m.r[h], D16(), &coefficients.values[h * 16 + first]);
    }
  }
}

void QuantizeQuad(const Quad& coefficients, const QuadQuantizer& quantizer, const RoughCosts& costs,
                  QuantizedQuad& result) {
  for (std::size_t first = 0; first < 16; first += kLanes) {
    Rows m;
    for (std::size_t h = 0; h < 4; ++h) {
      m.r[h] = hn::Load(D16(), &coefficients.values[h * 16 + first]);
    }
    Quantize(m, first, quantizer, costs, result);
  }
}

void ReconstructQuad(const Quad& coefficients, const std::uint8_t* prediction, std::uint8_t* result) {
  const D16 d16;
  for (std::size_t first = 0; first < 16; first += kLanes) {
    Rows m;
    for (std::size_t h = 0; h < 4; ++h) {
      m.r[h] = hn::Load(d16, &coefficients.values[h * 16 + first]);
    }
    Transpose(m);
    InverseLines(m);
    Transpose(m);
    InverseLines(m);
    Transpose(m);
    for (std::size_t y = 0; y < 4; ++y) {
      const std::size_t at = y * kQuadRowBytes + first;
      const V16 residual = hn::ShiftRight<3>(hn::Add(m.r[y], hn::Set(d16, 4)));
      hn::StoreU(hn::DemoteTo(DRow(), hn::Add(residual, LoadRow(prediction + at))), DRow(), result + at);
    }
  }
}

HWY_INLINE V8 Lookup(V8 table, const std::uint8_t* indices) {
  return hn::TableLookupBytesOr0(table, hn::Load(D8(), indices));
}

/// `edge` with the rounded average of the samples to the left and above as its last.
HWY_INLINE V8 WithAverage(V8 edge) {
  const D8 d8;
  const hn::Repartition<std::uint64_t, D8> d64;
  alignas(16) static constexpr std::uint8_t kSummed[16] = {0,   255, 255, 255, 255, 0, 255, 255,
                                                           255, 255, 0,   0,   0,   0, 0,   0};
  alignas(16) static constexpr std::uint8_t kKept[16] = {255, 255, 255, 255, 255, 255, 255, 255,
                                                         255, 255, 255, 255, 255, 255, 255, 0};
  const auto halves = hn::SumsOf8(hn::And(edge, hn::Load(d8, kSummed)));
  const auto sum = hn::Add(hn::Add(halves, hn::Shuffle01(halves)), hn::Set(d64, 4));
  const V8 average = hn::ShiftLeftBytes<15>(d8, hn::BitCast(d8, hn::ShiftRight<3>(sum)));
  return hn::Or(hn::And(edge, hn::Load(d8, kKept)), average);
}

/// The 16 samples of B_TM_PRED.
HWY_INLINE V8 TrueMotion(V8 edge) {
  const D8 d8;
  const hn::Repartition<std::int16_t, D8> d16;
  const hn::Rebind<std::uint8_t, decltype(d16)> half;
  constexpr std::uint8_t kNone = 0x80;
  alignas(16) static constexpr std::uint8_t kAbove[16] = {6, kNone, 7, kNone, 8, kNone, 9, kNone,
                                                          6, kNone, 7, kNone, 8, kNone, 9, kNone};
  alignas(16) static constexpr std::uint8_t kLeft01[16] = {4, kNone, 4, kNone, 4, kNone, 4, kNone,
                                                           3, kNone, 3, kNone, 3, kNone, 3, kNone};
  alignas(16) static constexpr std::uint8_t kLeft23[16] = {2, kNone, 2, kNone, 2, kNone, 2, kNone,
                                                           1, kNone, 1, kNone, 1, kNone, 1, kNone};
  alignas(16) static constexpr std::uint8_t kCorner[16] = {5, kNone, 5, kNone, 5, kNone, 5, kNone,
                                                           5, kNone, 5, kNone, 5, kNone, 5, kNone};
  const auto widen = [&](const std::uint8_t* indices) HWY_ATTR { return hn::BitCast(d16, Lookup(edge, indices)); };
  const auto slope = hn::Sub(widen(kAbove), widen(kCorner));
  const auto low = hn::DemoteTo(half, hn::Add(slope, widen(kLeft01)));
  const auto high = hn::DemoteTo(half, hn::Add(slope, widen(kLeft23)));
  return hn::Combine(d8, high, low);
}

HWY_INLINE void PredictSubblocks(const SubblockEdge& samples, SubblockTrials& trials) {
  const D8 d8;
  const V8 edge = WithAverage(hn::LoadU(d8, samples.data()));
  const V8 before = hn::ShiftLeftBytes<1>(d8, edge);
  const V8 behind = hn::ShiftRightBytes<1>(d8, edge);
  const V8 average2 = hn::AverageRound(edge, behind);
  // (a + 2b + c + 2) >> 2 without more bits: the inner average is rounded down.
  const V8 outer = hn::Sub(hn::AverageRound(before, behind), hn::And(hn::Xor(before, behind), hn::Set(d8, 1)));
  const V8 average3 = hn::AverageRound(outer, edge);
  const V8 true_motion = TrueMotion(edge);
  const auto& shuffle = kPredictionShuffle;
  for (std::size_t y = 0; y < 4; ++y) {
    const std::size_t at = y * kQuadRowBytes;
    const V8 first = hn::Or(hn::Or(Lookup(edge, shuffle.edge[0][y]), Lookup(true_motion, shuffle.true_motion[y])),
                            Lookup(average3, shuffle.average3[0][y]));
    hn::Store(first, d8, &trials.predictions[0][at]);
    const V8 second = hn::Or(Lookup(average2, shuffle.average2[1][y]), Lookup(average3, shuffle.average3[1][y]));
    hn::Store(second, d8, &trials.predictions[1][at]);
    const V8 third = hn::Or(hn::Or(Lookup(edge, shuffle.edge[2][y]), Lookup(average2, shuffle.average2[2][y])),
                            Lookup(average3, shuffle.average3[2][y]));
    hn::Store(third, d8, &trials.predictions[2][at]);
  }
}

void TrySubblockModes(const std::uint8_t* source, const SubblockEdge& edge, const QuadQuantizer& quantizer,
                      const RoughCosts& costs, SubblockTrials& trials) {
  PredictSubblocks(edge, trials);
  Rows repeated;
  for (std::size_t y = 0; y < 4; ++y) {
    std::uint32_t row = 0;
    std::memcpy(&row, source + y * kQuadRowBytes, sizeof row);
    const hn::Repartition<std::uint32_t, DRow> d_words;
    repeated.r[y] = hn::PromoteTo(D16(), hn::BitCast(DRow(), hn::Set(d_words, row)));
  }
  for (std::size_t quad = 0; quad < 3; ++quad) {
    for (std::size_t first = 0; first < 16; first += kLanes) {
      Rows m;
      for (std::size_t y = 0; y < 4; ++y) {
        m.r[y] = Residual(repeated.r[y], LoadRow(&trials.predictions[quad][y * kQuadRowBytes + first]));
      }
      Forward(m);
      Quantize(m, first, quantizer, costs, trials.quads[quad]);
    }
  }
}

int ZigzagLevels(const Quad& levels, int block, std::int16_t* result) {
  const D8 d8;
  const hn::Repartition<std::int16_t, D8> d16;
  const hn::Half<decltype(d16)> d_row;
  const std::int16_t* const from = &levels.values[static_cast<std::size_t>(block) * 4];
  const V8 low = hn::BitCast(d8, hn::Combine(d16, hn::Load(d_row, from + 16), hn::Load(d_row, from)));
  const V8 high = hn::BitCast(d8, hn::Combine(d16, hn::Load(d_row, from + 48), hn::Load(d_row, from + 32)));
  std::uint32_t nonzero = 0;
  for (std::size_t half = 0; half < 2; ++half) {
    const auto values = hn::BitCast(
        d16, hn::Or(Lookup(low, kZigzagShuffle.bytes[half][0]), Lookup(high, kZigzagShuffle.bytes[half][1])));
    hn::StoreU(values, d16, result + half * 8);
    std::uint8_t bits[8] = {};
    hn::StoreMaskBits(d16, hn::Ne(values, hn::Zero(d16)), bits);
    nonzero |= static_cast<std::uint32_t>(bits[0]) << (half * 8);
  }
  return std::bit_width(nonzero);
}

#endif

}  // namespace imagepacker::vp8::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker::vp8 {

HWY_EXPORT(TransformQuad);
HWY_EXPORT(QuantizeQuad);
HWY_EXPORT(ReconstructQuad);
HWY_EXPORT(TrySubblockModes);
HWY_EXPORT(ZigzagLevels);

void transform_quad(const std::uint8_t* source, const std::uint8_t* prediction, Quad& coefficients) {
  HWY_DYNAMIC_DISPATCH(TransformQuad)(source, prediction, coefficients);
}

void quantize_quad(const Quad& coefficients, const QuadQuantizer& quantizer, const RoughCosts& costs,
                   QuantizedQuad& result) {
  HWY_DYNAMIC_DISPATCH(QuantizeQuad)(coefficients, quantizer, costs, result);
}

void reconstruct_quad(const Quad& coefficients, const std::uint8_t* prediction, std::uint8_t* result) {
  HWY_DYNAMIC_DISPATCH(ReconstructQuad)(coefficients, prediction, result);
}

void try_subblock_modes(const std::uint8_t* source, const SubblockEdge& edge, const QuadQuantizer& quantizer,
                        const RoughCosts& costs, SubblockTrials& trials) {
  HWY_DYNAMIC_DISPATCH(TrySubblockModes)(source, edge, quantizer, costs, trials);
}

int zigzag_levels(const Quad& levels, int block, std::int16_t* result) {
  return HWY_DYNAMIC_DISPATCH(ZigzagLevels)(levels, block, result);
}

}  // namespace imagepacker::vp8
#endif
