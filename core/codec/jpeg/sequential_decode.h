// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <stop_token>

#include "container/jpeg_structure.h"
#include "image/image_buffer.h"
#include "imagepacker/result.h"
#include "imagepacker/task_pool.h"

namespace imagepacker::jpeg {

/// Decodes the planes of a well-made picture of one sequential scan, bit for bit as libjpeg does, faster; on several
/// threads where restart markers make parts of it independent. `target` has the file's planes, with room for whole
/// blocks in its rows. False when the file is of another kind or not well-made; what `target` holds is undefined then.
/// Errors: out_of_memory, cancelled.
Result<bool> decode_sequential(const JpegStructure& image, const MutableImageView& target, TaskPool& pool,
                               const std::stop_token& stop);

}  // namespace imagepacker::jpeg
