// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <memory>

#include "imagepacker/byte_sink.h"

namespace imagepacker::element {

struct BufferUnref {
  void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
};
using BufferPtr = std::unique_ptr<GstBuffer, BufferUnref>;

/// Encoded bytes in one growing block of memory, which becomes a GstBuffer without a copy.
class MemorySink final : public ByteSink {
 public:
  /// `expected_bytes`: how many are likely to come; any number may.
  explicit MemorySink(std::size_t expected_bytes);
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

  std::size_t expected_bytes_;
  void* data_ = nullptr;
  std::size_t size_bytes_ = 0;
  std::size_t capacity_bytes_ = 0;
};

}  // namespace imagepacker::element
