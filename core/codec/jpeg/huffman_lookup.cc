// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/huffman_lookup.h"

#include "codec/jpeg/huffman_table.h"

namespace imagepacker::jpeg {

bool HuffmanLookup::assign(const JpegHuffmanSpec& spec) {
  if (spec.symbol_count() > 256) {
    return false;
  }
  *this = {};
  symbols_ = spec.symbols;
  std::uint32_t code = 0;
  std::size_t place = 0;
  for (int bits = 1; bits <= kMaxCodeBits; ++bits) {
    const auto index = static_cast<std::size_t>(bits);
    const std::uint32_t count = spec.length_counts[index - 1];
    // The code of all ones is none.
    if (count > 0 && code + count >= 1U << bits) {
      return false;
    }
    first_at_[index] = static_cast<std::int32_t>(place) - static_cast<std::int32_t>(code);
    for (std::uint32_t i = 0; i < count; ++i, ++code, ++place) {
      if (bits > kLookBits) {
        continue;
      }
      const std::uint8_t symbol = spec.symbols[place];
      const int size = symbol & 15;
      const std::uint32_t span = 1U << (kLookBits - bits);
      for (std::uint32_t rest = 0; rest < span; ++rest) {
        Entry& entry = entries_[code * span + rest];
        if (bits + size > kLookBits) {
          entry = {.bits = static_cast<std::uint8_t>(bits | kNeedsExtra), .symbol = symbol};
          continue;
        }
        const std::uint32_t extra = rest >> (kLookBits - bits - size);
        entry = {.value = static_cast<std::int16_t>(size == 0 ? 0 : extended_value(extra, size)),
                 .bits = static_cast<std::uint8_t>(bits + size),
                 .symbol = symbol};
      }
    }
    end_[index] = code << (kMaxCodeBits - bits);
    code <<= 1;
  }
  return true;
}

HuffmanLookup::LongCode HuffmanLookup::find(std::uint64_t bits) const {
  const auto next = static_cast<std::uint32_t>(bits >> (64 - kMaxCodeBits));
  for (int length = kLookBits + 1; length <= kMaxCodeBits; ++length) {
    const auto index = static_cast<std::size_t>(length);
    if (next < end_[index]) {
      const auto place = first_at_[index] + static_cast<std::int32_t>(next >> (kMaxCodeBits - length));
      return {static_cast<std::uint8_t>(length), symbols_[static_cast<std::size_t>(place)]};
    }
  }
  return {};
}

}  // namespace imagepacker::jpeg
