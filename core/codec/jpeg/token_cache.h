// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "codec/jpeg/block_tokens.h"

namespace imagepacker::jpeg {

/// Token blocks of one size that pictures of a stream hand on to each other. Memory that is given back to the system
/// and taken again for each picture comes as fresh pages, which cost more than writing to them. Any number of threads.
class TokenCache {
 public:
  static constexpr std::size_t kBlockTokens = 1 << 17;
  using Block = std::unique_ptr<Token[]>;

  /// A block of kBlockTokens, with anything in it.
  Block take() {
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

  /// Keeps `block` for take(), or frees it when there are enough.
  void give(Block block) {
    const std::lock_guard lock(mutex_);
    if (blocks_.size() < kMostBlocks) {
      blocks_.push_back(std::move(block));
    }
  }

 private:
  static constexpr std::size_t kMostBlocks = 64;  ///< 16 MiB
  std::mutex mutex_;
  std::vector<Block> blocks_;
};

}  // namespace imagepacker::jpeg
