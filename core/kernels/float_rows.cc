// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kernels/float_rows.h"

#include <cstddef>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/float_rows.cc"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "kernels/vector_loop.h"

HWY_BEFORE_NAMESPACE();
namespace imagepacker {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

void mix_rows(const std::array<float, 3>& m, const float* a, const float* b, const float* c, int count, float* out) {
  for_each_vector<float>(static_cast<std::size_t>(count), [&](auto d, std::size_t x) HWY_ATTR {
    const auto ab =
        hn::Add(hn::Mul(hn::Set(d, m[0]), hn::LoadU(d, a + x)), hn::Mul(hn::Set(d, m[1]), hn::LoadU(d, b + x)));
    hn::StoreU(hn::Add(ab, hn::Mul(hn::Set(d, m[2]), hn::LoadU(d, c + x))), d, out + x);
  });
}

void scale_row(float m, const float* a, int count, float* out) {
  for_each_vector<float>(static_cast<std::size_t>(count), [&](auto d, std::size_t x) HWY_ATTR {
    hn::StoreU(hn::Mul(hn::Set(d, m), hn::LoadU(d, a + x)), d, out + x);
  });
}

void scale_add_row(float m, const float* a, const float* b, int count, float* out) {
  for_each_vector<float>(static_cast<std::size_t>(count), [&](auto d, std::size_t x) HWY_ATTR {
    hn::StoreU(hn::Add(hn::Mul(hn::Set(d, m), hn::LoadU(d, a + x)), hn::LoadU(d, b + x)), d, out + x);
  });
}

void divide_row(float divisor, const float* a, int count, float* out) {
  for_each_vector<float>(static_cast<std::size_t>(count), [&](auto d, std::size_t x) HWY_ATTR {
    hn::StoreU(hn::Div(hn::LoadU(d, a + x), hn::Set(d, divisor)), d, out + x);
  });
}

void multiply_row(const float* factors, int count, float* values) {
  for_each_vector<float>(static_cast<std::size_t>(count), [&](auto d, std::size_t x) HWY_ATTR {
    hn::StoreU(hn::Mul(hn::LoadU(d, values + x), hn::LoadU(d, factors + x)), d, values + x);
  });
}

void blend_rows(const float* weights, const float* const* rows, int row_count, int count, float* out) {
  if (row_count == 2) {
    // By far the most frequent, and faster without a loop in the loop.
    const float first_weight = weights[0];
    const float second_weight = weights[1];
    const float* const first = rows[0];
    const float* const second = rows[1];
    for_each_vector<float>(static_cast<std::size_t>(count), [&](auto d, std::size_t x) HWY_ATTR {
      const auto weighted = hn::Mul(hn::Set(d, first_weight), hn::LoadU(d, first + x));
      hn::StoreU(hn::Add(weighted, hn::Mul(hn::Set(d, second_weight), hn::LoadU(d, second + x))), d, out + x);
    });
    return;
  }
  for_each_vector<float>(static_cast<std::size_t>(count), [&](auto d, std::size_t x) HWY_ATTR {
    auto sum = hn::Mul(hn::Set(d, weights[0]), hn::LoadU(d, rows[0] + x));
    for (int r = 1; r < row_count; ++r) {
      sum = hn::Add(sum, hn::Mul(hn::Set(d, weights[r]), hn::LoadU(d, rows[r] + x)));
    }
    hn::StoreU(sum, d, out + x);
  });
}

void flatten_straight_row(const float* alpha, float background, int count, float* values) {
  for_each_vector<float>(static_cast<std::size_t>(count), [&](auto d, std::size_t x) HWY_ATTR {
    const auto a = hn::LoadU(d, alpha + x);
    const auto behind = hn::Mul(hn::Set(d, background), hn::Sub(hn::Set(d, 1.0F), a));
    hn::StoreU(hn::Add(hn::Mul(hn::LoadU(d, values + x), a), behind), d, values + x);
  });
}

void flatten_premultiplied_row(const float* alpha, float background, int count, float* values) {
  for_each_vector<float>(static_cast<std::size_t>(count), [&](auto d, std::size_t x) HWY_ATTR {
    const auto clear = hn::Sub(hn::Set(d, 1.0F), hn::LoadU(d, alpha + x));
    hn::StoreU(hn::Add(hn::LoadU(d, values + x), hn::Mul(hn::Set(d, background), clear)), d, values + x);
  });
}

void unpremultiply_row(const float* alpha, int count, float* values) {
  for_each_vector<float>(static_cast<std::size_t>(count), [&](auto d, std::size_t x) HWY_ATTR {
    const auto a = hn::LoadU(d, alpha + x);
    const auto is_visible = hn::Gt(a, hn::Zero(d));
    // No division by 0 in lanes whose result is not wanted either.
    const auto divisor = hn::IfThenElse(is_visible, a, hn::Set(d, 1.0F));
    hn::StoreU(hn::IfThenElseZero(is_visible, hn::Div(hn::LoadU(d, values + x), divisor)), d, values + x);
  });
}

void double_columns(const ColumnTaps& even, const ColumnTaps& odd, const float* in, int count, float* out) {
  const auto pairs = static_cast<std::size_t>(count) / 2;
  for_each_vector<float>(pairs, [&](auto d, std::size_t x) HWY_ATTR {
    const auto sum = [&](const ColumnTaps& taps) HWY_ATTR {
      const float* const at = in + x + taps.first;
      const auto first = hn::Mul(hn::Set(d, taps.weights[0]), hn::LoadU(d, at));
      return hn::Add(first, hn::Mul(hn::Set(d, taps.weights[1]), hn::LoadU(d, at + 1)));
    };
    hn::StoreInterleaved2(sum(even), sum(odd), d, out + 2 * x);
  });
  if (count % 2 != 0) {
    const float* const at = in + pairs + even.first;
    out[count - 1] = even.weights[0] * at[0] + even.weights[1] * at[1];
  }
}

void halve_columns(const ColumnTaps& taps, const float* in, int count, float* out) {
  for_each_vector<float>(static_cast<std::size_t>(count), [&](auto d, std::size_t x) HWY_ATTR {
    using V = decltype(hn::Zero(d));
    V a, b, c, unused;
    hn::LoadInterleaved2(d, in + 2 * x + taps.first, a, b);
    auto sum = hn::Add(hn::Mul(hn::Set(d, taps.weights[0]), a), hn::Mul(hn::Set(d, taps.weights[1]), b));
    if (taps.weights[2] != 0) {
      hn::LoadInterleaved2(d, in + 2 * x + taps.first + 2, c, unused);
      sum = hn::Add(sum, hn::Mul(hn::Set(d, taps.weights[2]), c));
    }
    hn::StoreU(sum, d, out + x);
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imagepacker
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker {

HWY_EXPORT(mix_rows);
HWY_EXPORT(scale_row);
HWY_EXPORT(scale_add_row);
HWY_EXPORT(divide_row);
HWY_EXPORT(multiply_row);
HWY_EXPORT(blend_rows);
HWY_EXPORT(flatten_straight_row);
HWY_EXPORT(flatten_premultiplied_row);
HWY_EXPORT(unpremultiply_row);
HWY_EXPORT(double_columns);
HWY_EXPORT(halve_columns);

void mix_rows(const std::array<float, 3>& m, const float* a, const float* b, const float* c, int count, float* out) {
  HWY_DYNAMIC_DISPATCH(mix_rows)(m, a, b, c, count, out);
}

void scale_row(float m, const float* a, int count, float* out) {
  HWY_DYNAMIC_DISPATCH(scale_row)(m, a, count, out);
}

void scale_add_row(float m, const float* a, const float* b, int count, float* out) {
  HWY_DYNAMIC_DISPATCH(scale_add_row)(m, a, b, count, out);
}

void divide_row(float divisor, const float* a, int count, float* out) {
  HWY_DYNAMIC_DISPATCH(divide_row)(divisor, a, count, out);
}

void multiply_row(const float* factors, int count, float* values) {
  HWY_DYNAMIC_DISPATCH(multiply_row)(factors, count, values);
}

void blend_rows(const float* weights, const float* const* rows, int row_count, int count, float* out) {
  HWY_DYNAMIC_DISPATCH(blend_rows)(weights, rows, row_count, count, out);
}

void flatten_straight_row(const float* alpha, float background, int count, float* values) {
  HWY_DYNAMIC_DISPATCH(flatten_straight_row)(alpha, background, count, values);
}

void flatten_premultiplied_row(const float* alpha, float background, int count, float* values) {
  HWY_DYNAMIC_DISPATCH(flatten_premultiplied_row)(alpha, background, count, values);
}

void unpremultiply_row(const float* alpha, int count, float* values) {
  HWY_DYNAMIC_DISPATCH(unpremultiply_row)(alpha, count, values);
}

void double_columns(const ColumnTaps& even, const ColumnTaps& odd, const float* in, int count, float* out) {
  HWY_DYNAMIC_DISPATCH(double_columns)(even, odd, in, count, out);
}

void halve_columns(const ColumnTaps& taps, const float* in, int count, float* out) {
  HWY_DYNAMIC_DISPATCH(halve_columns)(taps, in, count, out);
}

}  // namespace imagepacker
#endif
