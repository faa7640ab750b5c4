// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/block_tokens.h"

#include <bit>

#include "codec/jpeg/block_tokens-inl.h"

// The target that compresses vectors of 16-bit lanes with an instruction; without it plain code is as fast.
#define HWY_WANT_AVX3_DL
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/jpeg/block_tokens.cc"
#include <hwy/foreach_target.h>
// The order matters: Highway's functions are made anew for every target.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imagepacker::jpeg::HWY_NAMESPACE {

#if HWY_TARGET != HWY_AVX3_DL

std::size_t TokenizeMcus(std::span<const McuSlot> slots, int mcu_count, DcPredictors& predictors, Token* out) {
  return tokenize_mcus_scalar(slots, mcu_count, predictors, out);
}

#else

namespace hn = hwy::HWY_NAMESPACE;

using D16 = hn::Full512<std::int16_t>;
using DHalf16 = hn::Full256<std::int16_t>;
using D32 = hn::Full512<std::int32_t>;
using V32 = hn::Vec<D32>;

/// Appends the tokens of the first `count` <= 16 lanes, nonzero coefficients `values` at `places` in zigzag order;
/// writes a vector at the end. Lane 0 of `before` is the place before the first. False, with nothing of use stored,
/// when a run is longer than 15.
HWY_INLINE bool AppendTokens(V32 values, V32 places, int count, V32 before, unsigned table, Token*& out) {
  const D32 d32;
  const hn::Repartition<float, D32> df;
  const hn::Repartition<Token, D32> d16;
  alignas(64) constexpr std::int32_t kLaneBefore[16] = {0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
  const V32 previous =
      hn::IfThenElse(hn::FirstN(d32, 1), before, hn::TableLookupLanes(places, hn::SetTableIndices(d32, kLaneBefore)));
  const V32 run = hn::Sub(hn::Sub(places, previous), hn::Set(d32, 1));
  const auto valid = hn::FirstN(d32, static_cast<std::size_t>(count));
  if (!hn::AllFalse(d32, hn::And(valid, hn::Gt(run, hn::Set(d32, 15))))) {
    return false;
  }
  // Whole numbers above 0 are floats whose exponent field is 126 + bit_width.
  const V32 exponent = hn::ShiftRight<23>(hn::BitCast(d32, hn::ConvertTo(df, hn::Abs(values))));
  const V32 size = hn::Sub(exponent, hn::Set(d32, 126));
  const V32 size_mask = hn::Sub(hn::Shl(hn::Set(d32, 1), size), hn::Set(d32, 1));
  const V32 extra = hn::And(hn::Add(values, hn::ShiftRight<31>(values)), size_mask);
  const V32 symbol = hn::Or(hn::Or(hn::ShiftLeft<4>(run), size), hn::Set(d32, static_cast<std::int32_t>(table)));
  // The lower half of a lane is the symbol's token, never 0; the upper one that of raw bits, or 0.
  const auto is_split = hn::Gt(size, hn::Set(d32, kTokenExtraBits));
  const V32 upper_bits = hn::IfThenElse(is_split, hn::ShiftRight<kTokenExtraBits>(extra), extra);
  const V32 raw = hn::Or(hn::ShiftLeft<16 + kTokenExtraShift>(extra), hn::Set(d32, int{kRawBits} << 16));
  const V32 tokens =
      hn::Or(hn::Or(hn::ShiftLeft<kTokenExtraShift>(upper_bits), symbol), hn::IfThenElseZero(is_split, raw));
  const auto pairs = hn::BitCast(d16, hn::IfThenElseZero(valid, tokens));
  const auto present = hn::Ne(pairs, hn::Zero(d16));
  hn::StoreU(hn::Compress(pairs, present), d16, out);
  out += hn::CountTrue(d16, present);
  return true;
}

/// Appends the tokens of the coefficients [kFirst, kFirst + 32), of which `nonzero` are. `last`: the place of the last
/// nonzero one before them, then among them. False when a run is longer than 15.
template <int kFirst>
HWY_INLINE bool AppendHalf(const std::int16_t* coefficients, std::uint32_t nonzero, int& last, unsigned table,
                           Token*& out) {
  const D16 d16;
  const DHalf16 half;
  const D32 d32;
  if (nonzero == 0) {
    return true;
  }
  const int count = std::popcount(nonzero);
  const auto mask = hn::LoadMaskBits(d16, reinterpret_cast<const std::uint8_t*>(&nonzero));
  const auto values = hn::Compress(hn::Load(d16, coefficients + kFirst), mask);
  const auto places = hn::Compress(hn::Iota(d16, static_cast<std::int16_t>(kFirst)), mask);
  const V32 lower_places = hn::PromoteTo(d32, hn::LowerHalf(half, places));
  if (!AppendTokens(hn::PromoteTo(d32, hn::LowerHalf(half, values)), lower_places, count < 16 ? count : 16,
                    hn::Set(d32, last), table, out)) {
    return false;
  }
  if (count > 16) {
    alignas(64) constexpr std::int32_t kLastLane[16] = {15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15};
    const V32 before = hn::TableLookupLanes(lower_places, hn::SetTableIndices(d32, kLastLane));
    if (!AppendTokens(hn::PromoteTo(d32, hn::UpperHalf(half, values)), hn::PromoteTo(d32, hn::UpperHalf(half, places)),
                      count - 16, before, table, out)) {
      return false;
    }
  }
  last = kFirst + 31 - std::countl_zero(nonzero);
  return true;
}

HWY_INLINE Token* AppendAc(const std::int16_t* coefficients, std::uint64_t nonzero, bool is_chroma, Token* out) {
  const auto table = static_cast<unsigned>(huffman_table_index(true, is_chroma)) << 8;
  Token* const begin = out;
  int last = 0;
  if (!AppendHalf<0>(coefficients, static_cast<std::uint32_t>(nonzero & ~std::uint64_t{1}), last, table, out) ||
      !AppendHalf<32>(coefficients, static_cast<std::uint32_t>(nonzero >> 32), last, table, out)) {
    return append_ac(coefficients, nonzero, is_chroma, begin);
  }
  *out = static_cast<Token>(table);  // end of block, when there is one
  return out + (last != 63 ? 1 : 0);
}

std::size_t TokenizeMcus(std::span<const McuSlot> slots, int mcu_count, DcPredictors& predictors, Token* out) {
  Token* const begin = out;
  for (int mcu = 0; mcu < mcu_count; ++mcu) {
    for (const McuSlot& slot : slots) {
      const int block = slot.first + mcu * slot.step;
      const std::int16_t* const coefficients = slot.coefficients + 64 * block;
      int& predictor = predictors[static_cast<std::size_t>(slot.component)];
      out = append_dc(coefficients[0] - predictor, slot.is_chroma, out);
      predictor = coefficients[0];
      out = AppendAc(coefficients, slot.nonzero[block], slot.is_chroma, out);
    }
  }
  return static_cast<std::size_t>(out - begin);
}

#endif

}  // namespace imagepacker::jpeg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker::jpeg {

HWY_EXPORT(TokenizeMcus);

std::size_t tokenize_mcus(std::span<const McuSlot> slots, int mcu_count, DcPredictors& predictors, Token* out) {
  return HWY_DYNAMIC_DISPATCH(TokenizeMcus)(slots, mcu_count, predictors, out);
}

}  // namespace imagepacker::jpeg
#endif
