// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/jpeg_layout.h"

namespace imagepacker::jpeg {
namespace {

int divide_up(int value, int by) {
  return (value + by - 1) / by;
}

}  // namespace

JpegLayout JpegLayout::of(const ImageFormat& format) {
  const PixelFormatInfo& info = format.info();
  JpegLayout layout{.size = format.size, .component_count = info.color_component_count()};
  const int h = info.model == ColorModel::gray ? 1 : 1 << info.log2_chroma_w;
  const int v = info.model == ColorModel::gray ? 1 : 1 << info.log2_chroma_h;
  for (int c = 0; c < layout.component_count; ++c) {
    ComponentLayout& component = layout.components[c];
    component.h = c == 0 ? h : 1;
    component.v = c == 0 ? v : 1;
    component.samples = {divide_up(format.size.width * component.h, h), divide_up(format.size.height * component.v, v)};
    component.blocks = {divide_up(component.samples.width, kBlockSize),
                        divide_up(component.samples.height, kBlockSize)};
    component.table = c == 0 ? 0 : 1;
  }
  layout.mcu_height = v * kBlockSize;
  layout.mcu_columns = divide_up(format.size.width, h * kBlockSize);
  layout.mcu_rows = divide_up(format.size.height, layout.mcu_height);
  return layout;
}

std::array<JpegComponent, 3> JpegLayout::headers() const {
  std::array<JpegComponent, 3> result;
  for (int c = 0; c < component_count; ++c) {
    result[c] = {.id = static_cast<std::uint8_t>(c + 1),
                 .horizontal_sampling = static_cast<std::uint8_t>(components[c].h),
                 .vertical_sampling = static_cast<std::uint8_t>(components[c].v),
                 .quantization_table = static_cast<std::uint8_t>(components[c].table),
                 .huffman_table = static_cast<std::uint8_t>(components[c].table)};
  }
  return result;
}

}  // namespace imagepacker::jpeg
