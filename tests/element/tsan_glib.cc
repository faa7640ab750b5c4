// SPDX-License-Identifier: LGPL-2.1-or-later
#include <dlfcn.h>
#include <gst/gst.h>
#include <sanitizer/tsan_interface.h>

#include <type_traits>

// ThreadSanitizer sees neither GLib's locks, which call the kernel themselves, nor the counters of references inside of
// libraries that were not compiled for it. These functions stand before those libraries' own and tell it that whoever
// takes a lock comes after whoever gave it up, and whoever drops the last reference after all who dropped one.

namespace {

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

#define NEXT(function) static auto* const original = next<std::remove_pointer_t<decltype(&(function))>>(#function)

extern "C" {

void g_mutex_lock(GMutex* mutex) {
  NEXT(g_mutex_lock);
  original(mutex);
  __tsan_acquire(mutex);
}

gboolean g_mutex_trylock(GMutex* mutex) {
  NEXT(g_mutex_trylock);
  const gboolean is_locked = original(mutex);
  if (is_locked) {
    __tsan_acquire(mutex);
  }
  return is_locked;
}

void g_mutex_unlock(GMutex* mutex) {
  NEXT(g_mutex_unlock);
  __tsan_release(mutex);
  original(mutex);
}

void g_cond_wait(GCond* condition, GMutex* mutex) {
  NEXT(g_cond_wait);
  __tsan_release(mutex);
  original(condition, mutex);
  __tsan_acquire(mutex);
}

gboolean g_cond_wait_until(GCond* condition, GMutex* mutex, gint64 end_time) {
  NEXT(g_cond_wait_until);
  __tsan_release(mutex);
  const gboolean is_signalled = original(condition, mutex, end_time);
  __tsan_acquire(mutex);
  return is_signalled;
}

// The counters are read as they are: the libraries change them by atomic operations.

__attribute__((no_sanitize("thread"))) void gst_mini_object_unref(GstMiniObject* object) {
  NEXT(gst_mini_object_unref);
  __tsan_release(object);
  if (object->refcount == 1) {
    __tsan_acquire(object);
  }
  original(object);
}

__attribute__((no_sanitize("thread"))) void g_object_unref(gpointer object) {
  NEXT(g_object_unref);
  __tsan_release(object);
  if (static_cast<GObject*>(object)->ref_count == 1) {
    __tsan_acquire(object);
  }
  original(object);
}

__attribute__((no_sanitize("thread"))) void gst_object_unref(gpointer object) {
  NEXT(gst_object_unref);
  __tsan_release(object);
  if (static_cast<GObject*>(object)->ref_count == 1) {
    __tsan_acquire(object);
  }
  original(object);
}

GThreadPool* g_thread_pool_new(GFunc work, gpointer user_data, gint most_threads, gboolean is_exclusive,
                               GError** error) {
  NEXT(g_thread_pool_new);
  struct Work {
    GFunc function;
    gpointer user_data;
  };
  const auto run = [](gpointer task, gpointer data) {
    __tsan_acquire(task);
    const Work* const of_pool = static_cast<Work*>(data);
    of_pool->function(task, of_pool->user_data);
  };
  // As long as the pool, which is there to the end.
  return original(run, new Work{work, user_data}, most_threads, is_exclusive, error);
}

gboolean g_thread_pool_push(GThreadPool* pool, gpointer task, GError** error) {
  NEXT(g_thread_pool_push);
  __tsan_release(task);
  return original(pool, task, error);
}

void g_async_queue_push(GAsyncQueue* queue, gpointer data) {
  NEXT(g_async_queue_push);
  __tsan_release(queue);
  original(queue, data);
}

gpointer g_async_queue_pop(GAsyncQueue* queue) {
  NEXT(g_async_queue_pop);
  const gpointer data = original(queue);
  __tsan_acquire(queue);
  return data;
}

gpointer g_async_queue_try_pop(GAsyncQueue* queue) {
  NEXT(g_async_queue_try_pop);
  const gpointer data = original(queue);
  __tsan_acquire(queue);
  return data;
}

gpointer g_async_queue_timeout_pop(GAsyncQueue* queue, guint64 timeout) {
  NEXT(g_async_queue_timeout_pop);
  const gpointer data = original(queue, timeout);
  __tsan_acquire(queue);
  return data;
}

gboolean gst_bus_post(GstBus* bus, GstMessage* message) {
  NEXT(gst_bus_post);
  __tsan_release(bus);
  return original(bus, message);
}

GstMessage* gst_bus_timed_pop_filtered(GstBus* bus, GstClockTime timeout, GstMessageType types) {
  NEXT(gst_bus_timed_pop_filtered);
  GstMessage* const message = original(bus, timeout, types);
  __tsan_acquire(bus);
  return message;
}

}  // extern "C"
