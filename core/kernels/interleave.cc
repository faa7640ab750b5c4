// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kernels/interleave.h"

#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/interleave.cc"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imagepacker {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <class T>
void deinterleave(const T* pixels, int components, std::size_t count, T* const* rows) {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d);
  using V = decltype(hn::Zero(d));
  V a, b, c, e;
  std::size_t x = 0;
  if (components == 2) {
    for (; x + lanes <= count; x += lanes) {
      hn::LoadInterleaved2(d, pixels + 2 * x, a, b);
      hn::StoreU(a, d, rows[0] + x);
      hn::StoreU(b, d, rows[1] + x);
    }
  } else if (components == 3) {
    for (; x + lanes <= count; x += lanes) {
      hn::LoadInterleaved3(d, pixels + 3 * x, a, b, c);
      hn::StoreU(a, d, rows[0] + x);
      hn::StoreU(b, d, rows[1] + x);
      hn::StoreU(c, d, rows[2] + x);
    }
  } else {
    for (; x + lanes <= count; x += lanes) {
      hn::LoadInterleaved4(d, pixels + 4 * x, a, b, c, e);
      hn::StoreU(a, d, rows[0] + x);
      hn::StoreU(b, d, rows[1] + x);
      hn::StoreU(c, d, rows[2] + x);
      hn::StoreU(e, d, rows[3] + x);
    }
  }
  for (; x < count; ++x) {
    for (int i = 0; i < components; ++i) {
      // Words may lie at odd addresses.
      std::memcpy(rows[i] + x, pixels + x * static_cast<std::size_t>(components) + i, sizeof(T));
    }
  }
}

template <class T>
void interleave(const T* const* rows, int components, std::size_t count, T* pixels) {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t x = 0;
  if (components == 2) {
    for (; x + lanes <= count; x += lanes) {
      hn::StoreInterleaved2(hn::LoadU(d, rows[0] + x), hn::LoadU(d, rows[1] + x), d, pixels + 2 * x);
    }
  } else if (components == 3) {
    for (; x + lanes <= count; x += lanes) {
      hn::StoreInterleaved3(hn::LoadU(d, rows[0] + x), hn::LoadU(d, rows[1] + x), hn::LoadU(d, rows[2] + x), d,
                            pixels + 3 * x);
    }
  } else {
    for (; x + lanes <= count; x += lanes) {
      hn::StoreInterleaved4(hn::LoadU(d, rows[0] + x), hn::LoadU(d, rows[1] + x), hn::LoadU(d, rows[2] + x),
                            hn::LoadU(d, rows[3] + x), d, pixels + 4 * x);
    }
  }
  for (; x < count; ++x) {
    for (int i = 0; i < components; ++i) {
      std::memcpy(pixels + x * static_cast<std::size_t>(components) + i, rows[i] + x, sizeof(T));
    }
  }
}

void deinterleave_bytes(const std::uint8_t* pixels, int components, std::size_t count, std::uint8_t* const* rows) {
  deinterleave(pixels, components, count, rows);
}
void deinterleave_words(const std::uint16_t* pixels, int components, std::size_t count, std::uint16_t* const* rows) {
  deinterleave(pixels, components, count, rows);
}
void interleave_bytes(const std::uint8_t* const* rows, int components, std::size_t count, std::uint8_t* pixels) {
  interleave(rows, components, count, pixels);
}
void interleave_words(const std::uint16_t* const* rows, int components, std::size_t count, std::uint16_t* pixels) {
  interleave(rows, components, count, pixels);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imagepacker
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker {

HWY_EXPORT(deinterleave_bytes);
HWY_EXPORT(deinterleave_words);
HWY_EXPORT(interleave_bytes);
HWY_EXPORT(interleave_words);

void deinterleave(const std::uint8_t* pixels, int components, std::size_t count, std::uint8_t* const* rows) {
  HWY_DYNAMIC_DISPATCH(deinterleave_bytes)(pixels, components, count, rows);
}
void deinterleave(const std::uint16_t* pixels, int components, std::size_t count, std::uint16_t* const* rows) {
  HWY_DYNAMIC_DISPATCH(deinterleave_words)(pixels, components, count, rows);
}
void interleave(const std::uint8_t* const* rows, int components, std::size_t count, std::uint8_t* pixels) {
  HWY_DYNAMIC_DISPATCH(interleave_bytes)(rows, components, count, pixels);
}
void interleave(const std::uint16_t* const* rows, int components, std::size_t count, std::uint16_t* pixels) {
  HWY_DYNAMIC_DISPATCH(interleave_words)(rows, components, count, pixels);
}

}  // namespace imagepacker
#endif
