// SPDX-License-Identifier: LGPL-2.1-or-later

// Included once per SIMD target, inside no namespace; hence no #pragma once.
#if defined(IMAGEPACKER_KERNELS_VECTOR_LOOP_H) == defined(HWY_TARGET_TOGGLE)
#ifdef IMAGEPACKER_KERNELS_VECTOR_LOOP_H
#undef IMAGEPACKER_KERNELS_VECTOR_LOOP_H
#else
#define IMAGEPACKER_KERNELS_VECTOR_LOOP_H
#endif

#include <hwy/highway.h>

#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace imagepacker {
namespace HWY_NAMESPACE {

/// Calls body(d, x) for x = 0, n, 2n … with the full vector tag of T while whole vectors fit into `count`, then with
/// the one-lane tag for what is left: the same operations whatever the width of vectors, and nothing beyond `count` is
/// touched. `body` is a lambda with HWY_ATTR.
template <class T, class Body>
HWY_INLINE void for_each_vector(std::size_t count, const Body& body) {
  const hwy::HWY_NAMESPACE::ScalableTag<T> full;
  const hwy::HWY_NAMESPACE::CappedTag<T, 1> single;
  const std::size_t lanes = hwy::HWY_NAMESPACE::Lanes(full);
  std::size_t x = 0;
  for (; x + lanes <= count; x += lanes) {
    body(full, x);
  }
  for (; x < count; ++x) {
    body(single, x);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace imagepacker
HWY_AFTER_NAMESPACE();

#endif
