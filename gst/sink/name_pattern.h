// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "imagepacker/result.h"

namespace imagepacker::element {

/// A path or URI with places for what differs from photo to photo. Immutable.
///
/// `%d` or `%05d` stands for the index, at most once; `{date:%Y%m%d_%H%M%S}` for the time at which the photo was taken,
/// in conversions of strftime; `%%`, `{{` and `}}` for the characters themselves. In URIs other `%XX` are escapes of
/// the URI, and an index with a width begins with 0, as `%05d`.
class NamePattern {
 public:
  enum class Kind { path, uri };

  /// Errors: invalid_argument, with what is wrong and what may stand there.
  static Result<NamePattern> parse(std::string_view pattern, Kind kind);

  /// The name of a photo. `copy`: put before the extension as "-1" unless 0, so that a name which is taken becomes
  /// another one.
  [[nodiscard]] std::string name(std::uint64_t index, const std::tm& local_time, unsigned copy = 0) const;

  [[nodiscard]] bool has_index() const;
  [[nodiscard]] bool has_date() const;

  /// What comes after the last dot of the last component, in lower case; empty without a dot or when it isn't fixed.
  [[nodiscard]] std::string extension() const;

 private:
  struct Piece {
    enum class Kind { literal, index, date } kind;
    std::string text;  ///< the literal, or what strftime gets
    int width = 0;     ///< digits of the index at least
    char fill = ' ';   ///< before the digits
  };

  std::vector<Piece> pieces_;
};

}  // namespace imagepacker::element
