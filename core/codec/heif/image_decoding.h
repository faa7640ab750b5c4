// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <stop_token>

#include "codec/heif/image_items.h"
#include "container/bmff_structure.h"
#include "image/image_buffer.h"
#include "imagepacker/result.h"
#include "imagepacker/task_pool.h"

namespace imagepacker::heif {

/// Decodes `image`, an item of `items`, into `samples`, which is reset to its format: the very samples of the stream,
/// cropped, but neither turned nor converted. Tiles are decoded in parallel.
/// Errors: corrupt_input and unsupported with the decoder's text; corrupt_input when the samples are not what was
/// described; out_of_memory, cancelled.
Status decode_image(const bmff::StoredItems& items, const ImageItem& image, TaskPool& pool, const std::stop_token& stop,
                    ImageBuffer& samples);

}  // namespace imagepacker::heif
