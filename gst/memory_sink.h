// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <memory>
#include <mutex>
#include <vector>

#include "imagepacker/byte_sink.h"

namespace imagepacker::element {

struct BufferUnref {
  void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
};
using BufferPtr = std::unique_ptr<GstBuffer, BufferUnref>;

/// Memory from g_malloc's family.
struct Block {
  void* data = nullptr;
  std::size_t capacity_bytes = 0;
};

/// The memory of pictures that nobody needs any more, for those that come. (Given back to the system it would come
/// again as fresh pages, which cost more than writing to them.) Any number of threads.
class BlockCache {
 public:
  BlockCache() = default;
  ~BlockCache();
  BlockCache(const BlockCache&) = delete;
  BlockCache& operator=(const BlockCache&) = delete;

  /// A block of at least `bytes`, if there is one; else an empty one.
  Block take(std::size_t bytes);
  /// Keeps `block` for take(), or frees it when there are enough.
  void give(Block block);

 private:
  static constexpr std::size_t kMostBlocks = 8;
  std::mutex mutex_;
  std::vector<Block> blocks_;
};

/// Encoded bytes in one growing block of memory, which becomes a GstBuffer without a copy.
class MemorySink final : public ByteSink {
 public:
  /// `expected_bytes`: how many are likely to come; any number may. The block comes from `cache` and returns to it when
  /// the buffer ends.
  MemorySink(std::shared_ptr<BlockCache> cache, std::size_t expected_bytes);
  ~MemorySink() override;
  MemorySink(const MemorySink&) = delete;
  MemorySink& operator=(const MemorySink&) = delete;

  /// Errors: out_of_memory.
  Status write(ByteView bytes) override;

  [[nodiscard]] std::size_t size_bytes() const { return size_bytes_; }

  /// The bytes as a buffer of one memory. The sink is empty then.
  BufferPtr take();

 private:
  bool reserve(std::size_t bytes);

  std::shared_ptr<BlockCache> cache_;
  std::size_t expected_bytes_;
  Block block_;
  std::size_t size_bytes_ = 0;
};

}  // namespace imagepacker::element
