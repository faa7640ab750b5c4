// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "codec/decoder.h"
#include "codec/heif/image_items.h"
#include "container/bmff_structure.h"
#include "imagepacker/notice.h"

namespace imagepacker::heif {

/// A gain map of a HEIF file, found but not yet decoded.
struct GainMapItem {
  ImageItem image;
  GainMapMetadata metadata;
  ColorSpace alternate;                                  ///< colour of the HDR rendition
  std::optional<std::array<std::uint8_t, 256>> code_of;  ///< what each of the map's codes becomes
};

/// The gain map of the primary image: that of a 'tmap' item (ISO/IEC 23008-12 Amd 1), whose metadata are those of ISO
/// 21496-1, or Apple's auxiliary image, whose headroom stands in its XMP or in the `metadata` of the primary. Null when
/// there is none, or none that can be read: then `notices` says why.
std::unique_ptr<GainMapItem> find_gain_map(const bmff::StoredItems& items, const ImageItem& primary,
                                           const Metadata& metadata, const UnpackLimits& limits,
                                           std::vector<Notice>& notices);

/// Decodes the map, gray unless it has colours.
Result<DecodedGainMap> decode_gain_map(const bmff::StoredItems& items, const GainMapItem& map, TaskPool& pool,
                                       const std::stop_token& stop);

}  // namespace imagepacker::heif
