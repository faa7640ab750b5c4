// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

namespace imagepacker {

/// Values below 128 are the code points of ITU-T H.273; the others have none there.
inline constexpr int kFirstNonH273Code = 128;

/// Colour primaries and white point, H.273 clause 8.1.
enum class Primaries : std::uint8_t {
  bt709 = 1,  ///< also sRGB
  unspecified = 2,
  bt470m = 4,
  bt470bg = 5,
  smpte170m = 6,
  smpte240m = 7,
  film = 8,
  bt2020 = 9,
  smpte_st428 = 10,
  smpte_rp431 = 11,  ///< DCI-P3, theatre white
  smpte_eg432 = 12,  ///< Display P3 (P3 with D65)
  ebu3213 = 22,
  adobe_rgb = 128,
};

/// Transfer characteristics, H.273 clause 8.2.
enum class Transfer : std::uint8_t {
  bt709 = 1,
  unspecified = 2,
  gamma22 = 4,
  gamma28 = 5,
  bt601 = 6,
  smpte240m = 7,
  linear = 8,  ///< SDR: code 1 is SDR white
  log100 = 9,
  log316 = 10,
  srgb = 13,
  bt2020_10 = 14,
  bt2020_12 = 15,
  pq = 16,   ///< SMPTE ST 2084, absolute, 10000 cd/m² at code 1
  hlg = 18,  ///< ARIB STD-B67
  gamma18 = 128,
  gamma20 = 129,
  adobe_rgb = 130,   ///< pure power of 563/256
  linear_hdr = 131,  ///< linear light, absolute as PQ is: 10000 cd/m² at code 1
};

/// Matrix coefficients, H.273 clause 8.3.
enum class Matrix : std::uint8_t {
  rgb = 0,  ///< identity: the components are R, G, B
  bt709 = 1,
  unspecified = 2,
  fcc = 4,
  bt470bg = 5,  ///< the numbers of bt601
  bt601 = 6,
  smpte240m = 7,
  bt2020_ncl = 9,
};

/// Code range of the samples: limited is 16..235 (chroma 16..240) scaled by 2^(depth-8), full is 0..2^depth-1.
enum class Range : std::uint8_t { limited, full };

/// Where a subsampled chroma sample lies relative to the luma grid. For 4:2:2 and 4:1:1 only the horizontal part
/// counts, for 4:4:4 none. Order and values are those of chroma_sample_loc_type in H.265 annex E, unspecified apart.
enum class ChromaSite : std::uint8_t {
  left = 0,      ///< MPEG-2: on the left luma column, between the rows
  center = 1,    ///< JPEG, MPEG-1: in the middle of the 2×2 block
  top_left = 2,  ///< co-sited with the top left luma sample
  top = 3,       ///< between the columns, on the top row
  bottom_left = 4,
  bottom = 5,
  unspecified = 255,
};

/// What the sample values of an image mean. RGB images have Matrix::rgb; gray ones a matrix without effect.
struct ColorSpace {
  Primaries primaries = Primaries::bt709;
  Transfer transfer = Transfer::srgb;
  Matrix matrix = Matrix::rgb;
  Range range = Range::full;
  ChromaSite chroma_site = ChromaSite::unspecified;

  friend bool operator==(const ColorSpace&, const ColorSpace&) = default;
};

/// True for the transfer characteristics that code more than SDR white.
constexpr bool is_hdr(Transfer transfer) {
  return transfer == Transfer::pq || transfer == Transfer::hlg || transfer == Transfer::linear_hdr;
}

}  // namespace imagepacker
