// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink/name_pattern.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "base/try.h"

namespace imagepacker::element {
namespace {

constexpr int kMaxWidth = 20;
/// Those of strftime that can't put a slash or a line break into a name.
constexpr std::string_view kDateConversions = "aAbBdejHIklmMpsSuUVwWyYzZGgCF";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

Error bad(std::string_view pattern, std::string_view what) {
  return make_error(Errc::invalid_argument,
                    text("\"", pattern, "\" ", what,
                         ". A name may hold one %d or %05d for the index, {date:%Y%m%d_%H%M%S} for the time, and %%, "
                         "{{, }} for these characters"));
}

struct IndexConversion {
  std::size_t length;
  int width;
  char fill;
};

/// The `%d`, `%5d` or `%05d` that `rest` begins with.
std::optional<IndexConversion> index_conversion(std::string_view rest, NamePattern::Kind kind) {
  std::size_t i = 1;
  const bool is_zero_filled = i < rest.size() && rest[i] == '0';
  int width = 0;
  while (i < rest.size() && is_digit(rest[i]) && width <= kMaxWidth) {
    width = width * 10 + (rest[i++] - '0');
  }
  const bool is_index = i < rest.size() && rest[i] == 'd' && width <= kMaxWidth;
  // %2d in a URI is a hyphen.
  if (!is_index || (kind == NamePattern::Kind::uri && width > 0 && !is_zero_filled)) {
    return std::nullopt;
  }
  return IndexConversion{i + 1, width, is_zero_filled ? '0' : ' '};
}

/// What is wrong with the text between "{date:" and "}"; empty when nothing is.
std::string date_problem(std::string_view format) {
  if (format.empty()) {
    return "has an empty {date:}";
  }
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      continue;
    }
    if (++i == format.size()) {
      return "has a % at the end of its {date:}";
    }
    if (format[i] != '%' && kDateConversions.find(format[i]) == std::string_view::npos) {
      return text("has %", format[i], " in its {date:}, which is none of %", kDateConversions);
    }
  }
  return {};
}

/// `format` with the conversions of strftime filled in, however long that gets.
std::string date_text(const std::string& format, const std::tm& local_time) {
  // Some conversions give nothing; so does a place that is too small.
  const std::string ended = format + '.';
  std::string date(256, '\0');
  std::size_t length = 0;
  while ((length = std::strftime(date.data(), date.size(), ended.c_str(), &local_time)) == 0) {
    date.resize(2 * date.size());
  }
  date.resize(length - 1);
  return date;
}

}  // namespace

Result<NamePattern> NamePattern::parse(std::string_view pattern, Kind kind) {
  if (pattern.empty()) {
    return make_error(Errc::invalid_argument, "the name is empty");
  }
  NamePattern result;
  std::string literal;
  const auto add = [&](Piece piece) {
    if (!literal.empty()) {
      result.pieces_.push_back({.kind = Piece::Kind::literal, .text = std::exchange(literal, {})});
    }
    result.pieces_.push_back(std::move(piece));
  };
  for (std::size_t i = 0; i < pattern.size();) {
    const std::string_view rest = pattern.substr(i);
    if (rest.starts_with("%%") || rest.starts_with("{{") || rest.starts_with("}}")) {
      literal += rest[0];
      // What % stands for in a URI is the URI's to say.
      literal += rest[0] == '%' && kind == Kind::uri ? "25" : "";
      i += 2;
    } else if (const auto index = rest[0] == '%' ? index_conversion(rest, kind) : std::nullopt) {
      if (result.has_index()) {
        return bad(pattern, "has two places for the index");
      }
      add({.kind = Piece::Kind::index, .text = {}, .width = index->width, .fill = index->fill});
      i += index->length;
    } else if (rest[0] == '%' && kind == Kind::uri && rest.size() > 2 && is_hex(rest[1]) && is_hex(rest[2])) {
      literal += rest.substr(0, 3);
      i += 3;
    } else if (rest[0] == '%') {
      return bad(pattern, text("has \"", rest.substr(0, 3), "\", which is no index"));
    } else if (rest.starts_with("{date:")) {
      const std::size_t end = rest.find('}');
      if (end == std::string_view::npos) {
        return bad(pattern, "has a {date: without }");
      }
      const std::string_view format = rest.substr(6, end - 6);
      if (const std::string problem = date_problem(format); !problem.empty()) {
        return bad(pattern, problem);
      }
      add({.kind = Piece::Kind::date, .text = std::string(format)});
      i += end + 1;
    } else if (rest[0] == '{' || rest[0] == '}') {
      return bad(pattern, text("has a single ", rest[0]));
    } else {
      literal += pattern[i++];
    }
  }
  if (!literal.empty()) {
    result.pieces_.push_back({.kind = Piece::Kind::literal, .text = std::move(literal)});
  }
  return result;
}

bool NamePattern::has_index() const {
  return std::any_of(pieces_.begin(), pieces_.end(), [](const Piece& p) { return p.kind == Piece::Kind::index; });
}

bool NamePattern::has_date() const {
  return std::any_of(pieces_.begin(), pieces_.end(), [](const Piece& p) { return p.kind == Piece::Kind::date; });
}

std::string NamePattern::extension() const {
  if (pieces_.back().kind != Piece::Kind::literal) {
    return {};
  }
  const std::string& last = pieces_.back().text;
  const std::size_t dot = last.find_last_of("./");
  if (dot == std::string::npos || last[dot] == '/') {
    return {};
  }
  std::string extension = last.substr(dot + 1);
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return extension;
}

std::string NamePattern::name(std::uint64_t index, const std::tm& local_time, unsigned copy) const {
  std::string name;
  for (const Piece& piece : pieces_) {
    switch (piece.kind) {
      case Piece::Kind::literal:
        name += piece.text;
        break;
      case Piece::Kind::index: {
        const std::string digits = std::to_string(index);
        const auto width = static_cast<std::size_t>(piece.width);
        name.append(width > digits.size() ? width - digits.size() : 0, piece.fill);
        name += digits;
        break;
      }
      case Piece::Kind::date: {
        name += date_text(piece.text, local_time);
        break;
      }
    }
  }
  if (copy > 0) {
    const std::size_t dot = name.find_last_of("./");
    const bool has_extension = dot != std::string::npos && name[dot] == '.';
    name.insert(has_extension ? dot : name.size(), text('-', copy));
  }
  return name;
}

}  // namespace imagepacker::element
