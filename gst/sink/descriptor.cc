// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink/descriptor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <csignal>
#include <cstdint>
#include <string>
#include <system_error>

#include "base/text.h"
#include "base/try.h"

namespace imagepacker::element {
namespace {

/// How often a FIFO without reader is tried again: nothing tells when one comes.
constexpr int kReaderWaitMilliseconds = 50;

/// No SIGPIPE for this thread as long as it lives: a reader that has gone is an error like others.
class PipeSignalBlock {
 public:
  PipeSignalBlock() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~PipeSignalBlock() {
    if (!was_pending_) {
      // Takes back the one that a write has raised.
      const timespec no_wait{};
      while (sigtimedwait(&pipe_, nullptr, &no_wait) == -1 && errno == EINTR) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  PipeSignalBlock(const PipeSignalBlock&) = delete;
  PipeSignalBlock& operator=(const PipeSignalBlock&) = delete;

 private:
  sigset_t pipe_;
  sigset_t before_;
  bool was_pending_;
};

Error cancelled() {
  return make_error(Errc::cancelled, "writing was cancelled");
}

/// Waits until `fd` takes bytes.
Status wait_until_writable(int fd, const Cancellation& cancellation, std::string_view name) {
  pollfd waiting[] = {{fd, POLLOUT, 0}, {cancellation.fd(), POLLIN, 0}};
  do {
    if (uninterrupted([&] { return poll(waiting, 2, -1); }) < 0) {
      return system_failure(text("can't wait for ", name), errno);
    }
    if (waiting[1].revents != 0 && !cancellation.outlast()) {
      return cancelled();
    }
  } while (waiting[1].revents != 0);
  if ((waiting[0].revents & POLLNVAL) != 0) {
    return system_failure(text("can't write to ", name), EBADF);
  }
  return {};
}

/// In pieces that a pipe with room takes at once, so that the wait is always in poll, which can be cancelled.
Status write_to_stream(int fd, ByteView bytes, const Cancellation& cancellation, std::string_view name) {
  const PipeSignalBlock block;
  while (!bytes.empty()) {
    IP_TRY(wait_until_writable(fd, cancellation, name));
    const ssize_t written = write(fd, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
    if (written < 0 && errno != EAGAIN && errno != EINTR) {
      return system_failure(text("can't write to ", name), errno);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  return {};
}

Status fill_regular_file(int fd, Parts parts, Durability durability, std::string_view name) {
  // With O_APPEND bytes go to the end, wherever it stands: there what was before must go first.
  const int flags = fcntl(fd, F_GETFL);
  if (flags >= 0 && (flags & O_APPEND) != 0 && uninterrupted([&] { return ftruncate(fd, 0); }) < 0) {
    return system_failure(text("can't empty ", name), errno);
  }
  if (lseek(fd, 0, SEEK_SET) < 0) {
    return system_failure(text("can't go to the start of ", name), errno);
  }
  std::uint64_t size_bytes = 0;
  for (const ByteView part : parts) {
    IP_TRY(write_all(fd, part, name));
    size_bytes += part.size();
  }
  if (uninterrupted([&] { return ftruncate(fd, static_cast<off_t>(size_bytes)); }) < 0) {
    return system_failure(text("can't cut ", name, " to its length"), errno);
  }
  return durability == Durability::none ? Status() : sync(fd, name);
}

}  // namespace

void Descriptor::reset() {
  if (fd_ >= 0) {
    close(std::exchange(fd_, -1));
  }
}

Cancellation::Cancellation(std::function<bool()> outlast)
    : outlast_(std::move(outlast)), event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Cancellation::cancel() {
  eventfd_write(event_.get(), 1);
}

void Cancellation::rearm() {
  eventfd_t count = 0;
  eventfd_read(event_.get(), &count);
}

Error system_failure(std::string_view doing, int error_number, const char* file, int line) {
  const bool is_full = error_number == ENOSPC || error_number == EDQUOT;
  return make_error(is_full ? Errc::no_space : Errc::sink_failed,
                    text(doing, ": ", std::generic_category().message(error_number), is_full ? kMakeRoom : ""), file,
                    line);
}

Status write_all(int fd, ByteView bytes, std::string_view name) {
  const std::size_t size_bytes = bytes.size();
  while (!bytes.empty()) {
    const ssize_t written = uninterrupted([&] { return write(fd, bytes.data(), bytes.size()); });
    if (written <= 0) {
      return system_failure(
          text("can't write ", name, " (", size_bytes - bytes.size(), " of ", size_bytes, " bytes written)"),
          written < 0 ? errno : ENOSPC);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Status sync(int fd, std::string_view name) {
  if (uninterrupted([&] { return fsync(fd); }) == 0) {
    return {};
  }
  // What has no disk behind it can't be brought there.
  if (errno == EINVAL || errno == ENOTSUP) {
    return {};
  }
  return system_failure(text("can't bring ", name, " onto the disk"), errno);
}

Status fill_descriptor(int fd, Parts parts, Durability durability, const Cancellation& cancellation,
                       std::string_view name) {
  struct stat status {};
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) {
    return system_failure(text("can't write to ", name), EBADF);
  }
  if (fstat(fd, &status) < 0) {
    return system_failure(text("can't write to ", name), errno);
  }
  if (S_ISREG(status.st_mode)) {
    Status result = fill_regular_file(fd, parts, durability, name);
    if (!result && uninterrupted([&] { return ftruncate(fd, 0); }) < 0) {
      result.error().message += "; nor can the part that was written be taken back";
    }
    return result;
  }
  for (const ByteView part : parts) {
    IP_TRY(write_to_stream(fd, part, cancellation, name));
  }
  return {};
}

Result<Descriptor> open_stream(const char* path, const Cancellation& cancellation) {
  for (;;) {
    Descriptor stream(uninterrupted([&] { return open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); }));
    if (stream.is_open()) {
      return stream;
    }
    const int error_number = errno;
    struct stat status {};
    const bool is_there = stat(path, &status) == 0;
    if (error_number != ENXIO || !is_there || !S_ISFIFO(status.st_mode)) {
      const bool is_socket = is_there && S_ISSOCK(status.st_mode);
      return system_failure(text("can't open ", path, is_socket ? ", a socket; connect to it and set fd to that" : ""),
                            error_number);
    }
    pollfd waiting{cancellation.fd(), POLLIN, 0};
    if (uninterrupted([&] { return poll(&waiting, 1, kReaderWaitMilliseconds); }) > 0 && !cancellation.outlast()) {
      return cancelled();
    }
  }
}

}  // namespace imagepacker::element
