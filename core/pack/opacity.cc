// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pack/opacity.h"

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "base/try.h"
#include "image/image_buffer.h"

namespace imagepacker {
namespace {

/// Rows per task: enough to be worth a thread, few enough to stop early.
constexpr int kBandRows = 64;

template <std::size_t kWordBytes, bool kBigEndian>
std::uint32_t load_word(const std::byte* at) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < kWordBytes; ++i) {
    const std::size_t significance = kBigEndian ? kWordBytes - 1 - i : i;
    word |= std::to_integer<std::uint32_t>(at[i]) << (8 * significance);
  }
  return word;
}

template <std::size_t kWordBytes, bool kBigEndian = false>
bool is_opaque_row(const std::byte* row, int width, const PixelComponent& alpha) {
  const std::uint32_t mask = ((1U << alpha.bits) - 1) << alpha.shift;
  const std::byte* at = row + alpha.offset_bytes;
  // AND of all words without a branch, so that the loop is vectorised.
  std::uint32_t all = mask;
  for (int x = 0; x < width; ++x, at += alpha.step_bytes) {
    all &= load_word<kWordBytes, kBigEndian>(at);
  }
  return all == mask;
}

bool is_opaque_row(const std::byte* row, int width, const PixelFormatInfo& info) {
  const PixelComponent& alpha = info.components[3];
  switch (info.packing) {
    case Packing::bytes:
      return is_opaque_row<1>(row, width, alpha);
    case Packing::words_le:
      return is_opaque_row<2>(row, width, alpha);
    case Packing::words_be:
      return is_opaque_row<2, true>(row, width, alpha);
    case Packing::dwords_le:
      return is_opaque_row<4>(row, width, alpha);
    case Packing::v210:
      break;
  }
  return true;
}

}  // namespace

Result<bool> is_opaque(const ImageView& image, TaskPool& pool) {
  const PixelFormatInfo& info = image.format.info();
  const Size size = image.format.size;
  const Plane& plane = image.planes[info.components[3].plane];
  std::atomic<bool> opaque = true;
  const auto bands = static_cast<std::size_t>((size.height + kBandRows - 1) / kBandRows);
  IP_TRY(pool.for_each(bands, [&](std::size_t band) -> Status {
    const int first = static_cast<int>(band) * kBandRows;
    const int end = std::min(size.height, first + kBandRows);
    for (int y = first; y < end && opaque.load(std::memory_order_relaxed); ++y) {
      if (!is_opaque_row(plane.bytes.data() + static_cast<std::size_t>(y) * plane.stride_bytes, size.width, info)) {
        opaque = false;
      }
    }
    return {};
  }));
  return opaque.load();
}

}  // namespace imagepacker
