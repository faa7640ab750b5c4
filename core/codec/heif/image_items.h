// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "codec/decoder.h"
#include "container/bmff_property_reading.h"
#include "container/bmff_structure.h"
#include "imagepacker/image.h"

namespace imagepacker::heif {

/// Items with coded pictures that make up an image, or its alpha, row by row; all of one kind.
struct CodedTiles {
  std::vector<std::uint32_t> items;  ///< known to be there, of type 'hvc1' or 'av01', with their configuration
  int columns = 1;
  Size tile;                  ///< as decoded
  int chroma_format_idc = 1;  ///< 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4
  int depth = 8;              ///< of the coded samples; the layout may have more
};

/// An image item that can be decoded and is within the limits.
struct ImageItem {
  std::uint32_t id = 0;
  CodedTiles color;
  CodedTiles alpha;    ///< without items where there is none
  ImageFormat format;  ///< of what remains after the crop, as stored; with alpha where there is one
  bmff::Geometry geometry;
  Bytes icc;
};

/// Describes item `id` by its properties, its parameter sets and those of its tiles and its alpha. Its colour
/// is that of read_color().
/// Errors: corrupt_input; unsupported for what is neither HEVC nor AV1, nor a grid of such; those of read_color();
/// limit_exceeded.
Result<ImageItem> describe_image(const bmff::StoredItems& items, std::uint32_t id, const UnpackLimits& limits);

}  // namespace imagepacker::heif
