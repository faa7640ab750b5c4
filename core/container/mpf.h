// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <vector>

#include "container/jpeg_segments.h"
#include "container/jpeg_structure.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// The bytes of the segment that append_mpf() writes, its marker included.
inline constexpr std::size_t kMpfSegmentBytes = 90;

/// Appends the multi-picture index (CIPA DC-007) of a file that holds a primary image and, right behind it, a gain map.
/// `out` holds all of the primary from SOI on, so that positions can be counted; `primary_rest_bytes` follow behind
/// this segment up to the end of the primary, `gain_map_bytes` is the size of the whole second image. Errors:
/// limit_exceeded when the file would have 4 GiB or more.
Status append_mpf(std::size_t primary_rest_bytes, std::size_t gain_map_bytes, JpegSegmentWriter& out);

/// Where the images behind the primary one begin by the index in its segments, in bytes from its SOI. Nothing says that
/// there is an image: such indexes are often wrong, and positions may lie behind the end of the file. Empty without an
/// index that can be read.
std::vector<std::size_t> mpf_positions(const JpegStructure& primary);

}  // namespace imagepacker
