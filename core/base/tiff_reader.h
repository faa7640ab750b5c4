// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/byte_reader.h"

namespace imagepacker {

/// Finds entries in the directories of a TIFF structure (TIFF 6.0 section 2), as Exif, MPF and maker notes have them.
/// Borrows the bytes, which may be cut short or hostile.
class TiffReader {
 public:
  /// One entry whose value lies within the bytes.
  struct Entry {
    std::uint16_t type;
    std::uint32_t count;
    ByteView value;
  };

  /// `bytes` begins with the byte-order mark.
  explicit TiffReader(ByteView bytes) : TiffReader(bytes, ByteReader(bytes).take_if("II")) {}

  /// Offsets count from the begin of `bytes`.
  TiffReader(ByteView bytes, bool is_little_endian) : bytes_(bytes), is_little_endian_(is_little_endian) {}

  /// Where the header says that the first directory is; 0 when it has none.
  [[nodiscard]] std::uint32_t first_directory() const {
    const bool has_mark = ByteReader(bytes_).take_if(is_little_endian_ ? "II" : "MM");
    return has_mark && bytes_.size() >= 8 ? number(bytes_.subspan(4, 4)) : 0;
  }

  /// The entry of the directory at `position` with that tag.
  [[nodiscard]] std::optional<Entry> find(std::uint32_t position, std::uint16_t tag) const {
    constexpr std::size_t kEntryBytes = 12;
    const ByteView directory = part(position, 2);
    if (directory.empty()) {
      return std::nullopt;
    }
    const std::uint32_t count = number(directory);
    const ByteView entries = part(std::size_t{position} + 2, count * kEntryBytes);
    for (std::size_t at = 0; at < entries.size(); at += kEntryBytes) {
      const ByteView entry = entries.subspan(at, kEntryBytes);
      if (number(entry.first(2)) == tag) {
        return read(entry);
      }
    }
    return std::nullopt;
  }

  /// The big- or little-endian number in one to four bytes.
  [[nodiscard]] std::uint32_t number(ByteView bytes) const {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      value = value << 8 | std::to_integer<std::uint32_t>(bytes[is_little_endian_ ? bytes.size() - 1 - i : i]);
    }
    return value;
  }

 private:
  [[nodiscard]] ByteView part(std::size_t position, std::size_t count) const {
    return position <= bytes_.size() && count <= bytes_.size() - position ? bytes_.subspan(position, count)
                                                                          : ByteView{};
  }

  [[nodiscard]] std::optional<Entry> read(ByteView entry) const {
    constexpr std::uint8_t kTypeBytes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
    const std::uint32_t type = number(entry.subspan(2, 2));
    const std::uint32_t count = number(entry.subspan(4, 4));
    if (type == 0 || type >= std::size(kTypeBytes) || count == 0) {
      return std::nullopt;
    }
    const std::uint64_t size = std::uint64_t{count} * kTypeBytes[type];
    const ByteView value = size <= 4 ? entry.subspan(8, static_cast<std::size_t>(size))
                                     : part(number(entry.subspan(8, 4)), static_cast<std::size_t>(size));
    if (value.empty()) {
      return std::nullopt;
    }
    return Entry{static_cast<std::uint16_t>(type), count, value};
  }

  ByteView bytes_;
  bool is_little_endian_;
};

}  // namespace imagepacker
