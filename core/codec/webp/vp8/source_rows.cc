// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8/source_rows.h"

#include <algorithm>
#include <cstring>

#include "base/try.h"
#include "codec/webp/vp8/hidden_samples.h"

namespace imagepacker::vp8 {
namespace {

/// `size` × `size` samples of plane `plane`, from `left` on, into rows of 16 bytes.
void copy_block(const ImageView& view, int plane, int left, int size, std::uint8_t* out) {
  const PixelFormatInfo& info = view.format.info();
  const Plane& from = view.planes[static_cast<std::size_t>(plane)];
  const int height = plane_height(info, plane, view.format.size);
  const int width = static_cast<int>(plane_row_bytes(info, plane, view.format.size));
  const int count = std::min(size, width - left);
  for (int y = 0; y < size; ++y) {
    const auto* const row = reinterpret_cast<const std::uint8_t*>(from.bytes.data()) +
                            static_cast<std::size_t>(std::min(y, height - 1)) * from.stride_bytes +
                            static_cast<std::size_t>(left);
    std::uint8_t* const to = out + y * 16;
    std::memcpy(to, row, static_cast<std::size_t>(count));
    std::memset(to + count, row[count - 1], static_cast<std::size_t>(size - count));
  }
}

}  // namespace

Status SourceRows::read(const RowSource& image, int first) {
  const int height = image.format().size.height;
  IP_ASSIGN(view_, image.rows(first, std::min(16, height - first), scratch_));
  return {};
}

void SourceRows::macroblock(int column, MacroblockSamples& samples) const {
  copy_block(view_, 0, column * 16, 16, samples.luma.data());
  copy_block(view_, 1, column * 8, 8, samples.chroma.data());
  copy_block(view_, 2, column * 8, 8, samples.chroma.data() + 8);
  if (view_.format.info().has_alpha) {
    AlphaSamples alpha;
    copy_block(view_, 3, column * 16, 16, alpha.data());
    even_out_hidden(alpha, samples);
  }
}

}  // namespace imagepacker::vp8
