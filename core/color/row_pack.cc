// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/row_pack.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace imagepacker {
namespace {

struct ByteWord {
  static void store(std::byte* at, std::uint32_t word) { at[0] = static_cast<std::byte>(word); }
};
struct LittleWord {
  static void store(std::byte* at, std::uint32_t word) {
    at[0] = static_cast<std::byte>(word);
    at[1] = static_cast<std::byte>(word >> 8);
  }
};
struct BigWord {
  static void store(std::byte* at, std::uint32_t word) {
    at[0] = static_cast<std::byte>(word >> 8);
    at[1] = static_cast<std::byte>(word);
  }
};
/// A word in which other components stand already.
struct SharedDoubleWord {
  static void store(std::byte* at, std::uint32_t word) {
    for (int i = 0; i < 4; ++i) {
      at[i] |= static_cast<std::byte>(word >> (8 * i));
    }
  }
};

/// The distance of samples as a constant where `kStep` is not 0, which lets the compiler vectorise.
template <class Word, std::size_t kStep>
void pack(std::byte* at, const PixelComponent& component, int count, const float* values, float offset) {
  const std::size_t step = kStep != 0 ? kStep : component.step_bytes;
  const float bias = offset + 0.5F;
  const float limit = static_cast<float>((1 << component.bits) - 1) + 0.5F;
  const unsigned shift = component.shift;
  for (int x = 0; x < count; ++x) {
    const float clamped = std::min(std::max(values[x] + bias, 0.0F), limit);
    Word::store(at + static_cast<std::size_t>(x) * step, static_cast<std::uint32_t>(static_cast<std::int32_t>(clamped))
                                                             << shift);
  }
}

template <class Word, std::size_t... kSteps>
void pack_by_step(std::byte* at, const PixelComponent& component, int count, const float* values, float offset) {
  const bool done =
      ((component.step_bytes == kSteps && (pack<Word, kSteps>(at, component, count, values, offset), true)) || ...);
  if (!done) {
    pack<Word, 0>(at, component, count, values, offset);
  }
}

}  // namespace

void begin_packed_row(const MutableImageView& image, int row) {
  const PixelFormatInfo& info = image.format.info();
  const bool is_shared = info.packing == Packing::dwords_le;
  const bool has_filler = info.packing == Packing::bytes && info.model == ColorModel::rgb && info.plane_count == 1 &&
                          !info.has_alpha && info.components[0].step_bytes > 3;
  const bool has_lone_column = info.packing != Packing::v210 && info.plane_count == 1 && info.log2_chroma_w == 1 &&
                               image.format.size.width % 2 != 0;
  if (is_shared || has_filler || has_lone_column) {
    const MutablePlane& plane = image.planes[0];
    const std::size_t row_bytes = plane_row_bytes(info, 0, image.format.size);
    const std::size_t first = has_lone_column ? row_bytes - std::size_t{2} * info.components[0].step_bytes : 0;
    std::memset(plane.bytes.data() + static_cast<std::size_t>(row) * plane.stride_bytes + first, has_filler ? 0xFF : 0,
                row_bytes - first);
  }
}

void pack_row(const MutableImageView& image, int component, int row, int count, const float* values, float offset) {
  const PixelFormatInfo& info = image.format.info();
  const PixelComponent& sample = info.components[static_cast<std::size_t>(component)];
  const MutablePlane& plane = image.planes[sample.plane];
  std::byte* const begin =
      plane.bytes.data() + static_cast<std::size_t>(row) * plane.stride_bytes + sample.offset_bytes;
  switch (info.packing) {
    case Packing::bytes:
      pack_by_step<ByteWord, 1, 2, 3, 4>(begin, sample, count, values, offset);
      break;
    case Packing::words_le:
      pack_by_step<LittleWord, 2, 4, 8>(begin, sample, count, values, offset);
      break;
    case Packing::words_be:
      pack_by_step<BigWord, 2, 6, 8>(begin, sample, count, values, offset);
      break;
    case Packing::dwords_le:
      pack_by_step<SharedDoubleWord, 4>(begin, sample, count, values, offset);
      break;
    case Packing::v210:
      break;
  }
}

}  // namespace imagepacker
