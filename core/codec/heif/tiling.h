// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/image.h"

namespace imagepacker::heif {

/// How a picture is cut for coding. Depends on its format only.
struct Tiling {
  Size picture;  ///< what the tiles together stand for: the visible size, rounded up to whole chroma samples and to
                 ///< what the encoder takes; a clean aperture cuts the rest off again, since HEVC's own crop counts in
                 ///< chroma samples
  Size tile;     ///< of every tile; those on the right and at the bottom reach beyond the picture
  int columns = 1;
  int rows = 1;

  [[nodiscard]] bool is_grid() const { return columns * rows > 1; }
};

/// The longest side of a picture that can be written: the largest multiple of eight that libheif 1.15
/// decodes.
inline constexpr int kMaxPictureDimension = 32760;

/// One tile up to 16 Mpixel and 8192 pixels a side, which every decoder takes; above, a grid of tiles of 1024×1024,
/// which are coded in parallel and need little memory at a time.
Tiling choose_tiling(const ImageFormat& format);

}  // namespace imagepacker::heif
