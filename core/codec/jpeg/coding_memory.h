// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "codec/jpeg/block_tokens.h"
#include "imagepacker/byte_sink.h"

namespace imagepacker::jpeg {

/// Bytes that are never cleared before they are written.
class ByteArea {
 public:
  /// Room for `count` bytes behind those used.
  std::uint8_t* room(std::size_t count) {
    if (count > capacity_ - used_) {
      const std::size_t capacity = std::max(used_ + count, 2 * capacity_);
      auto larger = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
      if (used_ > 0) {
        std::memcpy(larger.get(), bytes_.get(), used_);
      }
      bytes_ = std::move(larger);
      capacity_ = capacity;
    }
    return bytes_.get() + used_;
  }
  /// Takes over what was written to the room, up to `end`.
  void use_until(const std::uint8_t* end) { used_ = static_cast<std::size_t>(end - bytes_.get()); }
  /// Forgets the bytes and keeps the room.
  void clear() { used_ = 0; }

  [[nodiscard]] ByteView view() const { return std::as_bytes(std::span(bytes_.get(), used_)); }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

 private:
  std::unique_ptr<std::uint8_t[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t used_ = 0;
};

/// Blocks of tokens and areas of bytes that pictures of a stream hand on to each other. Memory that is given back to
/// the system and taken again for each picture comes as fresh pages, which cost more than writing to them. Any number
/// of threads.
class CodingMemory {
 public:
  static constexpr std::size_t kBlockTokens = 1 << 17;
  using Block = std::unique_ptr<Token[]>;

  /// What is given back needs no memory then, so that destructors can do so.
  CodingMemory() {
    blocks_.reserve(kMost);
    areas_.reserve(kMost);
  }

  /// A block of kBlockTokens, with anything in it.
  Block take_block() {
    {
      const std::lock_guard lock(mutex_);
      if (!blocks_.empty()) {
        Block block = std::move(blocks_.back());
        blocks_.pop_back();
        return block;
      }
    }
    return std::make_unique_for_overwrite<Token[]>(kBlockTokens);
  }

  /// Keeps `block` for take_block(), or frees it when there are enough.
  void give(Block block) noexcept {
    const std::lock_guard lock(mutex_);
    if (blocks_.size() < kMost) {
      blocks_.push_back(std::move(block));
    }
  }

  /// An area without bytes, perhaps with room.
  ByteArea take_area() {
    const std::lock_guard lock(mutex_);
    ByteArea area;
    if (!areas_.empty()) {
      area = std::move(areas_.back());
      areas_.pop_back();
    }
    return area;
  }

  /// Keeps `area` for take_area(), or frees it when it is large or there are enough.
  void give(ByteArea area) noexcept {
    area.clear();
    const std::lock_guard lock(mutex_);
    if (areas_.size() < kMost && area.capacity() > 0 && area.capacity() <= kMostAreaBytes) {
      areas_.push_back(std::move(area));
    }
  }

 private:
  static constexpr std::size_t kMost = 64;  ///< of either: 16 MiB
  static constexpr std::size_t kMostAreaBytes = std::size_t{1} << 18;
  std::mutex mutex_;
  std::vector<Block> blocks_;
  std::vector<ByteArea> areas_;
};

}  // namespace imagepacker::jpeg
