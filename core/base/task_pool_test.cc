// SPDX-License-Identifier: LGPL-2.1-or-later
#include "imagepacker/task_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <new>
#include <thread>
#include <vector>

namespace imagepacker {
namespace {

class TaskPoolThreads : public ::testing::TestWithParam<unsigned> {};

TEST_P(TaskPoolThreads, RunsEveryIndexOnce) {
  TaskPool pool(GetParam());
  std::vector<std::atomic<int>> calls(1000);
  const Status status = pool.for_each(calls.size(), [&](std::size_t index) -> Status {
    ++calls[index];
    return {};
  });
  ASSERT_TRUE(status.has_value());
  for (const auto& count : calls) {
    EXPECT_EQ(count, 1);
  }
}

TEST_P(TaskPoolThreads, ReturnsTheFailureWithTheLowestIndex) {
  TaskPool pool(GetParam());
  const Status status = pool.for_each(100, [](std::size_t index) -> Status {
    if (index >= 10) {
      return make_error(Errc::codec_failed, std::to_string(index));
    }
    return {};
  });
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message, "10");
}

TEST_P(TaskPoolThreads, TurnsExceptionsIntoErrors) {
  TaskPool pool(GetParam());
  const Status status = pool.for_each(4, [](std::size_t) -> Status { throw std::bad_alloc(); });
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, Errc::out_of_memory);
}

TEST_P(TaskPoolThreads, TasksMayUseThePoolAgain) {
  TaskPool pool(GetParam());
  std::atomic<int> sum = 0;
  const Status status = pool.for_each(8, [&](std::size_t) {
    return pool.for_each(8, [&](std::size_t) -> Status {
      ++sum;
      return {};
    });
  });
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(sum, 64);
}

TEST_P(TaskPoolThreads, ServesSeveralCallersAtOnce) {
  TaskPool pool(GetParam());
  std::atomic<int> sum = 0;
  std::vector<std::jthread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      const Status status = pool.for_each(100, [&](std::size_t) -> Status {
        ++sum;
        return {};
      });
      EXPECT_TRUE(status.has_value());
    });
  }
  callers.clear();
  EXPECT_EQ(sum, 400);
}

TEST_P(TaskPoolThreads, RunsWhatIsPostedBesideTheCaller) {
  std::vector<std::atomic<int>> calls(50);
  std::atomic<int> parts = 0;
  const auto caller = std::this_thread::get_id();
  {
    TaskPool pool(GetParam());
    for (auto& count : calls) {
      ASSERT_TRUE(pool.post([&] {
        EXPECT_NE(std::this_thread::get_id(), caller);
        ++count;
        const Status status = pool.for_each(4, [&](std::size_t) -> Status {
          ++parts;
          return {};
        });
        EXPECT_TRUE(status.has_value());
      }));
    }
  }
  for (const auto& count : calls) {
    EXPECT_EQ(count, 1);
  }
  EXPECT_EQ(parts, 200);
}

TEST_P(TaskPoolThreads, NoMoreThanItsThreadsWorkOnACall) {
  TaskPool pool(GetParam());
  ASSERT_TRUE(pool.post([] {}));
  std::atomic<unsigned> working = 0;
  std::atomic<unsigned> most = 0;
  const Status status = pool.for_each(100, [&](std::size_t) -> Status {
    const unsigned now = ++working;
    unsigned before = most;
    while (before < now && !most.compare_exchange_weak(before, now)) {
    }
    std::this_thread::sleep_for(std::chrono::microseconds(100));
    --working;
    return {};
  });
  ASSERT_TRUE(status.has_value());
  EXPECT_LE(most, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Counts, TaskPoolThreads, ::testing::Values(1U, 2U, 5U));

}  // namespace
}  // namespace imagepacker
