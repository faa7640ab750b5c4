// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "imagepacker/byte_sink.h"

namespace imagepacker::jpeg {

/// Takes bits from entropy-coded data, ITU-T T.81 clause F.2.2.5, whose zero bytes behind 0xFF it leaves out. Before a
/// marker, and at the end of the data, zeros come without end.
class EntropyReader {
 public:
  /// refill() makes sure of so many bits.
  static constexpr int kRefilledBits = 56;

  explicit EntropyReader(ByteView data)
      : next_(reinterpret_cast<const std::uint8_t*>(data.data())), end_(next_ + data.size()) {}

  /// Makes sure of `count` bits, at most kRefilledBits.
  void need(int count) {
    if (count_ < count) {
      refill();
    }
  }
  /// What comes next, from the highest bit on.
  [[nodiscard]] std::uint64_t bits() const { return bits_; }
  void skip(int count) {
    bits_ <<= count;
    count_ -= count;
  }
  /// `count` bits, 1..16.
  std::uint32_t take(int count) {
    const auto value = static_cast<std::uint32_t>(bits_ >> (64 - count));
    skip(count);
    return value;
  }

  /// Leaves out the rest of a byte. True when the data up to the next marker were used up, and no more than there were.
  bool at_marker();
  /// Whether bits were used that are not in the data.
  [[nodiscard]] bool is_overrun() const { return made_up_ > count_; }
  /// Takes the marker there; 0 when there is none.
  std::uint8_t take_marker();

 private:
  void refill() {
    if (end_ - next_ >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, next_, sizeof word);
      if constexpr (std::endian::native == std::endian::little) {
        word = __builtin_bswap64(word);
      }
      constexpr std::uint64_t kOnes = 0x0101010101010101;
      const std::uint64_t inverted = ~word;
      const bool has_ff = ((inverted - kOnes) & ~inverted & (kOnes << 7)) != 0;
      if (!has_ff) {
        bits_ |= word >> count_;
        next_ += (63 - count_) >> 3;
        count_ |= 56;
        return;
      }
    }
    *this = refilled_slowly(*this);
  }
  // By value, so that the address of a reader in registers is never taken.
  static EntropyReader refilled_slowly(EntropyReader reader);

  const std::uint8_t* next_;
  const std::uint8_t* end_;
  std::uint64_t bits_ = 0;
  int count_ = 0;    ///< bits in bits_
  int made_up_ = 0;  ///< of them, behind the data
};

/// Restart markers are numbered from 0 on, again and again.
inline constexpr std::size_t kRestartMarkers = 8;

/// The data of each of `count` restart intervals of a scan, from its first byte on to the end of `data`. Empty when the
/// markers up to the end of the image are not in order, or are more or fewer than that: memory is taken by the
/// picture's rows, not by the length of the file.
std::vector<ByteView> restart_intervals(ByteView data, std::size_t count);

}  // namespace imagepacker::jpeg
