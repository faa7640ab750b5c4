// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace imagepacker {

/// Where the code stands in a word.
struct WordField {
  int shift = 0;
  int bits = 16;
  bool swap = false;  ///< the word is in the other byte order than the machine's

  friend bool operator==(const WordField&, const WordField&) = default;
};

// Rows of codes ↔ rows of floats. Words may lie at any address. Nothing beyond `count` samples is touched.

/// out[x] = code − offset, exactly.
void codes_to_floats(const std::uint8_t* codes, std::size_t count, float offset, float* out);
void codes_to_floats(const std::uint16_t* words, const WordField& field, std::size_t count, float offset, float* out);
/// The same for fields of 32-bit words in native byte order; `field.swap` counts for nothing.
void codes_to_floats(const std::uint32_t* words, const WordField& field, std::size_t count, float offset, float* out);

/// Code = truncated clamp(values[x] + (offset + 0.5), 0, max + 0.5), which rounds to the nearest.
void floats_to_codes(const float* values, std::size_t count, float offset, std::uint8_t* codes);
/// Bits outside the field become 0.
void floats_to_codes(const float* values, std::size_t count, float offset, const WordField& field,
                     std::uint16_t* words);

/// Moves codes from one field to another of as many bits, bits outside become 0. `out` may be `words`.
void move_codes(const std::uint16_t* words, const WordField& from, std::size_t count, const WordField& to,
                std::uint16_t* out);

}  // namespace imagepacker
