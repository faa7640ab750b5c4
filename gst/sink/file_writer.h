// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <utility>

#include "capture_time.h"
#include "sink/destination.h"
#include "sink/new_file.h"

namespace imagepacker::element {

/// A packed photo on its way to its file.
struct PackedPhoto {
  Parts bytes;
  Format format;
  CaptureTime capture_time;
};

/// Where a photo has gone.
struct WrittenPhoto {
  std::string location;     ///< path or URI; empty for a descriptor
  std::uint64_t index = 0;  ///< in its name, if that has a place for it; else how many came before
  bool is_stream = false;   ///< it went into a FIFO or a device, which is not the writer's to remove
};

/// Writes one photo after the other, each whole or not at all, gives them their names and removes those that are too
/// many. One thread at a time, but for what says otherwise.
class FileWriter {
 public:
  /// `outlast_cancel`: Cancellation's.
  explicit FileWriter(std::function<bool()> outlast_cancel = {})
      : cancellation_(std::move(outlast_cancel)), cancellable_(g_cancellable_new()) {}
  ~FileWriter() { g_object_unref(cancellable_); }
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  /// The index of the next photo. Any thread.
  void set_index(std::uint64_t index) { index_ = index; }
  [[nodiscard]] std::uint64_t index() const { return index_; }

  /// Removes what processes that died while they wrote have left behind at `destination`.
  static void clean_up(const Destination& destination);

  /// Errors: system_failure(), cancelled.
  Result<WrittenPhoto> write(const Destination& destination, const PackedPhoto& photo);

  /// Makes write() return, and return at once, until rearm(). Any thread.
  void cancel();
  void rearm();

 private:
  struct Attempt;

  Result<WrittenPhoto> write_named(const Destination& destination, const PackedPhoto& photo);
  Result<bool> put(const Destination& destination, const PackedPhoto& photo, Attempt& attempt);
  Result<bool> put_local(const Destination& destination, const PackedPhoto& photo, const std::string& path,
                         Attempt& attempt);
  Status put_stream(const Destination& destination, const PackedPhoto& photo, const std::string& path);
  std::uint64_t first_index(const Destination& destination, const PackedPhoto& photo);
  void keep_only(unsigned max_files, const std::string& newest);

  std::atomic<std::uint64_t> index_ = 0;
  std::int64_t numbered_second_ = -1;  ///< what numbered_index_ counts in
  std::uint64_t numbered_index_ = 1;   ///< the next, where names are numbered by the second
  std::deque<std::string> written_;    ///< those that count for max-files, oldest first
  Cancellation cancellation_;
  GCancellable* const cancellable_;
};

}  // namespace imagepacker::element
