// SPDX-License-Identifier: LGPL-2.1-or-later
#include "imagepacker/task_pool.h"

#include <sched.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#include "base/text.h"

namespace imagepacker {
namespace {

using Task = std::function<Status(std::size_t)>;

unsigned usable_cpu_count() {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  if (sched_getaffinity(0, sizeof cpus, &cpus) == 0) {
    return static_cast<unsigned>(std::max(1, CPU_COUNT(&cpus)));
  }
  return std::max(1U, std::thread::hardware_concurrency());
}

Status run_guarded(const Task& task, std::size_t index) {
  try {
    return task(index);
  } catch (const std::bad_alloc&) {
    return make_error(Errc::out_of_memory, "no memory for a stripe of the picture");
  } catch (const std::exception& exception) {
    return make_error(Errc::internal, text("exception in a stripe of the picture: ", exception.what()));
  }
}

/// One for_each call: its indices and what came of them. Guarded by the pool's mutex.
struct Job {
  const Task* task;
  std::size_t count;
  std::size_t next = 0;
  std::size_t running = 0;
  std::size_t failed_index = 0;
  Status status;

  [[nodiscard]] bool has_work() const { return next < count && status.has_value(); }
  [[nodiscard]] bool is_done() const { return running == 0 && !has_work(); }
};

}  // namespace

class TaskPool::Impl {
 public:
  explicit Impl(unsigned threads) : threads_(threads == 0 ? usable_cpu_count() : threads) {}

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    work_or_stop_.notify_all();
    workers_.clear();
  }

  [[nodiscard]] unsigned threads() const { return threads_; }

  Status for_each(std::size_t count, const Task& task) {
    if (threads_ == 1 || count <= 1) {
      for (std::size_t index = 0; index < count; ++index) {
        if (Status status = run_guarded(task, index); !status.has_value()) {
          return status;
        }
      }
      return {};
    }
    Job job{.task = &task, .count = count, .status = {}};
    std::unique_lock lock(mutex_);
    start_workers();
    jobs_.push_back(&job);
    work_or_stop_.notify_all();
    while (job.has_work()) {
      run_one(job, lock);
    }
    done_.wait(lock, [&] { return job.is_done(); });
    std::erase(jobs_, &job);
    return std::move(job.status);
  }

 private:
  void start_workers() {
    while (workers_.size() + 1 < threads_) {
      try {
        workers_.emplace_back([this] { work(); });
      } catch (const std::system_error&) {
        // The system gives no more threads; those that run, the caller's among them, do all of the work.
        return;
      }
    }
  }

  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      const auto job = std::find_if(jobs_.begin(), jobs_.end(), [](const Job* each) { return each->has_work(); });
      if (job != jobs_.end()) {
        run_one(**job, lock);
      } else if (stopping_) {
        return;
      } else {
        work_or_stop_.wait(lock);
      }
    }
  }

  void run_one(Job& job, std::unique_lock<std::mutex>& lock) {
    const std::size_t index = job.next++;
    ++job.running;
    lock.unlock();
    Status status = run_guarded(*job.task, index);
    lock.lock();
    --job.running;
    if (!status.has_value() && (job.status.has_value() || index < job.failed_index)) {
      job.status = std::move(status);
      job.failed_index = index;
    }
    if (job.is_done()) {
      done_.notify_all();
    }
  }

  const unsigned threads_;
  std::mutex mutex_;
  std::condition_variable work_or_stop_;
  std::condition_variable done_;
  std::deque<Job*> jobs_;
  bool stopping_ = false;
  std::vector<std::jthread> workers_;
};

TaskPool::TaskPool(unsigned threads) : impl_(std::make_unique<Impl>(threads)) {}
TaskPool::~TaskPool() = default;

unsigned TaskPool::threads() const {
  return impl_->threads();
}

Status TaskPool::for_each(std::size_t count, const Task& task) {
  return impl_->for_each(count, task);
}

}  // namespace imagepacker
