// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include "imagepacker/image.h"
#include "imagepacker/result.h"

namespace imagepacker::element {

/// What raw video of `info` is, with the static HDR metadata of its caps. `is_premultiplied`: of formats with alpha.
/// Errors: unsupported for interlaced video and for formats the library has no layout for, naming them.
Result<ImageFormat> image_format_of(const GstVideoInfo& info, const HdrInfo& hdr, bool is_premultiplied);

/// A raw video buffer, mapped for reading as long as this lives. Strides and offsets of its GstVideoMeta are honoured;
/// nothing is copied.
class MappedFrame {
 public:
  MappedFrame() = default;
  ~MappedFrame();
  MappedFrame(const MappedFrame&) = delete;
  MappedFrame& operator=(const MappedFrame&) = delete;

  /// Maps `buffer`, which must outlive this. Once.
  /// Errors: corrupt_input when it can't be mapped as `info`, or rows run backwards in memory.
  Status map(const GstVideoInfo& info, GstBuffer* buffer);

  /// The samples as an image of `format`, which is that of `info`. Planes reach to the end of the memory they are in.
  /// Valid while this lives.
  [[nodiscard]] ImageView view(const ImageFormat& format) const;

 private:
  GstVideoFrame frame_{};
  bool is_mapped_ = false;
};

}  // namespace imagepacker::element
