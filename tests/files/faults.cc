// SPDX-License-Identifier: LGPL-2.1-or-later
// Both names of each call are defined here, so that none may stand for the other.
#undef _FILE_OFFSET_BITS

#include "files/faults.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace imagepacker::test::faults {
namespace {

constexpr std::size_t kNoLimit = static_cast<std::size_t>(-1);

std::atomic<int> failing_call = -1;
std::atomic<int> calls_left = 0;
std::atomic<int> failure = 0;
std::atomic<std::size_t> bytes_left = kNoLimit;
std::atomic<bool> is_disturbing = false;
std::atomic<bool> has_nameless_files = true;
std::atomic<std::size_t> most_bytes = kNoLimit;
std::atomic<bool> has_failed = false;
std::atomic<unsigned> call_count = 0;
bool is_told = false;

bool is_file(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
}

/// Notes that a call fails, on standard error where nobody else can ask.
void note_failure() {
  has_failed = true;
  if (is_told) {
    dprintf(STDERR_FILENO, "%s\n", kFailureLine);
  }
}

/// True when this call must fail; errno says how.
bool fails(Call call, bool can_be_interrupted = true) {
  if (is_disturbing && can_be_interrupted && call_count++ % 2 == 0) {
    note_failure();
    errno = EINTR;
    return true;
  }
  if (failing_call == static_cast<int>(call) && --calls_left == 0) {
    note_failure();
    errno = failure;
    return true;
  }
  return false;
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

/// What the environment asks for, in programs that know nothing of faults.h.
[[gnu::constructor]] void obey_environment() {
  const auto number = [](const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr ? std::atoll(value) : -1;
  };
  if (const char* const call = std::getenv("FAULT_CALL")) {
    is_told = true;
    for (const NamedCall& known : kCalls) {
      if (std::string(call) == known.name) {
        fail(known.call, static_cast<int>(number("FAULT_NUMBER")), static_cast<int>(number("FAULT_ERRNO")));
      }
    }
  }
  if (const long long room = number("FAULT_ROOM"); room >= 0) {
    is_told = true;
    fill_disk_after(static_cast<std::size_t>(room));
  }
  if (const long long most = number("FAULT_WRITES_OF"); most > 0) {
    most_bytes = static_cast<std::size_t>(most);
  }
  set_nameless_files(number("FAULT_NAMELESS") != 0);
}

}  // namespace

void fail(Call call, int nth, int error_number) {
  has_failed = false;
  failure = error_number;
  calls_left = nth;
  failing_call = static_cast<int>(call);
}

void fill_disk_after(std::size_t bytes) {
  has_failed = false;
  bytes_left = bytes;
}

void disturb() {
  has_failed = false;
  is_disturbing = true;
}

void set_nameless_files(bool can_be) {
  has_nameless_files = can_be;
}

bool stop() {
  failing_call = -1;
  bytes_left = kNoLimit;
  is_disturbing = false;
  return has_failed;
}

}  // namespace imagepacker::test::faults

namespace faults = imagepacker::test::faults;

extern "C" {

ssize_t write(int fd, const void* bytes, size_t count) {
  static const auto real = faults::next<ssize_t (*)(int, const void*, size_t)>("write");
  if (!faults::is_file(fd)) {
    return real(fd, bytes, count);
  }
  if (faults::fails(faults::Call::write)) {
    return -1;
  }
  count = std::min<size_t>(count, faults::is_disturbing ? 1000 : faults::most_bytes.load());
  const std::size_t room = faults::bytes_left;
  if (room != faults::kNoLimit) {
    if (room == 0 && count > 0) {
      faults::note_failure();
      errno = ENOSPC;
      return -1;
    }
    count = std::min(count, room);
    faults::bytes_left = room - count;
  }
  return real(fd, bytes, count);
}

int fsync(int fd) {
  static const auto real = faults::next<int (*)(int)>("fsync");
  return faults::fails(faults::Call::sync) ? -1 : real(fd);
}

int openat(int folder, const char* path, int flags, ...) {
  static const auto real = faults::next<int (*)(int, const char*, int, ...)>("openat");
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  if ((flags & O_TMPFILE) == O_TMPFILE && !faults::has_nameless_files) {
    errno = EOPNOTSUPP;
    return -1;
  }
  if ((flags & (O_CREAT | O_TMPFILE)) != 0 && faults::fails(faults::Call::open)) {
    return -1;
  }
  return real(folder, path, flags, mode);
}

int openat64(int folder, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return openat(folder, path, flags, mode);
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
  static const auto real = faults::next<int (*)(int, const char*, int, const char*, int)>("linkat");
  return faults::fails(faults::Call::name, false) ? -1 : real(from_folder, from, to_folder, to, flags);
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  static const auto real = faults::next<int (*)(int, const char*, int, const char*)>("renameat");
  return faults::fails(faults::Call::name, false) ? -1 : real(from_folder, from, to_folder, to);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
  static const auto real = faults::next<int (*)(int, const char*, int, const char*, unsigned)>("renameat2");
  return faults::fails(faults::Call::name, false) ? -1 : real(from_folder, from, to_folder, to, flags);
}

int futimens(int fd, const timespec times[2]) noexcept {
  static const auto real = faults::next<int (*)(int, const timespec*)>("futimens");
  return faults::fails(faults::Call::time, false) ? -1 : real(fd, times);
}

int fcntl64(int fd, int command, ...) {
  static const auto real = faults::next<int (*)(int, int, ...)>("fcntl64");
  va_list arguments;
  va_start(arguments, command);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  const bool is_ours = command == F_DUPFD_CLOEXEC && faults::is_file(fd);
  return is_ours && faults::fails(faults::Call::duplicate, false) ? -1 : real(fd, command, argument);
}

}  // extern "C"
