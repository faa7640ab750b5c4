// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "codec/decoder.h"
#include "codec/jpeg/jpeg_image.h"
#include "imagepacker/notice.h"
#include "imagepacker/picture.h"

namespace imagepacker::jpeg {

/// A gain map behind the primary image.
struct JpegGainMap {
  JpegImage image;
  GainMapMetadata metadata;
  /// For Apple's maps: the codes that `metadata` are for.
  std::optional<std::array<std::uint8_t, 256>> code_of;
  ColorSpace alternate;  ///< see DecodedGainMap
};

/// The first image behind `primary` in `file` that says it is a gain map, in the places that the multi-picture index
/// names, then in the order of the file: the index is often wrong. Its metadata are ISO 21496-1, else hdrgm, else
/// Apple's. Empty when there is none, or when it can't be used, which `notices` then say. Errors: out_of_memory.
Result<std::optional<JpegGainMap>> find_gain_map(ByteView file, const JpegImage& primary, const UnpackLimits& limits,
                                                 std::vector<Notice>& notices);

/// Its samples.
Result<DecodedGainMap> decode_gain_map(const JpegGainMap& map, TaskPool& pool, const std::stop_token& stop);

}  // namespace imagepacker::jpeg
