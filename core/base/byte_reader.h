// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "imagepacker/byte_sink.h"

namespace imagepacker {

/// Takes numbers and bytes from the front of a borrowed array, for structures that may be cut short or hostile. A read
/// beyond the end gives zeros and makes ok() false for good, so that one check after a whole structure is enough.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : rest_(bytes) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(big_endian(1)); }
  std::uint16_t u16be() { return static_cast<std::uint16_t>(big_endian(2)); }
  std::uint32_t u32be() { return big_endian(4); }
  std::int32_t s32be() { return static_cast<std::int32_t>(big_endian(4)); }

  /// The next `count` bytes, or none of them (and not ok) when fewer are left.
  ByteView take(std::size_t count) {
    if (count > rest_.size()) {
      fail();
      return {};
    }
    const ByteView taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  /// Takes `prefix` when the next bytes are its characters; else takes nothing.
  bool take_if(std::string_view prefix) {
    if (prefix.size() > rest_.size() || std::memcmp(rest_.data(), prefix.data(), prefix.size()) != 0) {
      return false;
    }
    rest_ = rest_.subspan(prefix.size());
    return true;
  }

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] ByteView rest() const { return rest_; }

 private:
  void fail() {
    ok_ = false;
    rest_ = {};
  }

  std::uint32_t big_endian(std::size_t count) {
    std::uint32_t value = 0;
    for (const std::byte byte : take(count)) {
      value = value << 8 | std::to_integer<std::uint32_t>(byte);
    }
    return value;
  }

  ByteView rest_;
  bool ok_ = true;
};

}  // namespace imagepacker
