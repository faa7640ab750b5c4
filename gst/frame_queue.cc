// SPDX-License-Identifier: LGPL-2.1-or-later
#include "frame_queue.h"

#include <algorithm>
#include <utility>

namespace imagepacker::element {

FrameQueue::~FrameQueue() {
  set_pool(nullptr);
}

bool FrameQueue::set_pool(std::shared_ptr<TaskPool> pool) {
  {
    std::unique_lock lock(mutex_);
    settled_.wait(lock, [&] { return posted_ == 0; });
  }
  // Nothing to do, but a thread to do it.
  const bool has_thread = pool == nullptr || pool->post([] {});
  pool_ = has_thread ? std::move(pool) : nullptr;
  return has_thread;
}

void FrameQueue::work_on_next() {
  std::unique_lock lock(mutex_);
  const auto next = std::ranges::find(entries_, State::waiting, &Entry::state);
  if (next != entries_.end() && !is_clearing_) {
    // A deque keeps its elements where they are while others come and go at its ends, and this one stays until done.
    Entry& entry = *next;
    entry.state = State::running;
    const bool is_alone = size() == 1;
    lock.unlock();
    entry.frame->work(is_alone);
    lock.lock();
    entry.state = State::done;
    if (&entry == &entries_.front()) {
      // Who is woken with the lock held, on the same processor, only goes to sleep again. The queue is still needed
      // while this call is counted in posted_.
      lock.unlock();
      ready_.notify_one();
      lock.lock();
    }
  }
  --posted_;
  if (is_clearing_ || posted_ == 0) {
    settled_.notify_one();
  }
}

std::size_t FrameQueue::push(FramePtr& frame) {
  std::size_t size_with_it = 0;
  {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return is_flushing_ || size() <= 2 * pool_->threads(); });
    if (is_flushing_) {
      return 0;
    }
    entries_.push_back({std::move(frame), State::waiting});
    ++posted_;
    size_with_it = size();
  }
  pool_->post([this] { work_on_next(); });
  return size_with_it;
}

FrameQueue::FramePtr FrameQueue::pop() {
  std::unique_lock lock(mutex_);
  ready_.wait(lock, [&] { return is_flushing_ || (!entries_.empty() && entries_.front().state == State::done); });
  if (is_flushing_) {
    return nullptr;
  }
  FramePtr frame = std::move(entries_.front().frame);
  entries_.pop_front();
  is_one_out_ = true;
  return frame;
}

void FrameQueue::release() {
  bool has_room = false;
  {
    const std::lock_guard lock(mutex_);
    is_one_out_ = false;
    // Waking for every place would cost two switches of threads per frame; one frame more than threads keeps all busy.
    has_room = size() <= pool_->threads() + 1;
  }
  if (has_room) {
    room_.notify_all();
  }
}

void FrameQueue::drain() {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] { return is_flushing_ || size() == 0; });
}

void FrameQueue::set_flushing(bool is_flushing) {
  const std::lock_guard lock(mutex_);
  is_flushing_ = is_flushing;
  room_.notify_all();
  ready_.notify_all();
}

std::vector<FrameQueue::FramePtr> FrameQueue::clear() {
  std::unique_lock lock(mutex_);
  is_clearing_ = true;
  settled_.wait(lock, [&] { return std::ranges::find(entries_, State::running, &Entry::state) == entries_.end(); });
  is_clearing_ = false;
  std::vector<FramePtr> frames;
  for (Entry& entry : entries_) {
    frames.push_back(std::move(entry.frame));
  }
  entries_.clear();
  room_.notify_all();
  return frames;
}

}  // namespace imagepacker::element
