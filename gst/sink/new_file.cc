// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink/new_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string_view>

#include "base/text.h"
#include "base/try.h"

namespace imagepacker::element {
namespace {

constexpr std::string_view kHiddenPrefix = ".imagepacker-";
constexpr std::string_view kHiddenSuffix = ".part";
constexpr mode_t kMode = 0666;
constexpr int kNameAttempts = 100;

/// A name that nobody else takes.
std::string make_hidden_name() {
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuv";
  unsigned char random[12] = {};
  if (getrandom(random, sizeof random, GRND_NONBLOCK) < 0) {
    // Early in the system's life: names that are taken are tried again.
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    for (std::size_t i = 0; i < sizeof random; ++i) {
      random[i] = static_cast<unsigned char>(now.tv_nsec >> (i * 3));
    }
  }
  std::string name(kHiddenPrefix);
  for (const unsigned char byte : random) {
    name += kDigits[byte % kDigits.size()];
  }
  return name.append(kHiddenSuffix);
}

bool is_hidden_name(std::string_view name) {
  return name.starts_with(kHiddenPrefix) && name.ends_with(kHiddenSuffix);
}

/// Where the kernel shows an open file, so that a name can be linked to it.
std::string process_path(int fd) {
  return text("/proc/self/fd/", fd);
}

/// Says to remove_stale_files() of other processes that this one lives. A file system without locks has no such
/// protection, and nothing is removed there.
bool lock(int fd) {
  return uninterrupted([&] { return flock(fd, LOCK_EX | LOCK_NB); }) == 0 || errno != EWOULDBLOCK;
}

bool is_named(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 && status.st_nlink > 0;
}

}  // namespace

Result<NewFile> NewFile::create(const std::string& folder, const std::string& label) {
  const std::string folder_name = folder.empty() ? "." : folder;
  Descriptor directory(uninterrupted([&] { return open(folder_name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!directory.is_open()) {
    return system_failure(text("can't write ", label, ": can't open the folder ", folder_name), errno);
  }
  NewFile file(folder_name, std::move(directory), label);
  if (!file.open_nameless()) {
    IP_TRY(file.open_hidden());
  }
  return file;
}

NewFile::~NewFile() {
  if (!hidden_name_.empty()) {
    unlinkat(folder_.get(), hidden_name_.c_str(), 0);
  }
}

bool NewFile::open_nameless() {
  file_ =
      Descriptor(uninterrupted([&] { return openat(folder_.get(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, kMode); }));
  if (file_.is_open() && access(process_path(file_.get()).c_str(), F_OK) == 0) {
    lock(file_.get());
    return true;
  }
  file_.reset();
  return false;
}

Status NewFile::open_hidden() {
  for (int attempt = 0; attempt < kNameAttempts; ++attempt) {
    const std::string name = make_hidden_name();
    Descriptor file(uninterrupted(
        [&] { return openat(folder_.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode); }));
    if (!file.is_open()) {
      if (errno == EEXIST) {
        continue;
      }
      return system_failure(text("can't write ", label_, ": can't create a file in the folder ", folder_name_), errno);
    }
    // Between both calls somebody may have taken it for a dead process's.
    if (lock(file.get()) && is_named(file.get())) {
      hidden_name_ = name;
      file_ = std::move(file);
      return {};
    }
  }
  return system_failure(text("can't write ", label_, ": can't create a file in the folder ", folder_name_), EEXIST);
}

std::string NewFile::path_of(const std::string& name) const {
  return folder_name_.ends_with('/') ? folder_name_ + name : text(folder_name_, '/', name);
}

Status NewFile::write(ByteView bytes) {
  return write_all(file_.get(), bytes, label_);
}

Status NewFile::set_modification_time(const timespec& time) {
  const timespec times[] = {{0, UTIME_OMIT}, time};
  if (futimens(file_.get(), times) < 0) {
    return system_failure(text("can't set the time of ", label_), errno);
  }
  return {};
}

Status NewFile::seal(Durability durability) {
  if (durability != Durability::none) {
    IP_TRY(sync(file_.get(), label_));
  }
  // Network file systems report at close what they could not write. The lock needs the descriptor: a copy will do.
  const int copy = fcntl(file_.get(), F_DUPFD_CLOEXEC, 0);
  if (copy < 0 || (close(copy) < 0 && errno != EINTR)) {
    return system_failure(text("can't write ", label_), errno);
  }
  return {};
}

Status NewFile::link_hidden() {
  for (int attempt = 0; attempt < kNameAttempts; ++attempt) {
    const std::string name = make_hidden_name();
    if (linkat(AT_FDCWD, process_path(file_.get()).c_str(), folder_.get(), name.c_str(), AT_SYMLINK_FOLLOW) == 0) {
      hidden_name_ = name;
      return {};
    }
    if (errno != EEXIST) {
      break;
    }
  }
  return system_failure(text("can't name ", label_), errno);
}

Result<bool> NewFile::rename_to(const std::string& name, Existing existing) {
  const char* const from = hidden_name_.c_str();
  const int folder = folder_.get();
  int result = -1;
  if (existing == Existing::replace) {
    result = renameat(folder, from, folder, name.c_str());
  } else {
    result = renameat2(folder, from, folder, name.c_str(), RENAME_NOREPLACE);
    if (result < 0 && (errno == EINVAL || errno == ENOSYS)) {
      // The file system can't; one that has second names for a file can do it by them.
      result = linkat(folder, from, folder, name.c_str(), 0);
      if (result == 0) {
        unlinkat(folder, from, 0);
      }
    }
    if (result < 0 && errno == EEXIST) {
      return false;
    }
  }
  if (result < 0) {
    return system_failure(text("can't name a finished file ", path_of(name)), errno);
  }
  hidden_name_.clear();
  return true;
}

Result<bool> NewFile::publish(const std::string& name, Existing existing, Durability durability) {
  bool is_there = false;
  if (hidden_name_.empty()) {
    is_there = linkat(AT_FDCWD, process_path(file_.get()).c_str(), folder_.get(), name.c_str(), AT_SYMLINK_FOLLOW) == 0;
    if (!is_there && errno != EEXIST) {
      return system_failure(text("can't name a finished file ", path_of(name)), errno);
    }
    if (!is_there && existing == Existing::keep) {
      return false;
    }
  }
  if (!is_there) {
    if (hidden_name_.empty()) {
      IP_TRY(link_hidden());
    }
    IP_ASSIGN(is_there, rename_to(name, existing));
    if (!is_there) {
      return false;
    }
  }
  if (durability == Durability::directory) {
    IP_TRY(sync(folder_.get(), text("the folder ", folder_name_)));
  }
  return true;
}

int remove_stale_files(const std::string& folder) {
  struct Close {
    void operator()(DIR* directory) const { closedir(directory); }
  };
  const std::unique_ptr<DIR, Close> directory(opendir(folder.empty() ? "." : folder.c_str()));
  if (directory == nullptr) {
    return 0;
  }
  int count = 0;
  while (const dirent* const entry = readdir(directory.get())) {
    if (!is_hidden_name(entry->d_name)) {
      continue;
    }
    const int folder_fd = dirfd(directory.get());
    const Descriptor file(openat(folder_fd, entry->d_name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status {};
    const bool is_file = file.is_open() && fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode);
    if (is_file && flock(file.get(), LOCK_EX | LOCK_NB) == 0 && unlinkat(folder_fd, entry->d_name, 0) == 0) {
      ++count;
    }
  }
  return count;
}

}  // namespace imagepacker::element
