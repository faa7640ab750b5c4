// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "imagepacker/byte_sink.h"

namespace imagepacker::vp8 {

/// A bit and its chance to be 0 in one: `zero_chance` · 2 + bit.
using ChancedBit = std::uint16_t;

/// The arithmetic coder of RFC 6386 clause 7: bits with a given chance each, into bytes. Throws std::bad_alloc.
class BoolEncoder {
 public:
  /// Appends `bit`; `zero_chance` in 1/256, 1..255, that it is 0.
  void put(bool bit, unsigned zero_chance) {
    make_room(1);
    State state = state_;
    put(static_cast<ChancedBit>(zero_chance << 1 | (bit ? 1U : 0U)), state);
    state_ = state;
  }

  void put_flag(bool bit) { put(bit, 128); }

  /// The low `bits` bits of `value`, high bit first, with even chances.
  void put_number(unsigned value, int bits) {
    for (int bit = bits - 1; bit >= 0; --bit) {
      put_flag((value >> bit & 1) != 0);
    }
  }

  /// A flag and, when `value` isn't 0, its magnitude and sign.
  void put_optional(int value, int bits) {
    put_flag(value != 0);
    if (value != 0) {
      put_number(static_cast<unsigned>(value < 0 ? -value : value), bits);
      put_flag(value < 0);
    }
  }

  /// Appends `count` bits.
  void put_all(const ChancedBit* bits, std::size_t count) {
    make_room(count);
    State state = state_;
    for (std::size_t i = 0; i < count; ++i) {
      put(bits[i], state);
    }
    state_ = state;
  }

  /// Appends `count` bits each to two encoders. Every bit has to wait for the one before it: two streams side by side
  /// take little longer than one.
  static void put_both(BoolEncoder& one, const ChancedBit* bits_one, BoolEncoder& two, const ChancedBit* bits_two,
                       std::size_t count) {
    one.make_room(count);
    two.make_room(count);
    State state_one = one.state_;
    State state_two = two.state_;
    for (std::size_t i = 0; i < count; ++i) {
      put(bits_one[i], state_one);
      put(bits_two[i], state_two);
    }
    one.state_ = state_one;
    two.state_ = state_two;
  }

  /// Ends the stream and gives its bytes away.
  Bytes finish() {
    make_room(1);
    // As many bits as a decoder has looked at: those shifted out and eight more.
    int bits = state_.pending_bits + 8;
    while (bits > 0) {
      const std::uint64_t value = bits >= 8 ? state_.low >> (bits - 8) : state_.low << (8 - bits);
      if ((value >> 8) != 0) {
        carry(state_.out);
      }
      *state_.out++ = static_cast<std::byte>(value & 0xFF);
      bits -= 8;
      state_.low = bits > 0 ? state_.low & ((std::uint64_t{1} << bits) - 1) : 0;
    }
    bytes_.resize(static_cast<std::size_t>(state_.out - bytes_.data()));
    return std::move(bytes_);
  }

 private:
  struct State {
    std::uint64_t low = 0;  ///< of the interval; what is above the bits pending is a carry
    std::uint32_t range = 255;
    int pending_bits = 0;  ///< in `low` above its lowest eight
    std::byte* out = nullptr;
  };
  static constexpr int kFlushBits = 40;

  static void put(ChancedBit chanced, State& state) {
    const std::uint32_t split = 1 + (((state.range - 1) * (chanced >> 1)) >> 8);
    const std::uint32_t mask = 0U - (chanced & 1U);
    state.low += split & mask;
    const std::uint32_t range = split ^ ((split ^ (state.range - split)) & mask);
    const int shift = std::countl_zero(range) - 24;
    state.range = range << shift;
    state.low <<= shift;
    state.pending_bits += shift;
    if (state.pending_bits >= kFlushBits) [[unlikely]] {
      flush_word(state);
    }
  }

  /// There is always a byte before the carry's last.
  static void carry(std::byte* at) {
    do {
      --at;
      *at = static_cast<std::byte>(std::to_integer<unsigned>(*at) + 1);
    } while (*at == std::byte{0});
  }

  static void flush_word(State& state) {
    const int rest = state.pending_bits + 8 - 32;
    const std::uint64_t word = state.low >> rest;
    if ((word >> 32) != 0) {
      carry(state.out);
    }
    for (int shift = 24; shift >= 0; shift -= 8) {
      *state.out++ = static_cast<std::byte>(word >> shift & 0xFF);
    }
    state.low &= (std::uint64_t{1} << rest) - 1;
    state.pending_bits -= 32;
  }

  /// For `bits` more, each of which shifts out at most seven, and the end.
  void make_room(std::size_t bits) {
    const auto used = state_.out == nullptr ? 0 : static_cast<std::size_t>(state_.out - bytes_.data());
    if (bytes_.size() - used < bits + kTailBytes) {
      bytes_.resize(2 * bytes_.size() + bits + kTailBytes);
      state_.out = bytes_.data() + used;
    }
  }
  static constexpr std::size_t kTailBytes = 16;

  State state_;
  Bytes bytes_;
};

}  // namespace imagepacker::vp8
