// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include <array>
#include <memory>
#include <optional>

#include "imagepacker/unpacker.h"
#include "memory_sink.h"

namespace imagepacker::element {

/// Buffers for raw pictures. Their memory is used again when nobody needs it any more: fresh pages cost more than
/// writing to them. One thread at a time.
class FrameMemory {
 public:
  explicit FrameMemory(TaskPool& threads) : threads_(threads) {}
  ~FrameMemory() { clear(); }
  FrameMemory(const FrameMemory&) = delete;
  FrameMemory& operator=(const FrameMemory&) = delete;

  /// From now on pictures of `format`, which `info` and `caps` (both borrowed) describe. Where downstream
  /// `knows_strides` rows are aligned, and a GstVideoMeta tells how, else they stand as GStreamer has them by default.
  /// Errors: out_of_memory.
  Status prepare(const ImageFormat& format, const GstVideoInfo& info, GstCaps* caps, bool knows_strides);

  /// Room for one picture, mapped as long as the loan or until taken. Nothing when there is no memory.
  std::optional<SampleLoan> lend();

  /// The buffer that was lent last, if `picture` lies in it; its samples must not be touched afterwards. Else nullptr.
  BufferPtr take(const OwnedPicture& picture);

  /// The samples of `picture`, which lies elsewhere. Errors: out_of_memory.
  Result<BufferPtr> copy(const OwnedPicture& picture);

  /// Gives the memory back.
  void clear();

 private:
  class Frame;
  struct PlanePlace {
    std::size_t offset_bytes = 0;
    std::size_t stride_bytes = 0;
    std::size_t row_bytes = 0;
    std::size_t rows = 0;
  };

  void place_planes();

  TaskPool& threads_;
  GstBufferPool* pool_ = nullptr;
  GstCaps* caps_ = nullptr;
  bool knows_strides_ = false;
  ImageFormat format_;
  GstVideoInfo info_;
  std::array<PlanePlace, 4> planes_;
  std::size_t size_bytes_ = 0;
  std::shared_ptr<Frame> lent_;
};

}  // namespace imagepacker::element
