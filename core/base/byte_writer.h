// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "imagepacker/byte_sink.h"

namespace imagepacker {

/// Appends numbers and bytes to a growing array, for the small structures around compressed data.
class ByteWriter {
 public:
  ByteWriter& u8(std::uint8_t value) {
    bytes_.push_back(static_cast<std::byte>(value));
    return *this;
  }
  ByteWriter& u16be(std::uint16_t value) { return u8(value >> 8).u8(value & 0xFF); }
  ByteWriter& u32be(std::uint32_t value) { return u16be(value >> 16).u16be(value & 0xFFFF); }
  ByteWriter& u64be(std::uint64_t value) { return u32be(value >> 32).u32be(value & 0xFFFFFFFF); }
  ByteWriter& u16le(std::uint16_t value) { return u8(value & 0xFF).u8(value >> 8); }
  ByteWriter& u24le(std::uint32_t value) { return u16le(value & 0xFFFF).u8((value >> 16) & 0xFF); }
  ByteWriter& u32le(std::uint32_t value) { return u16le(value & 0xFFFF).u16le(value >> 16); }

  ByteWriter& append(ByteView bytes) {
    if (!bytes.empty()) {
      const std::size_t end = bytes_.size();
      bytes_.resize(end + bytes.size());
      std::memcpy(bytes_.data() + end, bytes.data(), bytes.size());
    }
    return *this;
  }
  /// The characters of `chars`, without a terminator.
  ByteWriter& append(std::string_view chars) { return append(std::as_bytes(std::span(chars))); }

  /// Overwrites four bytes written before, for lengths known only afterwards.
  void patch_u32be(std::size_t position, std::uint32_t value) {
    const std::uint8_t big_endian[4] = {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
                                        static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
    std::memcpy(bytes_.data() + position, big_endian, sizeof big_endian);
  }

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] ByteView bytes() const { return bytes_; }
  [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

}  // namespace imagepacker
