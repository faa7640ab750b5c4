// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <stop_token>
#include <vector>

#include "codec/decoder.h"
#include "imagepacker/notice.h"
#include "imagepacker/task_pool.h"
#include "imagepacker/unpacker.h"

namespace imagepacker {

/// `file` as it is with the `wanted` dynamic range. Errors: unsupported when HDR is wanted and there is none.
Result<ImageInfo> info_in_range(const ImageInfo& file, DynamicRange wanted);

/// Makes of a picture as it is in the file one of the `wanted` dynamic range, as info_in_range() has told. What the
/// profile says is true no more then, so it is taken out of the metadata. Errors: corrupt_input (the gain map that
/// `info` promised can't be used), out_of_memory, cancelled.
Status bring_into_range(DecodedPicture& picture, DynamicRange wanted, TaskPool& pool, const std::stop_token& stop,
                        std::vector<Notice>& notices);

}  // namespace imagepacker
