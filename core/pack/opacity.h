// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/image.h"
#include "imagepacker/result.h"
#include "imagepacker/task_pool.h"

namespace imagepacker {

/// True when every alpha sample of `image`, whose layout has alpha, is the largest its bits can hold.
Result<bool> is_opaque(const ImageView& image, TaskPool& pool);

}  // namespace imagepacker
