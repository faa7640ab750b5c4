// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace imagepacker::element {

/// A frame that waits for its turn, is worked on by one thread of a FrameQueue, and waits for its turn again.
class QueuedFrame {
 public:
  virtual ~QueuedFrame() = default;

  /// Does the work, once. `is_alone`: no other frame was in the queue, so that all threads may serve this one. Must not
  /// throw.
  virtual void work(bool is_alone) = 0;
};

/// Frames that several threads work on at once and that come out in the order in which they went in.
/// One thread at a time puts frames in and drains, one takes them out; set_flushing() and size() are for any.
class FrameQueue {
 public:
  using FramePtr = std::unique_ptr<QueuedFrame>;

  FrameQueue() = default;
  ~FrameQueue();
  FrameQueue(const FrameQueue&) = delete;
  FrameQueue& operator=(const FrameQueue&) = delete;

  /// How many threads work. The queue holds two frames for each of them, so that none is idle while one that takes long
  /// keeps those behind it from going out, and one. Only while it is empty.
  /// False when the system gives not even one.
  bool set_worker_count(std::size_t count);

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
  void work();

  std::mutex mutex_;
  std::condition_variable work_;     ///< a frame waits to be worked on, or workers are to stop
  std::condition_variable ready_;    ///< the oldest frame is done
  std::condition_variable room_;     ///< a frame has gone
  std::condition_variable settled_;  ///< a frame is done while clearing
  std::deque<Entry> entries_;
  bool is_one_out_ = false;
  bool is_flushing_ = false;
  bool is_clearing_ = false;
  bool is_stopping_ = false;
  std::vector<std::jthread> workers_;
};

}  // namespace imagepacker::element
