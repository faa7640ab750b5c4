// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>

#include "imagepacker/image.h"
#include "imagepacker/options.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// What becomes of a picture's dynamic range.
enum class HdrWay : std::uint8_t {
  untouched,     ///< it is SDR
  tone_mapped,   ///< HDR, packed as SDR
  single_layer,  ///< HDR, kept as it is coded
  gain_map,      ///< HDR, packed as an SDR picture and a gain map
};

struct HdrDecision {
  HdrWay way = HdrWay::untouched;
  std::string reason;  ///< for HdrWay::tone_mapped: why, as the end of a sentence
};

/// The one place where desired-dynamic-range, format and source meet. The option is in range.
/// Errors: unsupported when HDR is asked for and can't be, saying why and what to do.
Result<HdrDecision> decide_hdr(const ImageFormat& source, const PackingOptions& options, const FormatInfo& codec);

/// Why a JPEG with these options can't have a gain map, and what to do; empty when it can, and for other formats.
std::string find_hdr_jpeg_obstacle(const PackingOptions& options);

/// options.gain_map_scale, or what suits size and quality when it is 0: all pixels for the highest qualities and where
/// the map is small anyway, every second row and column for good ones, every fourth below. Less than that where
/// rounding to whole samples would change the aspect ratio by more than the 1 % that readers accept.
int choose_gain_map_scale(Size size, const PackingOptions& options);

}  // namespace imagepacker
