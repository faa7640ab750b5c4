// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "imagepacker/image.h"
#include "support/frame_content.h"

namespace imagepacker::testing {

/// A frame in memory, and the sample codes that were put into it.
struct RawFrame {
  ImageFormat format;
  std::array<std::vector<std::byte>, 4> memory;  ///< one block per plane that ends with the last sample
  std::array<std::size_t, 4> stride_bytes{};
  /// Codes by component (Y Cb Cr A or R G B A), without padding, at each one's own resolution and depth.
  std::array<std::vector<std::uint16_t>, 4> codes;

  [[nodiscard]] ImageView view() const;
};

/// Lays `content` out as `format` says. GStreamer's own packing functions write the samples where it knows the layout,
/// so that the library's table is checked by someone else's; the table writes the few others. Rows are `padding_bytes`
/// apart beyond what they need, filled with 0xA5.
RawFrame make_frame(const FrameContent& content, const ImageFormat& format, std::size_t padding_bytes);

/// True when GStreamer, in the version at hand, writes such frames right.
bool is_written_by_gstreamer(PixelFormat layout, Size size);

/// Width and height of a component's plane of codes.
Size component_size(const PixelFormatInfo& info, int component, Size size);

}  // namespace imagepacker::testing
