// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "element/gst_test.h"

namespace imagepacker::test {

/// A folder that is gone at the end, with all that is in it.
class PhotoFolder {
 public:
  PhotoFolder();
  ~PhotoFolder();
  PhotoFolder(const PhotoFolder&) = delete;
  PhotoFolder& operator=(const PhotoFolder&) = delete;

  [[nodiscard]] std::string path(const std::string& name = "") const { return (path_ / name).string(); }
  /// Names of all that is in it, hidden files too, sorted.
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] std::string content(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

/// What a message of imagepackersink says of a file.
struct FileMessage {
  std::string location;
  std::string format;
  guint64 size = 0;
  int width = 0;
  int height = 0;
  guint64 index = 0;
  GstClockTime pts = 0;
  GstClockTime encode_time = 0;
  guint request = 0;
};

/// What `message` says of a file; nothing when it is about something else.
std::optional<FileMessage> file_message(GstMessage* message);

/// The format that a file's first and last bytes tell, "" when it isn't whole or none of ours.
std::string format_of(const std::string& bytes);

/// Runs `pipeline` to its end and returns what it says of files.
std::vector<FileMessage> run(Pipeline& pipeline);

}  // namespace imagepacker::test
