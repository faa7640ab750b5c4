// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <span>

#include "container/jpeg_structure.h"

namespace imagepacker::jpeg {

/// The quality 1..100 on libjpeg's scale whose tables of annex K are nearest to those in `head`: exact for files whose
/// writer used that scale, an estimate for others. Empty where there is no luma table of the full length.
std::optional<int> estimate_quality(std::span<const JpegSegment> head);

}  // namespace imagepacker::jpeg
