// SPDX-License-Identifier: LGPL-2.1-or-later
#include "metadata/exif_scan.h"

#include <array>
#include <cstdint>

namespace imagepacker {
namespace {

constexpr std::size_t kEntryBytes = 12;
/// TIFF 6.0 section 2: bytes of one component of the types 1 to 12.
constexpr std::array<std::uint64_t, 13> kTypeBytes = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
constexpr std::uint32_t kExifPointer = 0x8769;
constexpr std::uint32_t kGpsPointer = 0x8825;

class TiffScan {
 public:
  explicit TiffScan(ByteView tiff) : tiff_(tiff), is_big_endian_(tiff[0] == std::byte{'M'}) {}

  /// The number of `size` bytes at `position`, both inside of the structure.
  [[nodiscard]] std::uint32_t number(std::uint64_t position, int size) const {
    std::uint32_t value = 0;
    for (int i = 0; i < size; ++i) {
      const int from = is_big_endian_ ? i : size - 1 - i;
      value = value << 8 | std::to_integer<std::uint32_t>(tiff_[position + static_cast<std::uint64_t>(from)]);
    }
    return value;
  }

  [[nodiscard]] bool holds(std::uint64_t position, std::uint64_t size) const {
    return position <= tiff_.size() && size <= tiff_.size() - position;
  }

  /// Of the directory at `position` and, when `goes_deeper`, of those that it points to.
  [[nodiscard]] int unreadable(std::uint64_t position, bool goes_deeper) const {
    if (!holds(position, 2)) {
      return 1;
    }
    const int declared = static_cast<int>(number(position, 2));
    int missing = 0;
    for (int i = 0; i < declared; ++i) {
      const std::uint64_t entry = position + 2 + static_cast<std::uint64_t>(i) * kEntryBytes;
      if (!holds(entry, kEntryBytes)) {
        return missing + declared - i;
      }
      const std::uint32_t tag = number(entry, 2);
      const std::uint32_t type = number(entry + 2, 2);
      const std::uint64_t component = type < kTypeBytes.size() ? kTypeBytes[type] : 0;
      const std::uint64_t size = component * number(entry + 4, 4);
      const bool is_there = component > 0 && (size <= 4 || holds(number(entry + 8, 4), size));
      missing += is_there ? 0 : 1;
      if (goes_deeper && (tag == kExifPointer || tag == kGpsPointer)) {
        missing += unreadable(number(entry + 8, 4), false);
      }
    }
    return missing;
  }

 private:
  ByteView tiff_;
  bool is_big_endian_;
};

}  // namespace

int count_unreadable_tags(ByteView tiff) {
  constexpr std::size_t kHeaderBytes = 8;
  if (tiff.size() < kHeaderBytes) {
    return 0;
  }
  const TiffScan scan(tiff);
  return scan.unreadable(scan.number(4, 4), true);
}

}  // namespace imagepacker
