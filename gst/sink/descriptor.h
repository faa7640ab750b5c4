// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cerrno>
#include <functional>
#include <span>
#include <string_view>
#include <utility>

#include "imagepacker/byte_sink.h"
#include "imagepacker/result.h"

namespace imagepacker::element {

/// The pieces that a file consists of, in order.
using Parts = std::span<const ByteView>;

/// How sure it is that a file outlives a power cut when its photo is announced.
enum class Durability {
  none,       ///< the system writes it when it likes
  file,       ///< its bytes are on the disk before it gets its name
  directory,  ///< its name is on the disk, too
};

/// An open file descriptor that is closed at the end. -1 is none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_ = -1;
};

/// Ends the waiting of another thread. Any thread.
class Cancellation {
 public:
  /// `outlast` is asked by those who wait, when they are cancelled: it waits until it is known whether that was for a
  /// time (a pause) or for good, and is true when they are to go on. Without it, all is for good.
  explicit Cancellation(std::function<bool()> outlast = {});

  /// Whoever waits returns at once, and so do those who come, until rearm().
  void cancel();
  void rearm();

  /// Whoever was cancelled is to go on.
  [[nodiscard]] bool outlast() const { return outlast_ && outlast_(); }

  /// Readable while cancelled.
  [[nodiscard]] int fd() const { return event_.get(); }

 private:
  const std::function<bool()> outlast_;
  Descriptor event_;
};

/// What people can do where a disk is full, for the end of a message.
inline constexpr const char* kMakeRoom = "; make room there, or write to another disk";

/// What a failed system call left in errno, as an Error: "`doing`: Permission denied". Of kind sink_failed, or no_space
/// where a disk is full, with kMakeRoom.
Error system_failure(std::string_view doing, int error_number, const char* file = __builtin_FILE(),
                     int line = __builtin_LINE());

/// Repeats `call`, which returns -1 on failure, as long as a signal interrupts it.
template <class Call>
auto uninterrupted(Call call) -> decltype(call()) {
  for (;;) {
    const auto result = call();
    if (result != -1 || errno != EINTR) {
      return result;
    }
  }
}

/// Writes all of `bytes` to a regular file from where it stands. `name` is for the error's text.
Status write_all(int fd, ByteView bytes, std::string_view name);

/// Brings what was written to `fd` onto the disk.
Status sync(int fd, std::string_view name);

/// Makes `parts` the content of a descriptor that somebody else has opened and goes on using. A regular file holds them
/// and nothing else afterwards, and nothing at all after a failure; a pipe, a socket or a device gets them appended to
/// what went before, and no SIGPIPE comes of it. Waits for slow readers, in blocking mode and not, until
/// `cancellation`. Errors: system_failure(), cancelled.
Status fill_descriptor(int fd, Parts parts, Durability durability, const Cancellation& cancellation,
                       std::string_view name);

/// Opens the FIFO or device `path` for fill_descriptor(), waiting for a FIFO's reader until `cancellation`. A socket
/// can't be opened.
Result<Descriptor> open_stream(const char* path, const Cancellation& cancellation);

}  // namespace imagepacker::element
