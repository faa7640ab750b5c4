// SPDX-License-Identifier: LGPL-2.1-or-later
#include "metadata/exif_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "base/text.h"
#include "base/try.h"

namespace imagepacker {
namespace {

/// Appends integers in one byte order.
class OrderedBytes {
 public:
  explicit OrderedBytes(ByteOrder order) : order_(order) {}

  void append(std::uint32_t value, int size_bytes) {
    for (int i = 0; i < size_bytes; ++i) {
      const int significance = order_ == ByteOrder::big_endian ? size_bytes - 1 - i : i;
      bytes_.push_back(static_cast<std::byte>(value >> (8 * significance)));
    }
  }
  void append(std::string_view chars) {
    for (const char c : chars) {
      bytes_.push_back(static_cast<std::byte>(c));
    }
  }
  [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
  ByteOrder order_;
  Bytes bytes_;
};

std::vector<std::string_view> split_at_blanks(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = text.find_first_not_of(' '); at != std::string_view::npos;) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    words.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(' ', end);
  }
  return words;
}

template <class Number>
std::optional<Number> parse_number(std::string_view word) {
  Number number{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  return error == std::errc{} && end == word.data() + word.size() ? std::optional(number) : std::nullopt;
}

std::optional<std::uint32_t> parse_unsigned(std::string_view word, std::uint32_t highest) {
  const auto number = parse_number<std::uint32_t>(word);
  return number && *number <= highest ? number : std::nullopt;
}

struct SignedFraction {
  bool is_negative;
  Fraction magnitude;
};

std::optional<SignedFraction> parse_fraction(std::string_view word, std::uint32_t highest) {
  const bool is_negative = word.starts_with('-');
  if (is_negative) {
    word.remove_prefix(1);
  }
  if (const std::size_t slash = word.find('/'); slash != std::string_view::npos) {
    const auto numerator = parse_unsigned(word.substr(0, slash), highest);
    const auto denominator = parse_unsigned(word.substr(slash + 1), highest);
    // 0/0 is Exif's "unknown", n/0 its "infinity": both are wanted at times.
    return numerator && denominator ? std::optional(SignedFraction{is_negative, {*numerator, *denominator}})
                                    : std::nullopt;
  }
  const auto number = parse_number<double>(word);
  if (!number || !std::isfinite(*number) || *number < 0 || *number > highest) {
    return std::nullopt;
  }
  return SignedFraction{is_negative, nearest_fraction(*number)};
}

/// One number or fraction of `key`; false when the word is none.
bool append_number(const ExifKey& key, std::string_view word, OrderedBytes& bytes) {
  constexpr std::uint32_t kMaxSigned = std::numeric_limits<std::int32_t>::max();
  constexpr std::uint32_t kMaxUnsigned = std::numeric_limits<std::uint32_t>::max();
  const auto append_integer = [&](int size_bytes, std::uint32_t highest) {
    const auto number = parse_unsigned(word, highest);
    if (number) {
      bytes.append(*number, size_bytes);
    }
    return number.has_value();
  };
  const auto append_fraction = [&](bool may_be_negative) {
    const auto fraction = parse_fraction(word, may_be_negative ? kMaxSigned : kMaxUnsigned);
    if (!fraction || (fraction->is_negative && !may_be_negative)) {
      return false;
    }
    const std::uint32_t magnitude = fraction->magnitude.numerator;
    bytes.append(fraction->is_negative ? 0U - magnitude : magnitude, 4);
    bytes.append(fraction->magnitude.denominator, 4);
    return true;
  };
  switch (key.type) {
    case ExifType::byte:
      return append_integer(1, 0xFF);
    case ExifType::u16:
      return append_integer(2, 0xFFFF);
    case ExifType::u32:
      return append_integer(4, kMaxUnsigned);
    case ExifType::rational:
      return append_fraction(false);
    case ExifType::signed_rational:
      return append_fraction(true);
    default:
      return false;
  }
}

Result<ExifValue> encode_numbers(const ExifKey& key, std::string_view value, ByteOrder order) {
  const auto words = split_at_blanks(value);
  if (words.empty() || (key.count != 0 && words.size() != key.count)) {
    return make_error(Errc::invalid_argument, text(key.name, " got ", words.size(), " numbers (\"", value.substr(0, 80),
                                                   "\"); it takes ", key.count == 0 ? 1 : int{key.count}));
  }
  OrderedBytes bytes(order);
  for (const std::string_view word : words) {
    if (!append_number(key, word, bytes)) {
      return make_error(Errc::invalid_argument,
                        text(key.name, " got \"", word.substr(0, 80), "\", which is no number that it can hold"));
    }
  }
  return ExifValue{bytes.take(), static_cast<std::uint32_t>(words.size())};
}

/// Well-formed UTF-8 to UTF-16 code units.
std::u16string to_utf16(std::string_view utf8) {
  std::u16string units;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const int length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t code = length == 1 ? lead : lead & (0xFF >> (length + 1));
    for (int k = 1; k < length; ++k) {
      code = code << 6 | (static_cast<unsigned char>(utf8[i + k]) & 0x3F);
    }
    i += length;
    if (code >= 0x10000) {
      units.push_back(static_cast<char16_t>(0xD800 + ((code - 0x10000) >> 10)));
      units.push_back(static_cast<char16_t>(0xDC00 + ((code - 0x10000) & 0x3FF)));
    } else {
      units.push_back(static_cast<char16_t>(code));
    }
  }
  return units;
}

/// UserComment, Exif 2.32 clause 4.6.5: eight bytes of character code, then the text.
Bytes encode_comment(std::string_view value, ByteOrder order) {
  OrderedBytes bytes(order);
  const bool is_ascii = std::ranges::all_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (is_ascii) {
    bytes.append(std::string_view("ASCII\0\0\0", 8));
    bytes.append(value);
  } else {
    bytes.append(std::string_view("UNICODE\0", 8));
    for (const char16_t unit : to_utf16(value)) {
      bytes.append(unit, 2);
    }
  }
  return bytes.take();
}

}  // namespace

Fraction nearest_fraction(double value) {
  constexpr double kMax = std::numeric_limits<std::uint32_t>::max();
  constexpr double kRelativeTolerance = 1e-7;
  // Continued fraction: convergents p/q with the last two kept.
  double p = 1;
  double q = 0;
  double last_p = 0;
  double last_q = 1;
  double rest = value;
  for (int step = 0; step < 40; ++step) {
    const double whole = std::floor(rest);
    const double next_p = whole * p + last_p;
    const double next_q = whole * q + last_q;
    if (next_p > kMax || next_q > kMax) {
      break;
    }
    last_p = std::exchange(p, next_p);
    last_q = std::exchange(q, next_q);
    if (std::abs(p / q - value) <= value * kRelativeTolerance || rest == whole) {
      break;
    }
    rest = 1 / (rest - whole);
  }
  return {static_cast<std::uint32_t>(p), static_cast<std::uint32_t>(q)};
}

bool is_valid_utf8_text(std::string_view utf8) {
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const int length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    if (lead == 0 || length == 0 || utf8.size() - i < static_cast<std::size_t>(length)) {
      return false;
    }
    char32_t code = length == 1 ? lead : lead & (0xFF >> (length + 1));
    for (int k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(utf8[i + k]);
      if ((next & 0xC0) != 0x80) {
        return false;
      }
      code = code << 6 | (next & 0x3F);
    }
    const bool is_overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    const bool is_surrogate = code >= 0xD800 && code < 0xE000;
    if (is_overlong || is_surrogate || code > 0x10FFFF) {
      return false;
    }
    i += length;
  }
  return true;
}

Result<ExifValue> encode_exif_value(const ExifKey& key, std::string_view value, ByteOrder order) {
  if (value.size() > kMaxExifValueBytes) {
    return make_error(Errc::limit_exceeded,
                      text(key.name, " got ", value.size(), " bytes; at most ", kMaxExifValueBytes, " fit"));
  }
  const bool is_text = key.type == ExifType::ascii || key.type == ExifType::comment;
  if (is_text && !is_valid_utf8_text(value)) {
    return make_error(Errc::invalid_argument, text(key.name, " got a text that is not valid UTF-8"));
  }
  switch (key.type) {
    case ExifType::ascii: {
      OrderedBytes bytes(order);
      bytes.append(value);
      bytes.append(std::string_view("\0", 1));
      return ExifValue{bytes.take(), static_cast<std::uint32_t>(value.size() + 1)};
    }
    case ExifType::comment: {
      Bytes bytes = encode_comment(value, order);
      const auto count = static_cast<std::uint32_t>(bytes.size());
      return ExifValue{std::move(bytes), count};
    }
    case ExifType::undefined: {
      if (value.empty() || (key.count != 0 && value.size() != key.count)) {
        return make_error(Errc::invalid_argument, text(key.name, " got ", value.size(), " bytes; it takes ",
                                                       key.count == 0 ? "at least 1" : text(int{key.count})));
      }
      OrderedBytes bytes(order);
      bytes.append(value);
      return ExifValue{bytes.take(), static_cast<std::uint32_t>(value.size())};
    }
    default:
      return encode_numbers(key, value, order);
  }
}

}  // namespace imagepacker
