// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/raw_frame.h"

#include <algorithm>
#include <cstring>

#include "support/gstreamer_layout.h"

namespace imagepacker::testing {
namespace {

/// The samples that the layout keeps of `content`.
std::vector<std::uint16_t> codes_of(const FrameContent& content, const PixelFormatInfo& info, int component) {
  const Size size = component_size(info, component, content.size);
  const int step_x = component == 1 || component == 2 ? 1 << info.log2_chroma_w : 1;
  const int step_y = component == 1 || component == 2 ? 1 << info.log2_chroma_h : 1;
  const int shift = 16 - info.components[static_cast<std::size_t>(component)].bits;
  const auto& plane = content.planes[static_cast<std::size_t>(component)];
  std::vector<std::uint16_t> codes;
  codes.reserve(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height));
  for (int y = 0; y < size.height; ++y) {
    const auto row = static_cast<std::size_t>(y * step_y) * static_cast<std::size_t>(content.size.width);
    for (int x = 0; x < size.width; ++x) {
      codes.push_back(static_cast<std::uint16_t>(plane[row + static_cast<std::size_t>(x * step_x)] >> shift));
    }
  }
  return codes;
}

/// Writes one sample as the library's table says.
void put(const PixelFormatInfo& info, const PixelComponent& component, std::byte* row, int x, unsigned code) {
  std::byte* const at = row + component.offset_bytes + static_cast<std::size_t>(x) * component.step_bytes;
  const unsigned word = code << component.shift;
  switch (info.packing) {
    case Packing::bytes:
      at[0] = static_cast<std::byte>(code);
      break;
    case Packing::words_le:
      at[0] = static_cast<std::byte>(word & 0xFF);
      at[1] = static_cast<std::byte>(word >> 8);
      break;
    case Packing::words_be:
      at[0] = static_cast<std::byte>(word >> 8);
      at[1] = static_cast<std::byte>(word & 0xFF);
      break;
    case Packing::dwords_le:
    case Packing::v210:
      break;  // GStreamer has always known the layouts of these kinds
  }
}

void write_by_table(RawFrame& frame) {
  const PixelFormatInfo& info = frame.format.info();
  for (int c = 0; c < 4; ++c) {
    const auto index = static_cast<std::size_t>(c);
    const PixelComponent& component = info.components[index];
    if (component.bits == 0) {
      continue;
    }
    const Size size = component_size(info, c, frame.format.size);
    auto code = frame.codes[index].begin();
    for (int y = 0; y < size.height; ++y) {
      std::byte* const row =
          frame.memory[component.plane].data() + static_cast<std::size_t>(y) * frame.stride_bytes[component.plane];
      for (int x = 0; x < size.width; ++x) {
        put(info, component, row, x, *code++);
      }
    }
  }
}

}  // namespace

ImageView RawFrame::view() const {
  ImageView view{.format = format, .planes = {}};
  for (std::size_t p = 0; p < 4; ++p) {
    view.planes[p] = {.bytes = memory[p], .stride_bytes = stride_bytes[p]};
  }
  return view;
}

Size component_size(const PixelFormatInfo& info, int component, Size size) {
  if (component != 1 && component != 2) {
    return size;
  }
  const auto divided_up = [](int length, int log2) { return (length + (1 << log2) - 1) >> log2; };
  return {divided_up(size.width, info.log2_chroma_w), divided_up(size.height, info.log2_chroma_h)};
}

RawFrame make_frame(const FrameContent& content, const ImageFormat& format, std::size_t padding_bytes) {
  RawFrame frame{.format = format};
  frame.format.size = content.size;
  const PixelFormatInfo& info = format.info();
  for (int c = 0; c < 4; ++c) {
    if (info.components[static_cast<std::size_t>(c)].bits != 0) {
      frame.codes[static_cast<std::size_t>(c)] = codes_of(content, info, c);
    }
  }
  for (int p = 0; p < info.plane_count; ++p) {
    const auto index = static_cast<std::size_t>(p);
    const std::size_t row_bytes = plane_row_bytes(info, p, content.size);
    const auto rows = static_cast<std::size_t>(plane_height(info, p, content.size));
    frame.stride_bytes[index] = row_bytes + padding_bytes;
    frame.memory[index].assign(frame.stride_bytes[index] * (rows - 1) + row_bytes, std::byte{0xA5});
  }
  if (is_written_by_gstreamer(format.layout, content.size)) {
    write_by_gstreamer(content, frame);
  } else {
    write_by_table(frame);
  }
  return frame;
}

}  // namespace imagepacker::testing
