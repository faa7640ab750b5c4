// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <ctime>
#include <string>
#include <utility>

#include "sink/descriptor.h"

namespace imagepacker::element {

/// A file on its way into a folder: nobody sees it until publish() gives it a name, all at once. It has no name at all
/// (O_TMPFILE) or, where the file system has no such files, a hidden one; when this process dies before publish(), the
/// system forgets the former, and remove_stale_files() finds the latter. One thread at a time.
class NewFile {
 public:
  /// Begins a file in `folder`, with the rights that the umask leaves of 0666. `label` is what messages call it.
  /// Errors: system_failure().
  static Result<NewFile> create(const std::string& folder, const std::string& label);

  ~NewFile();
  NewFile(NewFile&& other) noexcept
      : folder_name_(std::move(other.folder_name_)),
        folder_(std::move(other.folder_)),
        file_(std::move(other.file_)),
        label_(std::move(other.label_)),
        hidden_name_(std::exchange(other.hidden_name_, {})) {}
  NewFile& operator=(NewFile&&) = delete;

  /// Appends `bytes`. Errors: system_failure().
  Status write(ByteView bytes);

  /// Says when the content was made.
  Status set_modification_time(const timespec& time);

  /// All is written: brings it onto the disk as far as `durability` says so. Errors that the system has kept to itself
  /// until now (quota on network file systems) come out here.
  Status seal(Durability durability);

  /// What publish() does when the name is taken.
  enum class Existing { replace, keep };

  /// Gives the file the name `name` in its folder, after seal(). False when there is a file of that name and it was to
  /// be kept; another name may be tried then. With Durability::directory the name is on the disk afterwards.
  Result<bool> publish(const std::string& name, Existing existing, Durability durability);

 private:
  NewFile(std::string folder_name, Descriptor folder, std::string label)
      : folder_name_(std::move(folder_name)), folder_(std::move(folder)), label_(std::move(label)) {}

  bool open_nameless();
  Status open_hidden();
  Status link_hidden();
  Result<bool> rename_to(const std::string& name, Existing existing);
  [[nodiscard]] std::string path_of(const std::string& name) const;

  std::string folder_name_;
  Descriptor folder_;
  Descriptor file_;
  std::string label_;
  std::string hidden_name_;  ///< empty while the file has no name at all
};

/// Removes hidden files that processes have left in `folder` which died while they wrote. Those of living ones stay:
/// each holds a lock. Returns how many were removed; a folder that can't be read has none.
int remove_stale_files(const std::string& folder);

}  // namespace imagepacker::element
