// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <stop_token>

#include "hdr/light_rows.h"
#include "imagepacker/image.h"
#include "imagepacker/result.h"
#include "imagepacker/task_pool.h"

namespace imagepacker {

/// CTA-861.3 light levels of a picture: MaxCLL is the level that 0.01 % of the pixels exceed, so that a few noisy ones
/// don't count, rounded up; MaxFALL is the mean, rounded. Both are at least 1 cd/m². Of large pictures, bands of rows
/// spread evenly are read, half a million pixels or more.
Result<ContentLightLevel> measure_light_level(const LightRows& rows, const ImageView& image, TaskPool& pool,
                                              const std::stop_token& stop);

}  // namespace imagepacker
