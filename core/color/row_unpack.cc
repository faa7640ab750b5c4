// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/row_unpack.h"

#include <cstddef>
#include <cstdint>

namespace imagepacker {
namespace {

/// How words of one size and byte order are read.
struct ByteWord {
  static std::uint32_t load(const std::byte* at) { return std::to_integer<std::uint32_t>(at[0]); }
};
struct LittleWord {
  static std::uint32_t load(const std::byte* at) {
    return std::to_integer<std::uint32_t>(at[0]) | std::to_integer<std::uint32_t>(at[1]) << 8;
  }
};
struct BigWord {
  static std::uint32_t load(const std::byte* at) {
    return std::to_integer<std::uint32_t>(at[1]) | std::to_integer<std::uint32_t>(at[0]) << 8;
  }
};
struct LittleDoubleWord {
  static std::uint32_t load(const std::byte* at) { return LittleWord::load(at) | LittleWord::load(at + 2) << 16; }
};

/// The distance of samples as a constant where `kStep` is not 0, which lets the compiler vectorise.
template <class Word, std::size_t kStep>
void unpack(const std::byte* at, const PixelComponent& component, int count, float offset, float* out) {
  const std::size_t step = kStep != 0 ? kStep : component.step_bytes;
  const std::uint32_t mask = (1U << component.bits) - 1;
  const unsigned shift = component.shift;
  for (int x = 0; x < count; ++x) {
    const std::uint32_t code = (Word::load(at + static_cast<std::size_t>(x) * step) >> shift) & mask;
    out[x] = static_cast<float>(static_cast<std::int32_t>(code)) - offset;
  }
}

template <class Word, std::size_t... kSteps>
void unpack_by_step(const std::byte* at, const PixelComponent& component, int count, float offset, float* out) {
  const bool done =
      ((component.step_bytes == kSteps && (unpack<Word, kSteps>(at, component, count, offset, out), true)) || ...);
  if (!done) {
    unpack<Word, 0>(at, component, count, offset, out);
  }
}

/// v210 is a stream of ten-bit values Cb Y Cr Y …, three to a little-endian word.
void unpack_v210(const std::byte* row, int component, int count, float offset, float* out) {
  constexpr int kStart[] = {1, 0, 2};
  constexpr int kStep[] = {2, 4, 4};
  for (int x = 0; x < count; ++x) {
    const auto position = static_cast<std::size_t>(kStart[component]) +
                          static_cast<std::size_t>(kStep[component]) * static_cast<std::size_t>(x);
    const std::uint32_t word = LittleDoubleWord::load(row + position / 3 * 4);
    out[x] = static_cast<float>(static_cast<std::int32_t>((word >> (position % 3 * 10)) & 0x3FF)) - offset;
  }
}

}  // namespace

void unpack_row(const ImageView& image, int component, int row, int count, float offset, float* out) {
  const PixelFormatInfo& info = image.format.info();
  const PixelComponent& sample = info.components[static_cast<std::size_t>(component)];
  const Plane& plane = image.planes[sample.plane];
  const std::byte* const begin =
      plane.bytes.data() + static_cast<std::size_t>(row) * plane.stride_bytes + sample.offset_bytes;
  switch (info.packing) {
    case Packing::bytes:
      unpack_by_step<ByteWord, 1, 2, 3, 4>(begin, sample, count, offset, out);
      break;
    case Packing::words_le:
      unpack_by_step<LittleWord, 2, 4, 8>(begin, sample, count, offset, out);
      break;
    case Packing::words_be:
      unpack_by_step<BigWord, 2, 8>(begin, sample, count, offset, out);
      break;
    case Packing::dwords_le:
      unpack_by_step<LittleDoubleWord, 4>(begin, sample, count, offset, out);
      break;
    case Packing::v210:
      unpack_v210(begin, component, count, offset, out);
      break;
  }
}

}  // namespace imagepacker
