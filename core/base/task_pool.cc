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
  std::size_t helpers = 0;  ///< of the pool's threads, the caller not counted
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
    start_workers(threads_ - 1);
    jobs_.push_back(&job);
    work_or_stop_.notify_all();
    while (job.has_work()) {
      run_one(job, lock);
    }
    done_.wait(lock, [&] { return job.is_done(); });
    std::erase(jobs_, &job);
    return std::move(job.status);
  }

  bool post(std::function<void()> task) {
    {
      const std::lock_guard lock(mutex_);
      start_workers(threads_);
      if (workers_.empty()) {
        return false;
      }
      posted_.push_back(std::move(task));
    }
    work_or_stop_.notify_one();
    return true;
  }

 private:
  /// For a call of for_each one fewer than may work on it; for what is posted as many as may.
  void start_workers(unsigned count) {
    while (workers_.size() < count) {
      try {
        workers_.emplace_back([this] { work(); });
      } catch (const std::system_error&) {
        // The system gives no more threads; those that run, the caller of for_each among them, do all of the work.
        return;
      }
    }
  }

  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      const auto job = std::find_if(jobs_.begin(), jobs_.end(), [this](const Job* each) {
        return each->has_work() && each->helpers + 1 < threads_;
      });
      if (job != jobs_.end()) {
        help(**job, lock);
      } else if (!posted_.empty()) {
        run_posted(lock);
      } else if (stopping_) {
        return;
      } else {
        work_or_stop_.wait(lock);
      }
    }
  }

  void help(Job& job, std::unique_lock<std::mutex>& lock) {
    ++job.helpers;
    // The call returns, and the job ends, when nobody runs a part of it: it is there as long as it has work.
    while (job.has_work()) {
      run_one(job, lock);
    }
    --job.helpers;
  }

  void run_posted(std::unique_lock<std::mutex>& lock) {
    std::function<void()> task = std::move(posted_.front());
    posted_.pop_front();
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
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
  std::deque<std::function<void()>> posted_;
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

bool TaskPool::post(std::function<void()> task) {
  return impl_->post(std::move(task));
}

}  // namespace imagepacker
