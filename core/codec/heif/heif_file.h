// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <vector>

#include "codec/heif/hevc_still.h"
#include "codec/heif/tiling.h"
#include "container/bmff_items.h"
#include "imagepacker/image.h"
#include "imagepacker/picture.h"
#include "imagepacker/result.h"

namespace imagepacker::heif {

/// One image in compressed form: one tile, or a grid of equal tiles.
struct CodedImage {
  ImageFormat format;  ///< of the visible picture; a layout without alpha
  Tiling tiling;
  std::vector<HevcStill> tiles;  ///< in reading order; their memory moves into the file
};

/// A gain map and what it makes of the picture.
struct GainMapContent {
  CodedImage image;
  GainMapMetadata metadata;
  ColorSpace alternate;           ///< colour of the HDR rendition
  ContentLightLevel light_level;  ///< of the HDR rendition, 0 = unknown
};

/// Everything that goes into a HEIF file of one picture.
struct HeifContent {
  CodedImage color;
  std::optional<CodedImage> alpha;
  std::optional<GainMapContent> gain_map;
  std::optional<CodedImage> thumbnail;  ///< in the colours of `color`
  const Metadata& metadata;
};

/// Lays out the items of a HEIF file (ISO/IEC 23008-12): the primary image, its alpha plane, its thumbnail,
/// Exif, XMP; with a gain map also the hidden map and a 'tmap' item, the HDR alternative to the primary image.
/// Errors: codec_failed, limit_exceeded, those of make_icc_profile() but unsupported.
Result<bmff::ItemFile> make_file(HeifContent content);

}  // namespace imagepacker::heif
