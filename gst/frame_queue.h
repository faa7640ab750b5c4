// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "imagepacker/task_pool.h"

namespace imagepacker::element {

/// A frame that waits for its turn, is worked on by a thread of a pool, and waits for its turn again.
class QueuedFrame {
 public:
  virtual ~QueuedFrame() = default;

  /// Does the work, once. `is_alone`: no other frame was in the queue, so that all threads may serve this one. Must not
  /// throw.
  virtual void work(bool is_alone) = 0;
};

/// Frames that the threads of a pool work on, each on one, and that come out in the order in which they went in.
/// One thread at a time puts frames in and drains, one takes them out; set_flushing() is for any.
class FrameQueue {
 public:
  using FramePtr = std::unique_ptr<QueuedFrame>;

  FrameQueue() = default;
  ~FrameQueue();
  FrameQueue(const FrameQueue&) = delete;
  FrameQueue& operator=(const FrameQueue&) = delete;

  /// Who works; nobody without a pool. The queue holds two frames for each of its threads, so that none is idle while a
  /// frame that takes long keeps those behind it from going out, and one. Returns when the pool before has let go of
  /// the queue. Only while it is empty. False, and nobody works, when the system gives the pool not even one thread.
  bool set_pool(std::shared_ptr<TaskPool> pool);
  [[nodiscard]] const std::shared_ptr<TaskPool>& pool() const { return pool_; }

  /// Waits for room, takes `frame` and returns how many frames are in the queue with it. 0, with `frame` untouched,
  /// when flushing.
  std::size_t push(FramePtr& frame);

  /// Waits for the oldest frame to be done and hands it out; release() must follow when it needs its place no more.
  /// Nothing when flushing.
  FramePtr pop();
  void release();

  /// Waits until every frame is out and released, or flushing begins.
  void drain();

  /// Flushing: nothing goes in, nothing comes out, nobody waits.
  void set_flushing(bool is_flushing);

  /// Waits for the frames that are being worked on, lets no other begin, and hands out all of them, oldest first.
  std::vector<FramePtr> clear();

 private:
  enum class State { waiting, running, done };
  struct Entry {
    FramePtr frame;
    State state;
  };

  [[nodiscard]] std::size_t size() const { return entries_.size() + (is_one_out_ ? 1 : 0); }
  void work_on_next();

  std::mutex mutex_;
  std::condition_variable ready_;    ///< the oldest frame is done
  std::condition_variable room_;     ///< a frame has gone
  std::condition_variable settled_;  ///< a frame is done while clearing, or the pool has let go of the queue
  std::deque<Entry> entries_;
  bool is_one_out_ = false;
  bool is_flushing_ = false;
  bool is_clearing_ = false;
  std::size_t posted_ = 0;  ///< calls of work_on_next() to come or under way
  std::shared_ptr<TaskPool> pool_;
};

}  // namespace imagepacker::element
