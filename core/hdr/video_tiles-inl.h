// SPDX-License-Identifier: LGPL-2.1-or-later

// How HDR video is read: tiles of two rows, luma beside upsampled chroma. Included once per SIMD target, inside no
// namespace; hence no #pragma once.
#if defined(IMAGEPACKER_HDR_VIDEO_TILES_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef IMAGEPACKER_HDR_VIDEO_TILES_INL_H
#undef IMAGEPACKER_HDR_VIDEO_TILES_INL_H
#else
#define IMAGEPACKER_HDR_VIDEO_TILES_INL_H
#endif

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "hdr/video_codes.h"
#include "imagepacker/image.h"

HWY_BEFORE_NAMESPACE();
namespace imagepacker::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using DF = hn::CappedTag<float, 16>;
using DI = hn::RebindToSigned<DF>;
using DU16 = hn::Rebind<std::uint16_t, DF>;
using VF = hn::Vec<DF>;

/// Pixels are worked on in tiles of two rows, whose samples stay in the first cache.
constexpr int kTile = 256;
/// Columns beyond the tile that vectors may touch; on either side of chroma stands one sample more.
constexpr int kPad = 16;
constexpr int kChroma = kTile / 2;

/// Samples of two rows, as far as a tile reaches, as centred codes.
struct Tile {
  alignas(64) float luma[2][kTile + kPad];
  alignas(64) float cb[2][kTile + 2 * kPad];  ///< upsampled
  alignas(64) float cr[2][kTile + 2 * kPad];
};

/// Codes of `words` less `offset`.
HWY_INLINE void Unpack(const VideoCodes& codes, const std::uint16_t* words, int count, float offset, float* out) {
  const DF df;
  const DI di;
  const DU16 du;
  for (int x = 0; x < count; x += static_cast<int>(hn::Lanes(df))) {
    const auto code = hn::And(hn::ShiftRightSame(hn::LoadU(du, words + x), codes.shift), hn::Set(du, codes.mask));
    hn::StoreU(hn::Sub(hn::ConvertTo(df, hn::PromoteTo(di, code)), hn::Set(df, offset)), df, out + x);
  }
}

HWY_INLINE const std::uint16_t* WordRow(const ImageView& image, int plane, int row) {
  const Plane& p = image.planes[static_cast<std::size_t>(plane)];
  return reinterpret_cast<const std::uint16_t*>(p.bytes.data() + static_cast<std::size_t>(row) * p.stride_bytes);
}

/// words[index]; a plane may begin at an odd address.
HWY_INLINE std::uint16_t WordAt(const std::uint16_t* words, int index) {
  std::uint16_t word = 0;
  std::memcpy(&word, reinterpret_cast<const std::byte*>(words) + sizeof(word) * static_cast<std::size_t>(index),
              sizeof(word));
  return word;
}

/// Has `count` words brought into cache: going down a band, processors don't see by themselves what comes next.
HWY_INLINE void PrefetchWords(const std::uint16_t* words, int count) {
  constexpr int kLineWords = 32;
  for (int i = 0; i < count; i += kLineWords) {
    hwy::Prefetch(words + i);
  }
}

/// `count` samples from column `first` on, which may lie one outside the row at either end: the edge is repeated.
template <int kStep>
HWY_INLINE void CopySamples(const std::uint16_t* row, int row_samples, int first, int count, std::uint16_t* out) {
  int i = 0;
  for (; i < count && first + i < 0; ++i) {
    out[i] = WordAt(row, 0);
  }
  const int inside = std::min(count, row_samples - first);
  for (; i < inside; ++i) {
    out[i] = WordAt(row, (first + i) * kStep);
  }
  for (; i < count; ++i) {
    out[i] = WordAt(row, (row_samples - 1) * kStep);
  }
}

/// One chroma row around the tile: sample 0 stands before the tile's first.
HWY_INLINE void LoadChromaRow(const VideoCodes& codes, const ImageView& image, int row, int first, int count, float* cb,
                              float* cr) {
  const int samples = (image.format.size.width + 1) / 2;
  alignas(64) std::uint16_t words[2][kChroma + 3 * kPad];
  if (codes.has_paired_chroma) {
    const std::uint16_t* const pairs = WordRow(image, 1, row);
    const bool is_cb_first = image.format.info().components[1].offset_bytes == 0;
    const DU16 du;
    const int step = static_cast<int>(hn::Lanes(du));
    int i = 0;
    if (first < 0) {
      words[0][0] = WordAt(pairs, 0);
      words[1][0] = WordAt(pairs, 1);
      i = 1;
    }
    for (; i + step <= std::min(count, samples - first); i += step) {
      hn::Vec<DU16> even;
      hn::Vec<DU16> odd;
      hn::LoadInterleaved2(du, pairs + 2 * (first + i), even, odd);
      hn::StoreU(even, du, words[0] + i);
      hn::StoreU(odd, du, words[1] + i);
    }
    CopySamples<2>(pairs, samples, first + i, count - i, words[0] + i);
    CopySamples<2>(pairs + 1, samples, first + i, count - i, words[1] + i);
    Unpack(codes, words[is_cb_first ? 0 : 1], count, codes.chroma_offset, cb);
    Unpack(codes, words[is_cb_first ? 1 : 0], count, codes.chroma_offset, cr);
    return;
  }
  for (int c = 1; c <= 2; ++c) {
    CopySamples<1>(WordRow(image, image.format.info().components[c].plane, row), samples, first, count, words[0]);
    Unpack(codes, words[0], count, codes.chroma_offset, c == 1 ? cb : cr);
  }
}

/// out[2i] and out[2i + 1] from the blend of two rows, whose sample 0 stands before the first.
HWY_INLINE void Upsample(const float* a, float weight_a, const float* b, float weight_b,
                         const VideoCodes::Upsampling& columns, int pairs, float* out) {
  const DF df;
  const VF wa = hn::Set(df, weight_a);
  const VF wb = hn::Set(df, weight_b);
  const auto blended = [&](int i) HWY_ATTR {
    return hn::Add(hn::Mul(wa, hn::LoadU(df, a + i)), hn::Mul(wb, hn::LoadU(df, b + i)));
  };
  for (int i = 0; i < pairs; i += static_cast<int>(hn::Lanes(df))) {
    const VF before = blended(i);
    const VF own = blended(i + 1);
    const VF after = blended(i + 2);
    const VF even =
        hn::Add(hn::Mul(hn::Set(df, columns.even_before), before), hn::Mul(hn::Set(df, columns.even_own), own));
    const VF odd = hn::Add(hn::Mul(hn::Set(df, columns.odd_own), own), hn::Mul(hn::Set(df, columns.odd_after), after));
    hn::StoreInterleaved2(even, odd, df, out + 2 * i);
  }
}

/// The rows of chroma around a tile, which the tile below it needs too: row n stands in place n % 3.
struct ChromaRows {
  static constexpr int kRowSamples = kChroma + 3 * kPad;
  alignas(64) float cb[3][kRowSamples];
  alignas(64) float cr[3][kRowSamples];
  int rows[3] = {-1, -1, -1};  ///< which they are

  /// Reads row `row` of the picture's chroma, unless it is here, and returns its place. Columns as LoadTile's.
  HWY_INLINE int Need(const VideoCodes& codes, const ImageView& image, int row, int first, int count) {
    const int place = row % 3;
    if (rows[place] != row) {
      rows[place] = row;
      const int pairs = (count + 1) / 2;
      LoadChromaRow(codes, image, row, first / 2 - 1, pairs + 2, cb[place], cr[place]);
      // Vectors read beyond what is needed; what they read has to be finite.
      const int end = std::min(pairs + 2 + 2 * kPad, kRowSamples);
      std::fill(cb[place] + pairs + 2, cb[place] + end, 0.0F);
      std::fill(cr[place] + pairs + 2, cr[place] + end, 0.0F);
    }
    return place;
  }

  /// Has row `row` brought into cache.
  HWY_INLINE void Prefetch(const VideoCodes& codes, const ImageView& image, int row, int first, int count) const {
    if (codes.has_paired_chroma) {
      PrefetchWords(WordRow(image, 1, row) + first, count);
    } else {
      PrefetchWords(WordRow(image, 1, row) + first / 2, count / 2);
      PrefetchWords(WordRow(image, 2, row) + first / 2, count / 2);
    }
  }
};

/// Rows `row` (even) and the one below it, `count` columns from `first` (even) on. Columns behind `count`, up to a
/// whole vector, hold anything finite, and a row below the picture repeats the last. `chroma` holds what was loaded
/// for other rows of the same columns.
HWY_NOINLINE void LoadTile(const VideoCodes& codes, const ImageView& image, int row, int first, int count,
                           ChromaRows& chroma, Tile& tile) {
  const Size size = image.format.size;
  for (int r = 2; r < 4; ++r) {
    PrefetchWords(WordRow(image, 0, std::min(row + r, size.height - 1)) + first, count);
  }
  for (int r = 0; r < 2; ++r) {
    const std::uint16_t* const luma = WordRow(image, 0, std::min(row + r, size.height - 1)) + first;
    if (first + kTile + kPad <= size.width) {
      Unpack(codes, luma, kTile, codes.luma_offset, tile.luma[r]);
      continue;
    }
    alignas(64) std::uint16_t words[kTile + kPad];
    std::memcpy(words, luma, static_cast<std::size_t>(count) * sizeof(std::uint16_t));
    std::fill(words + count, words + (count + kPad), words[count - 1]);
    Unpack(codes, words, count + 1, codes.luma_offset, tile.luma[r]);
  }
  const int pairs = (count + 1) / 2;
  const int last_row = (size.height + 1) / 2 - 1;
  int place[3];
  for (int r = 0; r < 3; ++r) {
    place[r] = chroma.Need(codes, image, std::clamp(row / 2 + r - 1, 0, last_row), first, count);
  }
  chroma.Prefetch(codes, image, std::min(row / 2 + 2, last_row), first, count);
  const auto& cb = chroma.cb;
  const auto& cr = chroma.cr;
  const VideoCodes::Upsampling& rows = codes.rows;
  Upsample(cb[place[0]], rows.even_before, cb[place[1]], rows.even_own, codes.columns, pairs, tile.cb[0]);
  Upsample(cr[place[0]], rows.even_before, cr[place[1]], rows.even_own, codes.columns, pairs, tile.cr[0]);
  if (row + 1 == size.height) {
    std::memcpy(tile.cb[1], tile.cb[0], sizeof tile.cb[0]);
    std::memcpy(tile.cr[1], tile.cr[0], sizeof tile.cr[0]);
    return;
  }
  Upsample(cb[place[1]], rows.odd_own, cb[place[2]], rows.odd_after, codes.columns, pairs, tile.cb[1]);
  Upsample(cr[place[1]], rows.odd_own, cr[place[2]], rows.odd_after, codes.columns, pairs, tile.cr[1]);
}

}  // namespace imagepacker::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
