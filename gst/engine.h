// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include <atomic>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "imagepacker/packer.h"
#include "memory_sink.h"

namespace imagepacker::element {

/// Everything decided for frames of one kind: what they are and how they become bytes. Immutable but for a guess;
/// frames in flight share it.
class Engine {
 public:
  /// For frames of `input`, which are pictures of `source`. `pool`: for the parts of one picture.
  /// Errors: Packer::create's.
  static Result<std::shared_ptr<const Engine>> create(const GstVideoInfo& input, const ImageFormat& source,
                                                      const PackingOptions& options, std::shared_ptr<TaskPool> pool);

  Engine(const GstVideoInfo& input, const ImageFormat& source, std::shared_ptr<TaskPool> pool)
      : input_(input), source_(source), pool_(std::move(pool)) {}

  [[nodiscard]] const Packer& packer() const { return *parallel_; }

  /// The bytes of `frame` with `metadata`; what of it is left out adds to `notices`. `all_threads`: the pool works on
  /// it, else the calling thread alone; the bytes are the same. Any number of threads at once.
  /// Errors: MappedFrame::map's, Packer::pack's.
  Result<BufferPtr> encode(GstBuffer* frame, const Metadata& metadata, bool all_threads, const std::stop_token& stop,
                           std::vector<Notice>& notices) const;

 private:
  GstVideoInfo input_;
  ImageFormat source_;
  std::shared_ptr<TaskPool> pool_;
  TaskPool calling_thread_{1};
  std::optional<Packer> parallel_;
  std::optional<Packer> serial_;
  std::shared_ptr<BlockCache> output_memory_ = std::make_shared<BlockCache>();
  mutable std::atomic<std::size_t> last_size_bytes_ = 0;
};

}  // namespace imagepacker::element
