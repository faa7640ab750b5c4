// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kernels/sample_rows.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/sample_rows.cc"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "kernels/vector_loop.h"

HWY_BEFORE_NAMESPACE();
namespace imagepacker {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <class D, class V>
HWY_INLINE V swap_bytes(D, V words) {
  return hn::Or(hn::ShiftLeft<8>(words), hn::ShiftRight<8>(words));
}

void bytes_to_floats(const std::uint8_t* codes, std::size_t count, float offset, float* out) {
  for_each_vector<float>(count, [&](auto d, std::size_t x) HWY_ATTR {
    const hn::Rebind<std::int32_t, decltype(d)> integers;
    const hn::Rebind<std::uint8_t, decltype(d)> bytes;
    const auto codes32 = hn::PromoteTo(integers, hn::LoadU(bytes, codes + x));
    hn::StoreU(hn::Sub(hn::ConvertTo(d, codes32), hn::Set(d, offset)), d, out + x);
  });
}

template <bool kSwap>
HWY_INLINE void words_to_floats(const std::uint16_t* words, const WordField& field, std::size_t count, float offset,
                                float* out) {
  const auto mask = static_cast<std::int32_t>((1U << field.bits) - 1);
  for_each_vector<float>(count, [&](auto d, std::size_t x) HWY_ATTR {
    const hn::Rebind<std::int32_t, decltype(d)> integers;
    const hn::Rebind<std::uint16_t, decltype(d)> narrow;
    auto loaded = hn::LoadU(narrow, words + x);
    if (kSwap) {
      loaded = swap_bytes(narrow, loaded);
    }
    const auto code =
        hn::And(hn::ShiftRightSame(hn::PromoteTo(integers, loaded), field.shift), hn::Set(integers, mask));
    hn::StoreU(hn::Sub(hn::ConvertTo(d, code), hn::Set(d, offset)), d, out + x);
  });
}

void native_or_swapped_words_to_floats(const std::uint16_t* words, const WordField& field, std::size_t count,
                                       float offset, float* out) {
  if (field.swap) {
    words_to_floats<true>(words, field, count, offset, out);
  } else {
    words_to_floats<false>(words, field, count, offset, out);
  }
}

void double_words_to_floats(const std::uint32_t* words, const WordField& field, std::size_t count, float offset,
                            float* out) {
  const auto mask = static_cast<std::uint32_t>((1U << field.bits) - 1);
  for_each_vector<float>(count, [&](auto d, std::size_t x) HWY_ATTR {
    const hn::Rebind<std::int32_t, decltype(d)> integers;
    const hn::Rebind<std::uint32_t, decltype(d)> unsigneds;
    const auto code =
        hn::And(hn::ShiftRightSame(hn::LoadU(unsigneds, words + x), field.shift), hn::Set(unsigneds, mask));
    hn::StoreU(hn::Sub(hn::ConvertTo(d, hn::BitCast(integers, code)), hn::Set(d, offset)), d, out + x);
  });
}

template <class D>
HWY_INLINE auto rounded_codes(D d, const float* values, float bias, float limit) {
  const hn::Rebind<std::int32_t, D> integers;
  const auto value = hn::Add(hn::LoadU(d, values), hn::Set(d, bias));
  return hn::ConvertTo(integers, hn::Min(hn::Max(value, hn::Zero(d)), hn::Set(d, limit)));
}

void floats_to_bytes(const float* values, std::size_t count, float offset, std::uint8_t* codes) {
  for_each_vector<float>(count, [&](auto d, std::size_t x) HWY_ATTR {
    const hn::Rebind<std::uint8_t, decltype(d)> bytes;
    hn::StoreU(hn::DemoteTo(bytes, rounded_codes(d, values + x, offset + 0.5F, 255.5F)), bytes, codes + x);
  });
}

void floats_to_words(const float* values, std::size_t count, float offset, const WordField& field,
                     std::uint16_t* words) {
  const float limit = static_cast<float>((1 << field.bits) - 1) + 0.5F;
  for_each_vector<float>(count, [&](auto d, std::size_t x) HWY_ATTR {
    const hn::Rebind<std::uint16_t, decltype(d)> narrow;
    auto word =
        hn::ShiftLeftSame(hn::DemoteTo(narrow, rounded_codes(d, values + x, offset + 0.5F, limit)), field.shift);
    if (field.swap) {
      word = swap_bytes(narrow, word);
    }
    hn::StoreU(word, narrow, words + x);
  });
}

void move_words(const std::uint16_t* words, const WordField& from, std::size_t count, const WordField& to,
                std::uint16_t* out) {
  const auto mask = static_cast<std::uint16_t>((1U << from.bits) - 1);
  for_each_vector<std::uint16_t>(count, [&](auto d, std::size_t x) HWY_ATTR {
    auto word = hn::LoadU(d, words + x);
    if (from.swap) {
      word = swap_bytes(d, word);
    }
    word = hn::ShiftLeftSame(hn::And(hn::ShiftRightSame(word, from.shift), hn::Set(d, mask)), to.shift);
    if (to.swap) {
      word = swap_bytes(d, word);
    }
    hn::StoreU(word, d, out + x);
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imagepacker
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker {

HWY_EXPORT(bytes_to_floats);
HWY_EXPORT(native_or_swapped_words_to_floats);
HWY_EXPORT(double_words_to_floats);
HWY_EXPORT(floats_to_bytes);
HWY_EXPORT(floats_to_words);
HWY_EXPORT(move_words);

void codes_to_floats(const std::uint8_t* codes, std::size_t count, float offset, float* out) {
  HWY_DYNAMIC_DISPATCH(bytes_to_floats)(codes, count, offset, out);
}
void codes_to_floats(const std::uint16_t* words, const WordField& field, std::size_t count, float offset, float* out) {
  HWY_DYNAMIC_DISPATCH(native_or_swapped_words_to_floats)(words, field, count, offset, out);
}
void codes_to_floats(const std::uint32_t* words, const WordField& field, std::size_t count, float offset, float* out) {
  HWY_DYNAMIC_DISPATCH(double_words_to_floats)(words, field, count, offset, out);
}
void floats_to_codes(const float* values, std::size_t count, float offset, std::uint8_t* codes) {
  HWY_DYNAMIC_DISPATCH(floats_to_bytes)(values, count, offset, codes);
}
void floats_to_codes(const float* values, std::size_t count, float offset, const WordField& field,
                     std::uint16_t* words) {
  HWY_DYNAMIC_DISPATCH(floats_to_words)(values, count, offset, field, words);
}
void move_codes(const std::uint16_t* words, const WordField& from, std::size_t count, const WordField& to,
                std::uint16_t* out) {
  HWY_DYNAMIC_DISPATCH(move_words)(words, from, count, to, out);
}

}  // namespace imagepacker
#endif
