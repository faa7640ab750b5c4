// SPDX-License-Identifier: LGPL-2.1-or-later
#include "frame_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

namespace imagepacker::element {
namespace {

using std::chrono::milliseconds;

/// A frame that knows its number and what to do.
class NumberedFrame final : public QueuedFrame {
 public:
  using Work = std::function<void(int number, bool is_alone)>;
  NumberedFrame(int number, Work work) : number_(number), work_(std::move(work)) {}

  void work(bool is_alone) override { work_(number_, is_alone); }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
  Work work_;
};

FrameQueue::FramePtr frame(
    int number, NumberedFrame::Work work = [](int, bool) {}) {
  return std::make_unique<NumberedFrame>(number, std::move(work));
}

std::shared_ptr<TaskPool> pool_of(unsigned threads) {
  return std::make_shared<TaskPool>(threads);
}

int number_of(const FrameQueue::FramePtr& frame) {
  return frame == nullptr ? -1 : static_cast<const NumberedFrame&>(*frame).number();
}

/// Takes everything out until flushing begins.
class Taker {
 public:
  explicit Taker(FrameQueue& queue) : queue_(queue), thread_([this] { take(); }) {}
  ~Taker() { queue_.set_flushing(true); }

  [[nodiscard]] int taken() const { return taken_; }
  [[nodiscard]] bool is_in_order() const { return is_in_order_; }

 private:
  void take() {
    while (const auto next = queue_.pop()) {
      is_in_order_ = is_in_order_ && number_of(next) == taken_;
      ++taken_;
      queue_.release();
    }
  }

  FrameQueue& queue_;
  std::atomic<int> taken_ = 0;
  std::atomic<bool> is_in_order_ = true;
  std::jthread thread_;
};

TEST(FrameQueue, KeepsOrderWhateverTakesLong) {
  constexpr int kFrames = 200;
  for (const unsigned workers : {1U, 2U, 4U}) {
    FrameQueue queue;
    ASSERT_TRUE(queue.set_pool(pool_of(workers)));
    const Taker taker(queue);
    for (int i = 0; i < kFrames; ++i) {
      auto next = frame(i, [](int number, bool) { std::this_thread::sleep_for(milliseconds(number % 3)); });
      const std::size_t size = queue.push(next);
      EXPECT_GE(size, 1U);
      EXPECT_LE(size, 2 * workers + 1);
    }
    queue.drain();
    EXPECT_EQ(taker.taken(), kFrames);
    EXPECT_TRUE(taker.is_in_order());
  }
}

TEST(FrameQueue, TellsAFrameWhetherItIsAlone) {
  FrameQueue queue;
  ASSERT_TRUE(queue.set_pool(pool_of(2)));
  const Taker taker(queue);
  std::atomic<int> alone = 0;
  for (int i = 0; i < 10; ++i) {
    auto next = frame(i, [&](int, bool is_alone) { alone += is_alone ? 1 : 0; });
    queue.push(next);
    queue.drain();
  }
  EXPECT_EQ(alone, 10);

  std::atomic<bool> may_end = false;
  auto slow = frame(10, [&](int, bool) { may_end.wait(false); });
  queue.push(slow);
  auto beside = frame(11, [&](int, bool is_alone) {
    EXPECT_FALSE(is_alone);
    may_end = true;
    may_end.notify_all();
  });
  queue.push(beside);
  queue.drain();
  EXPECT_EQ(taker.taken(), 12);
}

TEST(FrameQueue, FlushingFreesEverybody) {
  FrameQueue queue;
  ASSERT_TRUE(queue.set_pool(pool_of(1)));
  std::atomic<bool> may_end = false;
  for (int i = 0; i < 3; ++i) {
    auto next = frame(i, [&](int, bool) { may_end.wait(false); });
    ASSERT_EQ(queue.push(next), static_cast<std::size_t>(i + 1));
  }
  auto last = frame(3);
  std::jthread pushing([&] { EXPECT_EQ(queue.push(last), 0U); });
  std::jthread popping([&] { EXPECT_EQ(queue.pop(), nullptr); });
  std::this_thread::sleep_for(milliseconds(20));
  queue.set_flushing(true);
  pushing.join();
  popping.join();
  EXPECT_EQ(number_of(last), 3);
  queue.drain();
  may_end = true;
  may_end.notify_all();
  const auto rest = queue.clear();
  ASSERT_EQ(rest.size(), 3U);
  EXPECT_EQ(number_of(rest[0]), 0);
  EXPECT_EQ(number_of(rest[1]), 1);

  queue.set_flushing(false);
  EXPECT_EQ(queue.push(last), 1U);
  EXPECT_EQ(number_of(queue.pop()), 3);
  queue.release();
}

TEST(FrameQueue, ClearLetsNoWaitingFrameBegin) {
  FrameQueue queue;
  ASSERT_TRUE(queue.set_pool(pool_of(1)));
  std::atomic<bool> has_begun = false;
  std::atomic<int> worked = 0;
  auto first = frame(0, [&](int, bool) {
    has_begun = true;
    has_begun.notify_all();
    std::this_thread::sleep_for(milliseconds(20));
    ++worked;
  });
  auto second = frame(1, [&](int, bool) { ++worked; });
  queue.push(first);
  queue.push(second);
  has_begun.wait(false);
  EXPECT_EQ(queue.clear().size(), 2U);
  EXPECT_EQ(worked, 1);
}

TEST(FrameQueue, EndsWithFramesInIt) {
  FrameQueue queue;
  ASSERT_TRUE(queue.set_pool(pool_of(3)));
  for (int i = 0; i < 4; ++i) {
    auto next = frame(i);
    queue.push(next);
  }
}

}  // namespace
}  // namespace imagepacker::element
