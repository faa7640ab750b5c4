// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/row_filter.h"

#include <array>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/png/row_filter.cc"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imagepacker {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// Vectors no longer than the padding that is promised.
using Tag = hn::CappedTag<std::uint8_t, kFilterPaddingBytes>;
using Vec = hn::Vec<Tag>;

/// The four bytes a prediction is made of, for a vector of samples.
struct Neighbours {
  Vec value, left, above, upper_left;
};

HWY_INLINE Neighbours load_neighbours(const FilterInput& input, std::size_t i) {
  const Tag d;
  const std::uint8_t* const row = input.row + i;
  const std::uint8_t* const above = input.above + i;
  return {hn::LoadU(d, row), hn::LoadU(d, row - input.pixel_bytes), hn::LoadU(d, above),
          hn::LoadU(d, above - input.pixel_bytes)};
}

HWY_INLINE Vec absolute_difference(Vec a, Vec b) {
  return hn::Sub(hn::Max(a, b), hn::Min(a, b));
}

HWY_INLINE Vec mean_rounded_down(Vec a, Vec b) {
  const Tag d;
  return hn::Sub(hn::AverageRound(a, b), hn::And(hn::Xor(a, b), hn::Set(d, 1)));
}

/// Paeth's predictor in eight bits. With p = left + above - upper left, |p - left| = |above - upper left| and
/// |p - above| = |left - upper left|; |p - upper left| is their sum when both go the same way, else their difference.
/// A sum that saturates is still no less than either.
HWY_INLINE Vec paeth_predictor(const Neighbours& n) {
  const Vec to_left = absolute_difference(n.above, n.upper_left);
  const Vec to_above = absolute_difference(n.left, n.upper_left);
  const auto left_is_lower = hn::Eq(hn::Min(n.left, n.upper_left), n.left);
  const auto above_is_lower = hn::Eq(hn::Min(n.above, n.upper_left), n.above);
  const Vec to_upper_left = hn::IfThenElse(hn::Xor(left_is_lower, above_is_lower),
                                           absolute_difference(to_left, to_above), hn::SaturatedAdd(to_left, to_above));
  const Vec least = hn::Min(hn::Min(to_left, to_above), to_upper_left);
  const Vec not_left = hn::IfThenElse(hn::Eq(least, to_above), n.above, n.upper_left);
  return hn::IfThenElse(hn::Eq(least, to_left), n.left, not_left);
}

template <RowFilter filter>
HWY_INLINE Vec filtered(const Neighbours& n) {
  switch (filter) {
    case RowFilter::none:
      return n.value;
    case RowFilter::sub:
      return hn::Sub(n.value, n.left);
    case RowFilter::up:
      return hn::Sub(n.value, n.above);
    case RowFilter::average:
      return hn::Sub(n.value, mean_rounded_down(n.left, n.above));
    case RowFilter::paeth:
      return hn::Sub(n.value, paeth_predictor(n));
  }
  return n.value;
}

template <RowFilter filter>
HWY_INLINE void filter_whole_row(const FilterInput& input, std::uint8_t* out) {
  const Tag d;
  for (std::size_t i = 0; i < input.count; i += hn::Lanes(d)) {
    hn::StoreU(filtered<filter>(load_neighbours(input, i)), d, out + i);
  }
}

void filter_row(RowFilter filter, const FilterInput& input, std::uint8_t* out) {
  switch (filter) {
    case RowFilter::none:
      return filter_whole_row<RowFilter::none>(input, out);
    case RowFilter::sub:
      return filter_whole_row<RowFilter::sub>(input, out);
    case RowFilter::up:
      return filter_whole_row<RowFilter::up>(input, out);
    case RowFilter::average:
      return filter_whole_row<RowFilter::average>(input, out);
    case RowFilter::paeth:
      return filter_whole_row<RowFilter::paeth>(input, out);
  }
}

/// |v| of signed bytes, 128 for -128, summed in groups of eight.
HWY_INLINE auto magnitudes(Vec v) {
  const Tag d;
  const hn::RebindToSigned<Tag> signed_bytes;
  return hn::SumsOf8(hn::BitCast(d, hn::Abs(hn::BitCast(signed_bytes, v))));
}

RowFilter least_magnitude_filter(const FilterInput& input) {
  const Tag d;
  const hn::Repartition<std::uint64_t, Tag> sums;
  auto none = hn::Zero(sums);
  auto sub = hn::Zero(sums);
  auto up = hn::Zero(sums);
  auto average = hn::Zero(sums);
  auto paeth = hn::Zero(sums);
  for (std::size_t i = 0; i < input.count; i += hn::Lanes(d)) {
    // Behind the end the values are zero and so is what none and up make of them, but not the others, whose left
    // neighbours are still in the row.
    Neighbours n = load_neighbours(input, i);
    if (HWY_UNLIKELY(i + hn::Lanes(d) > input.count)) {
      const auto inside = hn::FirstN(d, input.count - i);
      n.left = hn::IfThenElseZero(inside, n.left);
      n.upper_left = hn::IfThenElseZero(inside, n.upper_left);
    }
    none = hn::Add(none, magnitudes(filtered<RowFilter::none>(n)));
    sub = hn::Add(sub, magnitudes(filtered<RowFilter::sub>(n)));
    up = hn::Add(up, magnitudes(filtered<RowFilter::up>(n)));
    average = hn::Add(average, magnitudes(filtered<RowFilter::average>(n)));
    paeth = hn::Add(paeth, magnitudes(filtered<RowFilter::paeth>(n)));
  }
  const auto total = [&](auto lanes) { return hn::GetLane(hn::SumOfLanes(sums, lanes)); };
  const std::array<std::uint64_t, kRowFilterCount> totals = {total(none), total(sub), total(up), total(average),
                                                             total(paeth)};
  std::size_t best = 0;
  for (std::size_t f = 1; f < totals.size(); ++f) {
    best = totals[f] < totals[best] ? f : best;
  }
  return static_cast<RowFilter>(best);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imagepacker
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker {

HWY_EXPORT(filter_row);
HWY_EXPORT(least_magnitude_filter);

void filter_row(RowFilter filter, const FilterInput& input, std::uint8_t* filtered) {
  HWY_DYNAMIC_DISPATCH(filter_row)(filter, input, filtered);
}

RowFilter least_magnitude_filter(const FilterInput& input) {
  return HWY_DYNAMIC_DISPATCH(least_magnitude_filter)(input);
}

}  // namespace imagepacker
#endif
