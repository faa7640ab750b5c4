// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "imagepacker/export.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// Threads for whole pictures and for their stripes. Any number of threads may use one pool at a time, and tasks may
/// use it again.
class IMAGEPACKER_API TaskPool {
 public:
  /// `threads`: how many work on one for_each call, the caller included; 0 = as many as the process may run on.
  /// Threads are started at the first call that can use them.
  explicit TaskPool(unsigned threads = 0);
  /// Returns when all that was posted is done. Not from a task of the pool.
  ~TaskPool();
  TaskPool(const TaskPool&) = delete;
  TaskPool& operator=(const TaskPool&) = delete;

  [[nodiscard]] unsigned threads() const;

  /// Calls task(0) … task(count - 1), each once, in any order and on any thread of the pool, and returns when all are
  /// done. After a failure, tasks not yet begun are skipped; the failure with the lowest index is returned. An
  /// exception in a task becomes an Error (std::bad_alloc: out_of_memory, others: internal). Which work belongs to an
  /// index must not depend on threads(), so that results don't.
  Status for_each(std::size_t count, const std::function<Status(std::size_t index)>& task);

  /// Returns at once and has `task`, which must not throw, called by one of threads() threads of the pool. Those that
  /// are idle help for_each calls under way first, then take what was posted first.
  /// False, and `task` is not called, when the system gives not even one thread.
  bool post(std::function<void()> task);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace imagepacker
