// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>

#include "imagepacker/byte_sink.h"

namespace imagepacker::heif {

/// Reads the bits of an HEVC NAL unit, leaving out the 3 that follows two zeros (H.265 clause 7.3.1.1), or more, which
/// are in no sound stream: decoders leave it out, too. Behind the end there are zeros, and ok() is false.
class BitReader {
 public:
  explicit BitReader(ByteView nal) : nal_(nal) {}

  bool flag() { return bits(1) != 0; }

  /// `count`: up to 32.
  std::uint32_t bits(int count) {
    std::uint32_t value = 0;
    for (; count > 0; --count) {
      value = value << 1 | bit();
    }
    return value;
  }

  void skip(int count) {
    for (; count > 0; --count) {
      bit();
    }
  }

  /// ue(v), clause 9.2. A code of more than 32 bits makes ok() false.
  std::uint32_t unsigned_golomb() {
    int zeros = 0;
    while (ok_ && bit() == 0) {
      if (++zeros > 31) {
        ok_ = false;
      }
    }
    return ok_ ? (std::uint32_t{1} << zeros) - 1 + bits(zeros) : 0;
  }

  /// se(v).
  std::int64_t signed_golomb() {
    const std::int64_t code = unsigned_golomb();
    return (code & 1) != 0 ? (code + 1) / 2 : -(code / 2);
  }

  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::uint32_t bit() {
    if (left_ == 0) {
      next_byte();
    }
    --left_;
    return byte_ >> left_ & 1;
  }

  void next_byte() {
    left_ = 8;
    byte_ = 0;
    if (zeros_ >= 2 && position_ < nal_.size() && nal_[position_] == std::byte{3}) {
      zeros_ = 0;
      ++position_;
    }
    if (position_ >= nal_.size()) {
      ok_ = false;
      return;
    }
    byte_ = std::to_integer<std::uint32_t>(nal_[position_++]);
    zeros_ = byte_ == 0 ? zeros_ + 1 : 0;
  }

  ByteView nal_;
  std::size_t position_ = 0;
  std::uint32_t byte_ = 0;
  int left_ = 0;
  int zeros_ = 0;
  bool ok_ = true;
};

}  // namespace imagepacker::heif
