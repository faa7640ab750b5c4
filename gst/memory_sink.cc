// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memory_sink.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "base/text.h"

namespace imagepacker::element {
namespace {

/// A block on loan to a GstMemory.
struct Loan {
  std::shared_ptr<BlockCache> cache;
  Block block;
};

void end_loan(gpointer data) {
  const std::unique_ptr<Loan> loan(static_cast<Loan*>(data));
  loan->cache->give(loan->block);
}

}  // namespace

BlockCache::~BlockCache() {
  for (const Block& block : blocks_) {
    g_free(block.data);
  }
}

Block BlockCache::take(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  // The last that was given is the likeliest to be in a processor's cache.
  const auto found =
      std::find_if(blocks_.rbegin(), blocks_.rend(), [&](const Block& block) { return block.capacity_bytes >= bytes; });
  if (found == blocks_.rend()) {
    return {};
  }
  const Block block = *found;
  blocks_.erase(std::next(found).base());
  return block;
}

void BlockCache::give(Block block) {
  {
    const std::lock_guard lock(mutex_);
    if (blocks_.size() == kMostBlocks) {
      // Pictures have become larger or smaller: the oldest block fits least.
      std::swap(block, blocks_.front());
      std::rotate(blocks_.begin(), blocks_.begin() + 1, blocks_.end());
    } else {
      blocks_.reserve(kMostBlocks);
      blocks_.push_back(std::exchange(block, {}));
    }
  }
  g_free(block.data);
}

MemorySink::MemorySink(std::shared_ptr<BlockCache> cache, std::size_t expected_bytes)
    : cache_(std::move(cache)), expected_bytes_(std::max(expected_bytes, std::size_t{16} * 1024)) {}

MemorySink::~MemorySink() {
  g_free(block_.data);
}

bool MemorySink::reserve(std::size_t bytes) {
  if (bytes <= block_.capacity_bytes) {
    return true;
  }
  if (block_.data == nullptr) {
    block_ = cache_->take(std::max(bytes, expected_bytes_));
    if (block_.data != nullptr) {
      return true;
    }
  }
  const std::size_t doubled = block_.capacity_bytes > SIZE_MAX / 2 ? bytes : 2 * block_.capacity_bytes;
  const std::size_t capacity_bytes = std::max({bytes, doubled, expected_bytes_});
  void* const data = g_try_realloc(block_.data, capacity_bytes);
  if (data == nullptr) {
    return false;
  }
  block_ = {data, capacity_bytes};
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
  std::memcpy(static_cast<std::byte*>(block_.data) + size_bytes_, bytes.data(), bytes.size());
  size_bytes_ += bytes.size();
  return {};
}

BufferPtr MemorySink::take() {
  BufferPtr buffer(gst_buffer_new());
  if (size_bytes_ == 0) {
    return buffer;
  }
  // Buffers may be kept for long; what was reserved in vain goes back.
  if (size_bytes_ < block_.capacity_bytes - block_.capacity_bytes / 4) {
    if (void* const shrunk = g_try_realloc(block_.data, size_bytes_); shrunk != nullptr) {
      block_ = {shrunk, size_bytes_};
    }
  }
  auto* const loan = new Loan{cache_, block_};
  block_ = {};
  gst_buffer_append_memory(
      buffer.get(), gst_memory_new_wrapped(static_cast<GstMemoryFlags>(0), loan->block.data, loan->block.capacity_bytes,
                                           0, std::exchange(size_bytes_, 0), loan, end_loan));
  return buffer;
}

}  // namespace imagepacker::element
