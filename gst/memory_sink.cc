// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memory_sink.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/text.h"

namespace imagepacker::element {

MemorySink::MemorySink(std::size_t expected_bytes)
    : expected_bytes_(std::max<std::size_t>(expected_bytes, 16U * 1024)) {}

MemorySink::~MemorySink() {
  g_free(data_);
}

bool MemorySink::reserve(std::size_t bytes) {
  if (bytes <= capacity_bytes_) {
    return true;
  }
  const std::size_t doubled = capacity_bytes_ > SIZE_MAX / 2 ? bytes : 2 * capacity_bytes_;
  const std::size_t capacity_bytes = std::max({bytes, doubled, expected_bytes_});
  void* const data = g_try_realloc(data_, capacity_bytes);
  if (data == nullptr) {
    return false;
  }
  data_ = data;
  capacity_bytes_ = capacity_bytes;
  return true;
}

Status MemorySink::write(ByteView bytes) {
  if (bytes.empty()) {
    return {};
  }
  if (bytes.size() > SIZE_MAX - size_bytes_ || !reserve(size_bytes_ + bytes.size())) {
    return make_error(Errc::out_of_memory,
                      text("no memory for ", bytes.size(), " more encoded bytes after ", size_bytes_));
  }
  std::memcpy(static_cast<std::byte*>(data_) + size_bytes_, bytes.data(), bytes.size());
  size_bytes_ += bytes.size();
  return {};
}

BufferPtr MemorySink::take() {
  BufferPtr buffer(gst_buffer_new());
  if (size_bytes_ == 0) {
    return buffer;
  }
  // Buffers may be kept for long; what was reserved in vain goes back.
  if (void* const shrunk = g_try_realloc(data_, size_bytes_); shrunk != nullptr) {
    data_ = shrunk;
    capacity_bytes_ = size_bytes_;
  }
  void* const data = std::exchange(data_, nullptr);
  gst_buffer_append_memory(buffer.get(), gst_memory_new_wrapped(static_cast<GstMemoryFlags>(0), data, capacity_bytes_,
                                                                0, size_bytes_, data, g_free));
  size_bytes_ = 0;
  capacity_bytes_ = 0;
  return buffer;
}

}  // namespace imagepacker::element
