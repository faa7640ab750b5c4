// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "codec/png/deflate_header.h"
#include "codec/png/deflate_kernels.h"
#include "codec/png/deflate_tokens.h"

namespace imagepacker {

/// What a pixel of a strip is made of: red, green and blue, or these and alpha.
enum class PixelBytes : std::uint8_t { three = 3, four = 4 };

constexpr std::size_t byte_count(PixelBytes pixel_bytes) {
  return static_cast<std::size_t>(pixel_bytes);
}

/// Literals or a match, as a search finds them: a mark and a pixel. The mark's low half is the distance or one of
/// these, its high half the cell it begins at, by which the next event's tells the length in pixels.
struct PixelEvent {
  static constexpr std::uint32_t kLiterals = 0xFFFF;  ///< one pixel
  static constexpr std::uint32_t kLoneByte = 0xFFFE;  ///< one byte, a cell of its own
};

/// An event as it is counted and written. Its three parts are indices of bits in the stream: a pixel is three literals,
/// a match is a length, a distance's symbol and its extra bits, a filter's number is a literal and twice no bits. So
/// all are treated alike, without a branch that can't be guessed. Alpha takes a token more for each event: a literal
/// and twice no bits, or nothing at all.
struct PixelToken {
  static constexpr std::uint32_t kFirstLength = 256;  ///< of kMinMatchLength bytes
  static constexpr std::uint32_t kFirstDistance = kFirstLength + kMaxMatchLength - kMinMatchLength + 1;
  static constexpr std::uint32_t kFirstExtra = kFirstDistance + deflate::kDistanceSymbols;
  static constexpr std::uint32_t kNothing = kFirstExtra;  ///< extra bits that are none
  static constexpr std::uint32_t kIndexCount = kFirstExtra + 14;

  std::uint16_t first;
  std::uint16_t second;
  std::uint16_t third;
  std::uint16_t extra_bits;  ///< added to the third's

  bool operator==(const PixelToken&) const = default;
};

/// How often each part occurs, in several counters that are added up.
using PartCounters = std::array<std::array<std::uint32_t, PixelToken::kIndexCount>, 8>;

/// Elements that may be read and written behind events and tokens.
inline constexpr std::size_t kTokenPadding = 64;

/// Tokens that an event makes.
constexpr std::size_t tokens_per_event(PixelBytes pixel_bytes) {
  return pixel_bytes == PixelBytes::three ? 1 : 2;
}

/// Makes tokens of events. There is a mark more, that tells where the last event ends.
void make_tokens(PixelBytes pixel_bytes, const std::uint32_t* marks, const std::uint32_t* pixels, std::size_t count,
                 PixelToken* tokens);
/// The specification of make_tokens.
void make_tokens_scalar(PixelBytes pixel_bytes, const std::uint32_t* marks, const std::uint32_t* pixels,
                        std::size_t count, PixelToken* tokens);

/// Counts the parts of tokens.
void count_parts(PixelBytes pixel_bytes, std::span<const PixelToken> tokens, PartCounters& counters);
/// The symbols that were counted, and the end of a block.
SymbolCounts symbols_of(const PartCounters& counters);

/// A block.
struct PixelTokens {
  PixelBytes pixel_bytes = PixelBytes::three;
  std::span<const PixelToken> tokens;
  SymbolCounts counts;
};

/// Writes a block's symbols and its end.
BitPosition write_tokens(const PixelTokens& tokens, const CodeLengths& lengths, BitPosition position);

}  // namespace imagepacker
