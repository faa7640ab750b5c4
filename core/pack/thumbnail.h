// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <stop_token>

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"
#include "imagepacker/result.h"
#include "imagepacker/task_pool.h"

namespace imagepacker {

/// `image` as a small JPEG for Exif (CIPA DC-008 clause 4.5.8: baseline, no application segments but what JFIF wants),
/// at most `size` pixels on its long side, never larger than the image, and below 64 KiB, for which quality gives way.
/// HDR is tone-mapped. Empty when this build has no JPEG.
/// Errors: those of scaling and encoding.
Result<Bytes> make_jpeg_thumbnail(const ImageView& image, int size, TaskPool& pool, const std::stop_token& stop);

}  // namespace imagepacker
