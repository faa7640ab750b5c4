// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace imagepacker {

/// Objects that wait for their next user, since making them anew costs time. Any thread may take one and give one back;
/// so there are never more than were in use at the same time.
template <typename T>
class Spares {
 public:
  /// One that was given back, or a new one.
  std::unique_ptr<T> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!waiting_.empty()) {
        std::unique_ptr<T> spare = std::move(waiting_.back());
        waiting_.pop_back();
        return spare;
      }
    }
    return std::make_unique<T>();
  }

  void give_back(std::unique_ptr<T> spare) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(spare));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> waiting_;
};

}  // namespace imagepacker
