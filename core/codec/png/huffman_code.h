// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>

namespace imagepacker {

/// Most symbols of an alphabet given to the functions below: deflate's literals and lengths, with the two unused ones.
inline constexpr std::size_t kMaxHuffmanSymbols = 288;

/// Lengths of a prefix code for symbols that occur `frequencies` times, none longer than `limit`, 0 for those that
/// don't occur. Optimal where the limit doesn't bind, near it where it does. A lone symbol gets length 1; without any
/// all are 0. At most kMaxHuffmanSymbols symbols, not more than 2^limit, whose frequencies sum up to less than 2³².
void huffman_lengths(std::span<const std::uint32_t> frequencies, int limit, std::span<std::uint8_t> lengths);

/// The canonical code of RFC 1951 clause 3.2.2 for `lengths` (up to 15), each code word with its first bit lowest, as
/// deflate packs them.
void huffman_words(std::span<const std::uint8_t> lengths, std::span<std::uint16_t> words);

}  // namespace imagepacker
