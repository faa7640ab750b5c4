// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <stop_token>

#include "codec/codec.h"
#include "color/conversion.h"
#include "image/image_buffer.h"
#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"
#include "imagepacker/options.h"
#include "imagepacker/result.h"
#include "imagepacker/task_pool.h"

namespace imagepacker {

/// `image` as a small JPEG for Exif (CIPA DC-008 clause 4.5.8: baseline, no application segments but what JFIF wants),
/// at most `size` pixels on its long side, never larger than the image, and below 64 KiB, for which quality gives way.
/// HDR is tone-mapped. Empty when this build has no JPEG.
/// Errors: those of scaling and encoding.
Result<Bytes> make_jpeg_thumbnail(const ImageView& image, int size, TaskPool& pool, const std::stop_token& stop);

/// A thumbnail as codecs take it that have images of their own for it, with its samples. Stays where it is: rows()
/// points into it.
class PreparedThumbnail {
 public:
  PreparedThumbnail() = default;
  PreparedThumbnail(const PreparedThumbnail&) = delete;
  PreparedThumbnail& operator=(const PreparedThumbnail&) = delete;

  /// Shrinks `image` to options.thumbnail_size; never enlarges it. `rendition`: how the picture is to appear, see
  /// CodecDescriptor::create_encoder. `image` has to stay as well.
  /// Errors: those of scaling and conversion.
  Status make(const ImageView& image, const ImageFormat& rendition, const CodecDescriptor& codec,
              const PackingOptions& options, TaskPool& pool);

  /// Borrows from this object; nullptr before make().
  [[nodiscard]] const RowSource* rows() const { return rows_ ? &*rows_ : nullptr; }

 private:
  ImageBuffer buffer_;
  ImageView view_;
  std::optional<ConversionPlan> plan_;
  std::optional<ConvertedRows> rows_;
};

}  // namespace imagepacker
