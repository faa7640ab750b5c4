// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kernels/table_rows.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/table_rows.cc"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "kernels/vector_loop.h"

HWY_BEFORE_NAMESPACE();
namespace imagepacker {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// values[index] + fraction · (values[index + 1] − values[index])
template <class D, class V, class I>
HWY_INLINE V interpolated(D d, const float* values, I index, V fraction) {
  const V low = hn::GatherIndex(d, values, index);
  const V high = hn::GatherIndex(d, values + 1, index);
  return hn::Add(low, hn::Mul(fraction, hn::Sub(high, low)));
}

template <class D, class V>
HWY_INLINE V look_up(D d, const CodeTableView& table, V coded) {
  const hn::Rebind<std::int32_t, D> integers;
  const V clamped = hn::Min(hn::Max(coded, hn::Zero(d)), hn::Set(d, 1.0F));
  const V position = hn::Mul(clamped, hn::Set(d, static_cast<float>(CodeTableView::kSteps)));
  const auto index = hn::ConvertTo(integers, position);
  return interpolated(d, table.values, index, hn::Sub(position, hn::ConvertTo(d, index)));
}

template <class D, class V>
HWY_INLINE V look_up(D d, const LightTableView& table, V light) {
  const hn::Rebind<std::int32_t, D> integers;
  constexpr int kBits = LightTableView::kFractionBits;
  const V clamped = hn::Min(hn::Max(light, hn::Set(d, LightTableView::kLowest)), hn::Set(d, LightTableView::kHighest));
  // Positive floats are ordered as their bits are.
  const auto position = hn::Sub(hn::BitCast(integers, clamped),
                                hn::Set(integers, static_cast<std::int32_t>(LightTableView::kLowestBits)));
  const auto rest = hn::And(position, hn::Set(integers, (1 << kBits) - 1));
  const V fraction = hn::Mul(hn::ConvertTo(d, rest), hn::Set(d, 1.0F / (1 << kBits)));
  return interpolated(d, table.values, hn::ShiftRight<kBits>(position), fraction);
}

void look_up_codes(const CodeTableView& table, std::size_t count, float* row) {
  for_each_vector<float>(
      count, [&](auto d, std::size_t x) HWY_ATTR { hn::StoreU(look_up(d, table, hn::LoadU(d, row + x)), d, row + x); });
}

void look_up_light(const LightTableView& table, std::size_t count, float* row) {
  for_each_vector<float>(
      count, [&](auto d, std::size_t x) HWY_ATTR { hn::StoreU(look_up(d, table, hn::LoadU(d, row + x)), d, row + x); });
}

template <class D, class V>
HWY_INLINE V weighted(D d, const std::array<float, 3>& weights, V r, V g, V b) {
  const V rg = hn::Add(hn::Mul(hn::Set(d, weights[0]), r), hn::Mul(hn::Set(d, weights[1]), g));
  return hn::Add(rg, hn::Mul(hn::Set(d, weights[2]), b));
}

void apply_luminance_gain(const LightTableView& table, const std::array<float, 3>& weights, std::size_t count, float* r,
                          float* g, float* b) {
  for_each_vector<float>(count, [&](auto d, std::size_t x) HWY_ATTR {
    const auto red = hn::LoadU(d, r + x);
    const auto green = hn::LoadU(d, g + x);
    const auto blue = hn::LoadU(d, b + x);
    const auto gain = look_up(d, table, weighted(d, weights, red, green, blue));
    hn::StoreU(hn::Mul(red, gain), d, r + x);
    hn::StoreU(hn::Mul(green, gain), d, g + x);
    hn::StoreU(hn::Mul(blue, gain), d, b + x);
  });
}

void apply_peak_gain(const LightTableView& table, std::size_t count, float* r, float* g, float* b) {
  for_each_vector<float>(count, [&](auto d, std::size_t x) HWY_ATTR {
    const auto red = hn::LoadU(d, r + x);
    const auto green = hn::LoadU(d, g + x);
    const auto blue = hn::LoadU(d, b + x);
    const auto gain = look_up(d, table, hn::Max(hn::Max(red, green), blue));
    hn::StoreU(hn::Mul(red, gain), d, r + x);
    hn::StoreU(hn::Mul(green, gain), d, g + x);
    hn::StoreU(hn::Mul(blue, gain), d, b + x);
  });
}

void multiply_pixels(const std::array<std::array<float, 3>, 3>& matrix, std::size_t count, float* r, float* g,
                     float* b) {
  for_each_vector<float>(count, [&](auto d, std::size_t x) HWY_ATTR {
    const auto red = hn::LoadU(d, r + x);
    const auto green = hn::LoadU(d, g + x);
    const auto blue = hn::LoadU(d, b + x);
    hn::StoreU(hn::Max(weighted(d, matrix[0], red, green, blue), hn::Zero(d)), d, r + x);
    hn::StoreU(hn::Max(weighted(d, matrix[1], red, green, blue), hn::Zero(d)), d, g + x);
    hn::StoreU(hn::Max(weighted(d, matrix[2], red, green, blue), hn::Zero(d)), d, b + x);
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imagepacker
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker {

HWY_EXPORT(look_up_codes);
HWY_EXPORT(look_up_light);
HWY_EXPORT(apply_luminance_gain);
HWY_EXPORT(apply_peak_gain);
HWY_EXPORT(multiply_pixels);

void look_up_row(const CodeTableView& table, std::size_t count, float* row) {
  HWY_DYNAMIC_DISPATCH(look_up_codes)(table, count, row);
}
void look_up_row(const LightTableView& table, std::size_t count, float* row) {
  HWY_DYNAMIC_DISPATCH(look_up_light)(table, count, row);
}
void apply_luminance_gain(const LightTableView& table, const std::array<float, 3>& weights, std::size_t count, float* r,
                          float* g, float* b) {
  HWY_DYNAMIC_DISPATCH(apply_luminance_gain)(table, weights, count, r, g, b);
}
void apply_peak_gain(const LightTableView& table, std::size_t count, float* r, float* g, float* b) {
  HWY_DYNAMIC_DISPATCH(apply_peak_gain)(table, count, r, g, b);
}
void multiply_pixels(const std::array<std::array<float, 3>, 3>& matrix, std::size_t count, float* r, float* g,
                     float* b) {
  HWY_DYNAMIC_DISPATCH(multiply_pixels)(matrix, count, r, g, b);
}

}  // namespace imagepacker
#endif
