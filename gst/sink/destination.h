// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "imagepacker/options.h"
#include "sink/descriptor.h"
#include "sink/name_pattern.h"

namespace imagepacker::element {

/// What happens when the name of a photo is taken.
enum class Overwrite {
  automatic,  ///< unique in the gallery, replace elsewhere
  replace,
  fail,
  unique,
};

/// What properties say of where photos go.
struct DestinationSettings {
  std::string location;  ///< a path or URI pattern
  int fd = -1;
  std::optional<Format> format;
  unsigned max_files = 0;  ///< 0 = no limit
  Overwrite overwrite = Overwrite::automatic;
  Durability durability = Durability::file;
  bool is_gallery = false;
  std::string gallery_folder;  ///< below the user's pictures
};

/// Where photos go, checked. Immutable: photos under way keep the one that held when they were taken.
class Destination {
 public:
  enum class Kind { descriptor, path, uri };

  /// Errors: invalid_argument, with what is wrong and what may be set.
  static Result<std::shared_ptr<const Destination>> create(const DestinationSettings& settings);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] int fd() const { return settings_.fd; }
  [[nodiscard]] Overwrite overwrite() const { return settings_.overwrite; }
  [[nodiscard]] Durability durability() const { return settings_.durability; }
  [[nodiscard]] unsigned max_files() const { return settings_.max_files; }
  [[nodiscard]] bool is_gallery() const { return settings_.is_gallery; }
  /// Gives names of its own, which begin at 1 again with every second, instead of those of a pattern.
  [[nodiscard]] bool numbers_itself() const { return numbers_itself_; }
  [[nodiscard]] bool has_index() const { return pattern_ && pattern_->has_index(); }
  /// The name or the date of the file says when the photo was taken.
  [[nodiscard]] bool shows_time() const { return is_gallery() || (pattern_ && pattern_->has_date()); }

  /// The format of the photos; nothing where neither the property nor the name says it. In the gallery, raw video
  /// becomes what this build prefers then: JPEG.
  [[nodiscard]] std::optional<Format> format(bool is_raw_video) const;

  /// The folder that all names are in; nothing when that depends on the photo or there is none.
  [[nodiscard]] std::optional<std::string> folder() const;

  /// The path or URI of a photo of `format`. `copy` makes another name of one that is taken.
  [[nodiscard]] std::string name(std::uint64_t index, const std::tm& local_time, Format format, unsigned copy) const;

  /// What the settings call it, for messages.
  [[nodiscard]] std::string description() const;

 private:
  explicit Destination(const DestinationSettings& settings) : settings_(settings) {}
  Status choose_target();
  Status choose_format();

  DestinationSettings settings_;
  Kind kind_ = Kind::path;
  bool numbers_itself_ = false;
  std::string gallery_;  ///< the folder, with a slash at the end
  std::optional<NamePattern> pattern_;
  std::optional<Format> format_;
};

/// The format that files with the extension `extension` (lower case) have, if this build has it.
std::optional<Format> format_of_extension(std::string_view extension);

}  // namespace imagepacker::element
