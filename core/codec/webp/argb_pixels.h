// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <webp/encode.h>

#include "codec/codec.h"
#include "image/image_buffer.h"

namespace imagepacker::webp {

/// A whole picture as libwebp wants it: the caller's own memory where libwebp can read that, else a copy, made band by
/// band on the job's pool.
class ArgbPixels {
 public:
  /// Prepares job.image, whose layout is bgrx or bgra, and points `picture` at it.
  /// This object must live, in place, as long as `picture` is used. Errors: of the job's rows, cancelled,
  /// out_of_memory.
  Status attach(const EncodeJob& job, WebPPicture& picture);

 private:
  Status gather(const EncodeJob& job);

  ImageBuffer copy_;
};

}  // namespace imagepacker::webp
