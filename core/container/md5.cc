// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/md5.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <span>

#include "base/byte_writer.h"

namespace imagepacker {
namespace {

constexpr std::size_t kChunkBytes = 64;

/// The integer parts of 2^32 · |sin(i + 1)|, RFC 1321 clause 3.4.
const std::array<std::uint32_t, 64>& sines() {
  static const std::array<std::uint32_t, 64> table = [] {
    std::array<std::uint32_t, 64> result{};
    for (std::size_t i = 0; i < result.size(); ++i) {
      result[i] =
          static_cast<std::uint32_t>(std::floor(4294967296.0 * std::fabs(std::sin(static_cast<double>(i + 1)))));
    }
    return result;
  }();
  return table;
}

constexpr std::array<std::array<int, 4>, 4> kRotations = {
    {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};

using State = std::array<std::uint32_t, 4>;

std::uint32_t load_u32le(const std::byte* bytes) {
  return std::to_integer<std::uint32_t>(bytes[0]) | std::to_integer<std::uint32_t>(bytes[1]) << 8 |
         std::to_integer<std::uint32_t>(bytes[2]) << 16 | std::to_integer<std::uint32_t>(bytes[3]) << 24;
}

void add_chunk(State& state, const std::byte* chunk) {
  auto [a, b, c, d] = state;
  for (std::size_t i = 0; i < 64; ++i) {
    const std::size_t round = i / 16;
    std::uint32_t mixed = 0;
    std::size_t word = 0;
    switch (round) {
      case 0:
        mixed = (b & c) | (~b & d);
        word = i;
        break;
      case 1:
        mixed = (d & b) | (~d & c);
        word = (5 * i + 1) % 16;
        break;
      case 2:
        mixed = b ^ c ^ d;
        word = (3 * i + 5) % 16;
        break;
      default:
        mixed = c ^ (b | ~d);
        word = (7 * i) % 16;
        break;
    }
    const std::uint32_t sum = a + mixed + sines()[i] + load_u32le(chunk + 4 * word);
    a = d;
    d = c;
    c = b;
    b += std::rotl(sum, kRotations[round][i % 4]);
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d};
}

}  // namespace

std::array<std::byte, 16> md5(ByteView bytes) {
  State state = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476};
  const std::size_t whole = bytes.size() / kChunkBytes * kChunkBytes;
  for (std::size_t at = 0; at < whole; at += kChunkBytes) {
    add_chunk(state, bytes.data() + at);
  }
  ByteWriter tail;
  tail.append(bytes.subspan(whole)).u8(0x80);
  while (tail.size() % kChunkBytes != kChunkBytes - 8) {
    tail.u8(0);
  }
  const auto bit_count = static_cast<std::uint64_t>(bytes.size()) * 8;
  tail.u32le(static_cast<std::uint32_t>(bit_count)).u32le(static_cast<std::uint32_t>(bit_count >> 32));
  for (std::size_t at = 0; at < tail.size(); at += kChunkBytes) {
    add_chunk(state, tail.bytes().data() + at);
  }
  std::array<std::byte, 16> digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<std::byte>(state[i / 4] >> (8 * (i % 4)));
  }
  return digest;
}

std::string md5_hex(ByteView bytes) {
  constexpr const char* kDigits = "0123456789ABCDEF";
  std::string hex;
  for (const std::byte value : md5(bytes)) {
    hex += kDigits[std::to_integer<unsigned>(value) >> 4];
    hex += kDigits[std::to_integer<unsigned>(value) & 15];
  }
  return hex;
}

}  // namespace imagepacker
