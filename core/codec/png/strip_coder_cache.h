// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "codec/png/strip_coder.h"

namespace imagepacker {

/// Strip coders whose memory serves again, for the next strip and the next picture. May be used from any thread.
class StripCoderCache {
 public:
  /// A coder that no other thread has.
  std::unique_ptr<StripCoder> take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) {
      return std::make_unique<StripCoder>();
    }
    auto coder = std::move(idle_.back());
    idle_.pop_back();
    return coder;
  }

  /// Keeps `coder` for take(), unless there are enough.
  void give(std::unique_ptr<StripCoder> coder) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kMostIdle) {
      idle_.push_back(std::move(coder));
    }
  }

 private:
  static constexpr std::size_t kMostIdle = 16;
  std::mutex mutex_;
  std::vector<std::unique_ptr<StripCoder>> idle_;
};

}  // namespace imagepacker
