// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>

#include "container/jpeg_segments.h"

namespace imagepacker::jpeg {

/// Reads codes of a Huffman table by their first bits.
class HuffmanLookup {
 public:
  /// As many bits as most codes take together with the bits that follow them.
  static constexpr int kLookBits = 10;

  /// Set in Entry::bits where extra bits follow that were not among those looked at.
  static constexpr std::uint8_t kNeedsExtra = 0x80;

  /// What the next kLookBits bits say.
  struct Entry {
    std::int16_t value = 0;  ///< of the extra bits; 0 where there are none
    std::uint8_t bits = 0;   ///< of code and extra bits; of the code with kNeedsExtra; 0: no code of kLookBits or fewer
    std::uint8_t symbol = 0;
  };

  /// A code that is longer than kLookBits.
  struct LongCode {
    std::uint8_t bits = 0;  ///< 0: there is no such code
    std::uint8_t symbol = 0;
  };

  /// False when the lengths make no code, ITU-T T.81 clause C.2; the object is of no use then.
  bool assign(const JpegHuffmanSpec& spec);

  /// `bits`: those that come next, from the highest on.
  [[nodiscard]] const Entry& look(std::uint64_t bits) const { return entries_[bits >> (64 - kLookBits)]; }
  [[nodiscard]] LongCode find(std::uint64_t bits) const;

 private:
  std::array<Entry, 1 << kLookBits> entries_{};
  std::array<std::uint32_t, 17> end_{};      ///< [n]: first 16 bits behind the codes of n bits
  std::array<std::int32_t, 17> first_at_{};  ///< [n]: place of the first of them less its code
  std::array<std::uint8_t, 256> symbols_{};
};

/// The value of `size` extra bits, clause F.2.2.1. 1 <= size <= 16.
constexpr int extended_value(std::uint32_t extra, int size) {
  const auto value = static_cast<int>(extra);
  return value >> (size - 1) != 0 ? value : value - (1 << size) + 1;
}

}  // namespace imagepacker::jpeg
