// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <span>

#include "container/jpeg_segments.h"
#include "imagepacker/image.h"

namespace imagepacker::jpeg {

/// Columns and rows of a block.
inline constexpr int kBlockSize = 8;

/// One component's extent, ITU-T T.81 clause A.1.
struct ComponentLayout {
  int h = 1;      ///< horizontal sampling factor = blocks of an MCU side by side
  int v = 1;      ///< vertical sampling factor
  Size samples;   ///< that the picture has
  Size blocks;    ///< that hold at least one of them; MCUs at the right and bottom edge may need more
  int table = 0;  ///< quantisation and Huffman tables: 0 for luma, 1 for chroma
};

/// How a picture divides into blocks and MCUs.
struct JpegLayout {
  Size size;
  int component_count = 1;
  std::array<ComponentLayout, 3> components;
  int mcu_columns = 0;
  int mcu_rows = 0;
  int mcu_height = kBlockSize;  ///< pixels

  /// For 8-bit gray and YCbCr formats with chroma in full, half or quarter columns and rows.
  static JpegLayout of(const ImageFormat& format);

  /// As the frame and scan headers state them; ids are 1, 2, 3 as JFIF has it.
  [[nodiscard]] std::array<JpegComponent, 3> headers() const;
};

}  // namespace imagepacker::jpeg
