// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kernels/pixel_rows.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/pixel_rows.cc"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "kernels/vector_loop.h"

HWY_BEFORE_NAMESPACE();
namespace imagepacker {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// Codes as floats, less `offset`.
template <class D>
HWY_INLINE auto load_codes(D d, const std::uint8_t* codes, float offset) {
  const hn::Rebind<std::int32_t, D> integers;
  const hn::Rebind<std::uint8_t, D> bytes;
  return hn::Sub(hn::ConvertTo(d, hn::PromoteTo(integers, hn::LoadU(bytes, codes))), hn::Set(d, offset));
}

/// Truncation and saturation do what a clamp to 0 … 255.5 before truncation would, for mixed bytes: conversions from
/// 32 to 8 bits are sure to saturate only what fits 16.
template <class D, class V>
HWY_INLINE void store_codes(D d, V values, float offset, std::uint8_t* out) {
  const hn::Rebind<std::int32_t, D> integers;
  const hn::Rebind<std::uint8_t, D> bytes;
  const auto biased = hn::Add(values, hn::Set(d, offset + 0.5F));
  hn::StoreU(hn::DemoteTo(bytes, hn::ConvertTo(integers, biased)), bytes, out);
}

template <class D, class V>
HWY_INLINE V mixed(D d, const ByteMix& mix, V a, V b, V c) {
  const V ab = hn::Add(hn::Mul(hn::Set(d, mix.weights[0]), a), hn::Mul(hn::Set(d, mix.weights[1]), b));
  return hn::Add(ab, hn::Mul(hn::Set(d, mix.weights[2]), c));
}

void scale_add_bytes(const std::uint8_t* luma, float luma_offset, float weight, const float* added, std::size_t count,
                     float offset, std::uint8_t* out) {
  if (added == nullptr) {
    for_each_vector<float>(count, [&](auto d, std::size_t x) HWY_ATTR {
      store_codes(d, hn::Mul(hn::Set(d, weight), load_codes(d, luma + x, luma_offset)), offset, out + x);
    });
    return;
  }
  for_each_vector<float>(count, [&](auto d, std::size_t x) HWY_ATTR {
    const auto scaled = hn::Mul(hn::Set(d, weight), load_codes(d, luma + x, luma_offset));
    store_codes(d, hn::Add(scaled, hn::LoadU(d, added + x)), offset, out + x);
  });
}

void mix_bytes(const std::uint8_t* const* rows, float in_offset, const ByteMix* mixes, int mix_count, std::size_t count,
               std::uint8_t* const* out) {
  const std::uint8_t* const ra = rows[0];
  const std::uint8_t* const rb = rows[1];
  const std::uint8_t* const rc = rows[2];
  if (mix_count == 1) {
    const ByteMix mix = mixes[0];
    std::uint8_t* const to = out[0];
    for_each_vector<float>(count, [&](auto d, std::size_t x) HWY_ATTR {
      store_codes(d,
                  mixed(d, mix, load_codes(d, ra + x, in_offset), load_codes(d, rb + x, in_offset),
                        load_codes(d, rc + x, in_offset)),
                  mix.offset, to + x);
    });
    return;
  }
  const ByteMix m0 = mixes[0];
  const ByteMix m1 = mixes[1];
  const ByteMix m2 = mixes[2];
  std::uint8_t* const o0 = out[0];
  std::uint8_t* const o1 = out[1];
  std::uint8_t* const o2 = out[2];
  for_each_vector<float>(count, [&](auto d, std::size_t x) HWY_ATTR {
    const auto a = load_codes(d, ra + x, in_offset);
    const auto b = load_codes(d, rb + x, in_offset);
    const auto c = load_codes(d, rc + x, in_offset);
    store_codes(d, mixed(d, m0, a, b, c), m0.offset, o0 + x);
    store_codes(d, mixed(d, m1, a, b, c), m1.offset, o1 + x);
    store_codes(d, mixed(d, m2, a, b, c), m2.offset, o2 + x);
  });
}

void mix_luma_bytes(const std::uint8_t* luma, float luma_offset, const float* cb, const float* cr, const ByteMix* mixes,
                    std::size_t count, std::uint8_t* const* out) {
  const ByteMix m0 = mixes[0];
  const ByteMix m1 = mixes[1];
  const ByteMix m2 = mixes[2];
  std::uint8_t* const o0 = out[0];
  std::uint8_t* const o1 = out[1];
  std::uint8_t* const o2 = out[2];
  for_each_vector<float>(count, [&](auto d, std::size_t x) HWY_ATTR {
    const auto y = load_codes(d, luma + x, luma_offset);
    const auto b = hn::LoadU(d, cb + x);
    const auto r = hn::LoadU(d, cr + x);
    store_codes(d, mixed(d, m0, y, b, r), m0.offset, o0 + x);
    store_codes(d, mixed(d, m1, y, b, r), m1.offset, o1 + x);
    store_codes(d, mixed(d, m2, y, b, r), m2.offset, o2 + x);
  });
}

void average_2x2_bytes(const std::uint8_t* upper, const std::uint8_t* lower, std::size_t width, float offset,
                       float* out) {
  // Sums of four bytes and their quarters are exact, in whatever order.
#if HWY_TARGET == HWY_SCALAR
  for (std::size_t x = 0; x < width / 2; ++x) {
    const int sum = upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1];
    out[x] = static_cast<float>(sum) * 0.25F - offset;
  }
#else
  for_each_vector<float>(width / 2, [&](auto d, std::size_t x) HWY_ATTR {
    const hn::Rebind<std::int32_t, decltype(d)> integers;
    const hn::Rebind<std::uint16_t, decltype(d)> pairs;
    const hn::Repartition<std::uint8_t, decltype(pairs)> bytes;
    const auto sum_of_pairs = [&](const std::uint8_t* row) HWY_ATTR {
      const auto both = hn::BitCast(pairs, hn::LoadU(bytes, row + 2 * x));
      return hn::Add(hn::And(both, hn::Set(pairs, 0xFF)), hn::ShiftRight<8>(both));
    };
    const auto sum = hn::PromoteTo(integers, hn::Add(sum_of_pairs(upper), sum_of_pairs(lower)));
    hn::StoreU(hn::Sub(hn::Mul(hn::ConvertTo(d, sum), hn::Set(d, 0.25F)), hn::Set(d, offset)), d, out + x);
  });
#endif
  if (width % 2 != 0) {
    out[width / 2] = static_cast<float>(upper[width - 1] + lower[width - 1]) * 0.5F - offset;
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imagepacker
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker {

HWY_EXPORT(scale_add_bytes);
HWY_EXPORT(mix_bytes);
HWY_EXPORT(mix_luma_bytes);
HWY_EXPORT(average_2x2_bytes);

void scale_add_bytes(const std::uint8_t* luma, float luma_offset, float weight, const float* added, std::size_t count,
                     float offset, std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(scale_add_bytes)(luma, luma_offset, weight, added, count, offset, out);
}

void mix_bytes(const std::uint8_t* const* rows, float in_offset, const ByteMix* mixes, int mix_count, std::size_t count,
               std::uint8_t* const* out) {
  HWY_DYNAMIC_DISPATCH(mix_bytes)(rows, in_offset, mixes, mix_count, count, out);
}

void mix_luma_bytes(const std::uint8_t* luma, float luma_offset, const float* cb, const float* cr, const ByteMix* mixes,
                    std::size_t count, std::uint8_t* const* out) {
  HWY_DYNAMIC_DISPATCH(mix_luma_bytes)(luma, luma_offset, cb, cr, mixes, count, out);
}

void average_2x2_bytes(const std::uint8_t* upper, const std::uint8_t* lower, std::size_t width, float offset,
                       float* out) {
  HWY_DYNAMIC_DISPATCH(average_2x2_bytes)(upper, lower, width, offset, out);
}

}  // namespace imagepacker
#endif
