// SPDX-License-Identifier: LGPL-2.1-or-later
#include "imagepacker/task_pool.h"

#include <gtest/gtest.h>

#include <atomic>
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

INSTANTIATE_TEST_SUITE_P(Counts, TaskPoolThreads, ::testing::Values(1U, 2U, 5U));

}  // namespace
}  // namespace imagepacker
