// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink/file_writer.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <memory>
#include <optional>

#include "base/text.h"
#include "base/try.h"
#include "sink/gallery.h"
#include "sink/remote_file.h"

namespace imagepacker::element {
namespace {

constexpr std::int64_t kMicrosecondsPerSecond = 1000000;
constexpr std::int64_t kNanosecondsPerMicrosecond = 1000;
/// So many names in a row that are taken are no coincidence.
constexpr unsigned kMaxAttempts = 1000000;
/// The index after the last one; 0 after it would take the place of the first photo.
constexpr std::uint64_t kNoMoreIndices = UINT64_MAX;

struct PathParts {
  std::string folder;  ///< empty for the working folder, else with a slash at the end
  std::string name;
};

PathParts split(const std::string& path) {
  const std::size_t name_at = path.rfind('/') + 1;
  return {path.substr(0, name_at), path.substr(name_at)};
}

/// What a symbolic link leads to: a new file takes the place of that and not of the link.
std::string follow_link(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0 || !S_ISLNK(status.st_mode)) {
    return path;
  }
  struct Free {
    void operator()(char* string) const { std::free(string); }
  };
  const std::unique_ptr<char, Free> target(realpath(path.c_str(), nullptr));
  return target != nullptr ? std::string(target.get()) : path;
}

/// A FIFO, a device or a socket, which is written to instead of replaced.
bool is_stream(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

timespec moment(const CaptureTime& time) {
  const std::int64_t rest_us = time.unix_us % kMicrosecondsPerSecond;
  const bool is_before = rest_us < 0;
  return {static_cast<std::time_t>(time.unix_us / kMicrosecondsPerSecond - (is_before ? 1 : 0)),
          static_cast<long>((rest_us + (is_before ? kMicrosecondsPerSecond : 0)) * kNanosecondsPerMicrosecond)};
}

}  // namespace

/// A photo's try to get a name, and what is ready for the next one when that is taken.
struct FileWriter::Attempt {
  std::string location;
  NewFile::Existing existing = NewFile::Existing::keep;
  std::optional<NewFile> file;
  std::string folder;  ///< that `file` is in
  bool is_stream = false;
};

void FileWriter::cancel() {
  cancellation_.cancel();
  g_cancellable_cancel(cancellable_);
}

void FileWriter::rearm() {
  cancellation_.rearm();
  g_cancellable_reset(cancellable_);
}

void FileWriter::clean_up(const Destination& destination) {
  if (const auto folder = destination.folder()) {
    remove_stale_files(*folder);
  }
}

Result<WrittenPhoto> FileWriter::write(const Destination& destination, const PackedPhoto& photo) {
  if (destination.kind() == Destination::Kind::descriptor) {
    IP_TRY(fill_descriptor(destination.fd(), photo.bytes, destination.durability(), cancellation_,
                           destination.description()));
    return WrittenPhoto{.location = {}, .index = index_++, .is_stream = true};
  }
  IP_ASSIGN(WrittenPhoto written, write_named(destination, photo));
  if (!written.is_stream) {
    keep_only(destination.max_files(), written.location);
  }
  return written;
}

std::uint64_t FileWriter::first_index(const Destination& destination, const PackedPhoto& photo) {
  if (!destination.numbers_itself()) {
    return index_;
  }
  const std::int64_t second = moment(photo.capture_time).tv_sec;
  if (second != numbered_second_) {
    numbered_second_ = second;
    numbered_index_ = 1;
  }
  return numbered_index_;
}

Result<WrittenPhoto> FileWriter::write_named(const Destination& destination, const PackedPhoto& photo) {
  const std::tm time = clock_face(photo.capture_time);
  const bool is_unique = destination.overwrite() == Overwrite::unique;
  std::uint64_t first = first_index(destination, photo);
  std::uint64_t index = first;
  unsigned copy = 0;
  Attempt attempt;
  if (destination.overwrite() == Overwrite::replace) {
    attempt.existing = NewFile::Existing::replace;
  }
  for (unsigned i = 0; i < kMaxAttempts; ++i) {
    if (destination.has_index() && index == kNoMoreIndices) {
      return make_error(Errc::sink_failed,
                        text("there is no index after ", index - 1, " for ", destination.description(), ", as ", index,
                             " only says so: set index to a smaller number"));
    }
    attempt.location = destination.name(index, time, photo.format, copy);
    IP_ASSIGN(const bool is_written, put(destination, photo, attempt));
    if (is_written) {
      if (destination.numbers_itself()) {
        numbered_index_ = index + 1;
      } else {
        // One that was set meanwhile is for the next photo.
        index_.compare_exchange_strong(first, index + 1);
      }
      return WrittenPhoto{.location = attempt.location, .index = index, .is_stream = attempt.is_stream};
    }
    if (!is_unique) {
      return system_failure(text("won't write ", attempt.location, " with overwrite=fail"), EEXIST);
    }
    if (destination.has_index()) {
      ++index;
    } else {
      ++copy;
    }
  }
  return system_failure(text("every name like ", attempt.location, " is taken"), EEXIST);
}

Result<bool> FileWriter::put(const Destination& destination, const PackedPhoto& photo, Attempt& attempt) {
  if (destination.kind() == Destination::Kind::path) {
    return put_local(destination, photo, attempt.location, attempt);
  }
  if (const auto path = local_path(attempt.location)) {
    return put_local(destination, photo, *path, attempt);
  }
  for (;;) {
    auto result = put_remote_file(attempt.location, photo.bytes, attempt.existing, cancellable_);
    if (result || result.error().code != Errc::cancelled || !cancellation_.outlast()) {
      return result;
    }
  }
}

Result<bool> FileWriter::put_local(const Destination& destination, const PackedPhoto& photo, const std::string& path,
                                   Attempt& attempt) {
  if (is_stream(path)) {
    IP_TRY(put_stream(destination, photo, path));
    attempt.is_stream = true;
    return true;
  }
  const PathParts parts = split(attempt.existing == NewFile::Existing::replace ? follow_link(path) : path);
  if (!attempt.file || attempt.folder != parts.folder) {
    if (destination.is_gallery()) {
      IP_TRY(make_folders(parts.folder));
    }
    IP_ASSIGN(NewFile file, NewFile::create(parts.folder, path));
    for (const ByteView bytes : photo.bytes) {
      IP_TRY(file.write(bytes));
    }
    if (destination.is_gallery()) {
      IP_TRY(file.set_modification_time(moment(photo.capture_time)));
    }
    IP_TRY(file.seal(destination.durability()));
    attempt.file.emplace(std::move(file));
    attempt.folder = parts.folder;
  }
  return attempt.file->publish(parts.name, attempt.existing, destination.durability());
}

Status FileWriter::put_stream(const Destination& destination, const PackedPhoto& photo, const std::string& path) {
  IP_ASSIGN(const Descriptor stream, open_stream(path.c_str(), cancellation_));
  return fill_descriptor(stream.get(), photo.bytes, destination.durability(), cancellation_, path);
}

void FileWriter::keep_only(unsigned max_files, const std::string& newest) {
  if (max_files == 0) {
    written_.clear();
    return;
  }
  written_.erase(std::remove(written_.begin(), written_.end(), newest), written_.end());
  written_.push_back(newest);
  while (written_.size() > max_files) {
    const std::string& oldest = written_.front();
    if (oldest.find("://") != std::string::npos) {
      remove_remote_file(oldest, cancellable_);
    } else {
      unlink(oldest.c_str());
    }
    written_.pop_front();
  }
}

}  // namespace imagepacker::element
