// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <stop_token>

#include "color/conversion.h"
#include "image/image_buffer.h"
#include "imagepacker/result.h"
#include "imagepacker/task_pool.h"

namespace imagepacker {

/// `image` as `plan` makes it, in bands on all threads. `image` is valid and of plan.source(). Errors: out_of_memory,
/// cancelled.
Result<ImageBuffer> convert_image(const ConversionPlan& plan, const ImageView& image, TaskPool& pool,
                                  const std::stop_token& stop);

}  // namespace imagepacker
