// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hdr/video_kernels.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "hdr/video_kernels.cc"
#include <hwy/foreach_target.h>
// The order matters: Highway's functions are made anew for every target.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imagepacker::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using DF = hn::CappedTag<float, 16>;
using DI = hn::RebindToSigned<DF>;
using DU16 = hn::Rebind<std::uint16_t, DF>;
using DU8 = hn::Rebind<std::uint8_t, DF>;
using VF = hn::Vec<DF>;
using VI = hn::Vec<DI>;

/// Pixels are worked on in tiles of two rows, whose samples stay in the first cache.
constexpr int kTile = 256;
/// Columns beyond the tile that vectors may touch; on either side of chroma stands one sample more.
constexpr int kPad = 16;
constexpr int kChroma = kTile / 2;

HWY_INLINE VF LookUp(const float* table, VI index) {
  const DF df;
  constexpr std::size_t kLanes = hn::MaxLanes(DF());
  if constexpr (kLanes == 16) {
    return hn::TableLookupLanes(hn::Load(df, table), hn::IndicesFromVec(df, index));
  } else if constexpr (kLanes == 8) {
    const DI di;
    const auto low = hn::IndicesFromVec(df, hn::And(index, hn::Set(di, 7)));
    const auto is_high = hn::RebindMask(df, hn::Gt(index, hn::Set(di, 7)));
    return hn::IfThenElse(is_high, hn::TableLookupLanes(hn::Load(df, table + 8), low),
                          hn::TableLookupLanes(hn::Load(df, table), low));
  } else {
    return hn::GatherIndex(df, table, index);
  }
}

HWY_INLINE VF Evaluate(const CubicSegments& segments, VI segment, VF t) {
  const auto& c = segments.coefficients;
  const VF c3 = hn::Mul(t, LookUp(c[3].data(), segment));
  const VF c2 = hn::Mul(t, hn::Add(LookUp(c[2].data(), segment), c3));
  return hn::Add(LookUp(c[0].data(), segment), hn::Mul(t, hn::Add(LookUp(c[1].data(), segment), c2)));
}

HWY_INLINE VF Apply(const CodeCubic& curve, VF coded) {
  const DF df;
  const DI di;
  const VF position = hn::Mul(coded, hn::Set(df, static_cast<float>(CubicSegments::kCount)));
  const VI segment = hn::ConvertTo(di, hn::Min(position, hn::Set(df, CodeCubic::kLast)));
  return Evaluate(curve.segments(), segment, hn::Sub(position, hn::ConvertTo(df, segment)));
}

HWY_INLINE VF Apply(const LightCubic& curve, VF light) {
  const DF df;
  const DI di;
  const VF clamped = hn::Min(hn::Max(light, hn::Set(df, curve.lowest())), hn::Set(df, curve.highest()));
  const VI offset = hn::Sub(hn::BitCast(di, clamped), hn::Set(di, static_cast<std::int32_t>(curve.base_bits())));
  const VF fraction = hn::ConvertTo(df, hn::And(offset, hn::Set(di, curve.fraction_mask())));
  return Evaluate(curve.segments(), hn::ShiftRightSame(offset, curve.shift()),
                  hn::Mul(fraction, hn::Set(df, curve.fraction_scale())));
}

struct Pixels {
  VF r, g, b;
};

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

/// `count` samples from column `first` on, which may lie one outside the row at either end: the edge is repeated.
template <int kStep>
HWY_INLINE void CopySamples(const std::uint16_t* row, int row_samples, int first, int count, std::uint16_t* out) {
  int i = 0;
  for (; i < count && first + i < 0; ++i) {
    out[i] = row[0];
  }
  const int inside = std::min(count, row_samples - first);
  for (; i < inside; ++i) {
    out[i] = row[(first + i) * kStep];
  }
  for (; i < count; ++i) {
    out[i] = row[(row_samples - 1) * kStep];
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
      words[0][0] = pairs[0];
      words[1][0] = pairs[1];
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

/// Rows `row` (even) and the one below it, `count` columns from `first` (even) on. Columns behind `count`, up to a
/// whole vector, and a row below the picture repeat the last.
HWY_NOINLINE void LoadTile(const VideoCodes& codes, const ImageView& image, int row, int first, int count, Tile& tile) {
  const Size size = image.format.size;
  for (int r = 0; r < 2; ++r) {
    alignas(64) std::uint16_t words[kTile + kPad];
    const std::uint16_t* const luma = WordRow(image, 0, std::min(row + r, size.height - 1)) + first;
    std::memcpy(words, luma, static_cast<std::size_t>(count) * sizeof(std::uint16_t));
    std::fill(words + count, words + (count + kPad), words[count - 1]);
    Unpack(codes, words, count + 1, codes.luma_offset, tile.luma[r]);
  }
  constexpr int kRowSamples = kChroma + 3 * kPad;
  alignas(64) float cb[3][kRowSamples];
  alignas(64) float cr[3][kRowSamples];
  const int pairs = (count + 1) / 2;
  const int chroma_rows = (size.height + 1) / 2;
  for (int r = 0; r < 3; ++r) {
    const int chroma_row = std::clamp(row / 2 + r - 1, 0, chroma_rows - 1);
    // Vectors read beyond what is needed; the repeated edge keeps what they read finite.
    LoadChromaRow(codes, image, chroma_row, first / 2 - 1, pairs + 2, cb[r], cr[r]);
    std::fill(cb[r] + pairs + 2, cb[r] + std::min(pairs + 2 + 2 * kPad, kRowSamples), 0.0F);
    std::fill(cr[r] + pairs + 2, cr[r] + std::min(pairs + 2 + 2 * kPad, kRowSamples), 0.0F);
  }
  const VideoCodes::Upsampling& rows = codes.rows;
  Upsample(cb[0], rows.even_before, cb[1], rows.even_own, codes.columns, pairs, tile.cb[0]);
  Upsample(cr[0], rows.even_before, cr[1], rows.even_own, codes.columns, pairs, tile.cr[0]);
  if (row + 1 == size.height) {
    std::memcpy(tile.cb[1], tile.cb[0], sizeof tile.cb[0]);
    std::memcpy(tile.cr[1], tile.cr[0], sizeof tile.cr[0]);
    return;
  }
  Upsample(cb[1], rows.odd_own, cb[2], rows.odd_after, codes.columns, pairs, tile.cb[1]);
  Upsample(cr[1], rows.odd_own, cr[2], rows.odd_after, codes.columns, pairs, tile.cr[1]);
}

/// R'G'B' in 0..1 of pixels x and following.
HWY_INLINE Pixels CodedPixels(const VideoCodes& codes, const Tile& tile, int r, int x) {
  const DF df;
  const VF zero = hn::Zero(df);
  const VF one = hn::Set(df, 1.0F);
  const VF y = hn::Mul(hn::Set(df, codes.luma_scale), hn::LoadU(df, tile.luma[r] + x));
  const VF cb = hn::LoadU(df, tile.cb[r] + x);
  const VF cr = hn::LoadU(df, tile.cr[r] + x);
  const VF red = hn::Add(y, hn::Mul(hn::Set(df, codes.red_cr), cr));
  const VF green =
      hn::Add(hn::Add(y, hn::Mul(hn::Set(df, codes.green_cb), cb)), hn::Mul(hn::Set(df, codes.green_cr), cr));
  const VF blue = hn::Add(y, hn::Mul(hn::Set(df, codes.blue_cb), cb));
  return {hn::Min(hn::Max(red, zero), one), hn::Min(hn::Max(green, zero), one), hn::Min(hn::Max(blue, zero), one)};
}

/// Display light of R'G'B'.
HWY_INLINE Pixels Light(const LightCurves& light, const Pixels& coded) {
  const DF df;
  Pixels out = {Apply(light.decode, coded.r), Apply(light.decode, coded.g), Apply(light.decode, coded.b)};
  if (light.rendering) {
    const auto& w = light.luminance_weights;
    const VF luminance = hn::Add(hn::Add(hn::Mul(hn::Set(df, w[0]), out.r), hn::Mul(hn::Set(df, w[1]), out.g)),
                                 hn::Mul(hn::Set(df, w[2]), out.b));
    const VF gain = Apply(*light.rendering, luminance);
    out = {hn::Mul(out.r, gain), hn::Mul(out.g, gain), hn::Mul(out.b, gain)};
  }
  return out;
}

HWY_INLINE VF Highest(const Pixels& p) {
  return hn::Max(hn::Max(p.r, p.g), p.b);
}

void ReadVideoLight(const VideoCodes& codes, const LightCurves& light, const ImageView& image, int first, int count,
                    float* out) {
  const DF df;
  const int width = image.format.size.width;
  const int step = static_cast<int>(hn::Lanes(df));
  Tile tile;
  alignas(64) float result[kTile + kPad];
  for (int row = first; row < first + count; row += 2) {
    const int rows = std::min(2, first + count - row);
    for (int column = 0; column < width; column += kTile) {
      const int columns = std::min(kTile, width - column);
      LoadTile(codes, image, row, column, columns, tile);
      for (int r = 0; r < rows; ++r) {
        for (int x = 0; x < columns; x += step) {
          const Pixels coded = CodedPixels(codes, tile, r, x);
          // The curve rises, so that the highest code is the highest light; not so behind HLG's rendering.
          const VF level = light.rendering ? Highest(Light(light, coded)) : Apply(light.decode, Highest(coded));
          hn::Store(hn::Max(level, hn::Zero(df)), df, result + x);
        }
        float* const to = out + static_cast<std::size_t>(row + r - first) * static_cast<std::size_t>(width) + column;
        std::memcpy(to, result, static_cast<std::size_t>(columns) * sizeof(float));
      }
    }
  }
}

HWY_INLINE VF SrgbCode(const LightCubic& curve, VF light) {
  const DF df;
  const VF dark = hn::Min(hn::Mul(hn::Set(df, kSrgbSlope), light),
                          hn::Add(hn::Mul(hn::Set(df, kSrgbSecondSlope), light), hn::Set(df, kSrgbSecondOffset)));
  return hn::IfThenElse(hn::Lt(light, hn::Set(df, kSrgbBend)), dark, hn::Min(Apply(curve, light), hn::Set(df, 1.0F)));
}

/// R'G'B' of the SDR rendition, 0..1.
HWY_INLINE Pixels SdrPixels(const SdrCurves& sdr, const Pixels& light) {
  const DF df;
  const VF highest = Highest(light);
  VF factor = hn::Set(df, 1.0F);
  const auto is_bent = hn::Gt(highest, hn::Set(df, sdr.tone.lowest()));
  if (!hn::AllFalse(df, is_bent)) {
    factor = hn::IfThenElse(is_bent, Apply(sdr.tone, highest), factor);
    // What few pixels are brighter than the peak become SDR white without change of hue.
    const auto is_above = hn::Gt(highest, hn::Set(df, sdr.tone.highest()));
    if (HWY_UNLIKELY(!hn::AllFalse(df, is_above))) {
      factor = hn::IfThenElse(is_above, hn::Div(hn::Set(df, 1.0F), highest), factor);
    }
  }
  const VF r = hn::Mul(light.r, factor);
  const VF g = hn::Mul(light.g, factor);
  const VF b = hn::Mul(light.b, factor);
  const auto component = [&](std::size_t i) HWY_ATTR {
    const auto& m = sdr.to_primaries[i];
    const VF mixed =
        hn::Add(hn::Add(hn::Mul(hn::Set(df, m[0]), r), hn::Mul(hn::Set(df, m[1]), g)), hn::Mul(hn::Set(df, m[2]), b));
    return SrgbCode(sdr.encode, hn::Max(mixed, hn::Zero(df)));
  };
  return {component(0), component(1), component(2)};
}

// ITU-T T.871, in units of R'G'B' 0..1.
constexpr float kLumaRed = 0.299F;
constexpr float kLumaGreen = 0.587F;
constexpr float kLumaBlue = 0.114F;
constexpr float kCbScale = static_cast<float>(255 / 1.772 / 4);  // of a sum of four pixels
constexpr float kCrScale = static_cast<float>(255 / 1.402 / 4);

HWY_INLINE void StoreCodes(VF codes, std::uint8_t* out) {
  const DF df;
  const DI di;
  const VF clamped = hn::Min(hn::Max(codes, hn::Zero(df)), hn::Set(df, 255.0F));
  hn::StoreU(hn::DemoteTo(DU8(), hn::ConvertTo(di, hn::Add(clamped, hn::Set(df, 0.5F)))), DU8(), out);
}

/// What a tile becomes.
struct SdrTile {
  alignas(64) std::uint8_t luma[2][kTile + kPad];
  alignas(64) float cb[kTile + 2 * kPad];  ///< B' - Y' of both rows
  alignas(64) float cr[kTile + 2 * kPad];
};

/// Takes its numbers by value: bytes are written, which could otherwise be any of them.
HWY_NOINLINE void ToneMapTile(const VideoCodes codes, const LightCurves light, const SdrCurves sdr, const Tile& tile,
                              int columns, SdrTile& out) {
  const DF df;
  const int step = static_cast<int>(hn::Lanes(df));
  for (int x = 0; x < columns; x += step) {
    VF blue = hn::Zero(df);
    VF red = hn::Zero(df);
    for (int r = 0; r < 2; ++r) {
      const Pixels pixels = SdrPixels(sdr, Light(light, CodedPixels(codes, tile, r, x)));
      const VF luma =
          hn::Add(hn::Add(hn::Mul(hn::Set(df, kLumaRed), pixels.r), hn::Mul(hn::Set(df, kLumaGreen), pixels.g)),
                  hn::Mul(hn::Set(df, kLumaBlue), pixels.b));
      StoreCodes(hn::Mul(luma, hn::Set(df, 255.0F)), out.luma[r] + x);
      blue = hn::Add(blue, hn::Sub(pixels.b, luma));
      red = hn::Add(red, hn::Sub(pixels.r, luma));
    }
    hn::Store(blue, df, out.cb + x);
    hn::Store(red, df, out.cr + x);
  }
}

HWY_INLINE void StoreChroma(const float* sums, int count, float scale, std::uint8_t* out) {
  const DF df;
  for (int i = 0; i < count; i += static_cast<int>(hn::Lanes(df))) {
    VF even;
    VF odd;
    hn::LoadInterleaved2(df, sums + 2 * i, even, odd);
    StoreCodes(hn::Add(hn::Mul(hn::Add(even, odd), hn::Set(df, scale)), hn::Set(df, 128.0F)), out + i);
  }
}

void ToneMapVideo(const VideoCodes& codes, const LightCurves& light, const SdrCurves& sdr, const ImageView& image,
                  int first, int count, const MutableImageView& target) {
  const int width = image.format.size.width;
  Tile tile;
  SdrTile out{};
  alignas(64) std::uint8_t chroma[kChroma + 2 * kPad];
  const auto row_of = [&](int plane, int row) {
    const MutablePlane& p = target.planes[static_cast<std::size_t>(plane)];
    return p.bytes.data() + static_cast<std::size_t>(row) * p.stride_bytes;
  };
  for (int row = 0; row < count; row += 2) {
    for (int column = 0; column < width; column += kTile) {
      const int columns = std::min(kTile, width - column);
      LoadTile(codes, image, first + row, column, columns, tile);
      ToneMapTile(codes, light, sdr, tile, columns, out);
      for (int r = 0; r < std::min(2, count - row); ++r) {
        std::memcpy(row_of(0, row + r) + column, out.luma[r], static_cast<std::size_t>(columns));
      }
      if (columns % 2 != 0) {
        out.cb[columns] = out.cb[columns - 1];
        out.cr[columns] = out.cr[columns - 1];
      }
      const int pairs = (columns + 1) / 2;
      StoreChroma(out.cb, pairs, kCbScale, chroma);
      std::memcpy(row_of(1, row / 2) + column / 2, chroma, static_cast<std::size_t>(pairs));
      StoreChroma(out.cr, pairs, kCrScale, chroma);
      std::memcpy(row_of(2, row / 2) + column / 2, chroma, static_cast<std::size_t>(pairs));
    }
  }
}

void ApplyCurve(const LightCubic& curve, float* values, std::size_t count) {
  const DF df;
  const std::size_t step = hn::Lanes(df);
  std::size_t i = 0;
  for (; i + step <= count; i += step) {
    hn::StoreU(Apply(curve, hn::LoadU(df, values + i)), df, values + i);
  }
  for (; i < count; ++i) {
    values[i] = curve(values[i]);
  }
}

void AddPairs(const float* in, std::size_t count, float* out) {
  const DF df;
  const std::size_t step = hn::Lanes(df);
  std::size_t i = 0;
  for (; i + step <= count; i += step) {
    VF even;
    VF odd;
    hn::LoadInterleaved2(df, in + 2 * i, even, odd);
    hn::StoreU(hn::Add(hn::LoadU(df, out + i), hn::Add(even, odd)), df, out + i);
  }
  for (; i < count; ++i) {
    out[i] += in[2 * i] + in[2 * i + 1];
  }
}

}  // namespace imagepacker::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker {

HWY_EXPORT(ReadVideoLight);
HWY_EXPORT(ToneMapVideo);
HWY_EXPORT(ApplyCurve);
HWY_EXPORT(AddPairs);

void read_video_light(const VideoCodes& codes, const LightCurves& light, const ImageView& image, int first, int count,
                      float* out) {
  HWY_DYNAMIC_DISPATCH(ReadVideoLight)(codes, light, image, first, count, out);
}

void tone_map_video(const VideoCodes& codes, const LightCurves& light, const SdrCurves& sdr, const ImageView& image,
                    int first, int count, const MutableImageView& target) {
  HWY_DYNAMIC_DISPATCH(ToneMapVideo)(codes, light, sdr, image, first, count, target);
}

void apply_curve(const LightCubic& curve, float* values, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(ApplyCurve)(curve, values, count);
}

void add_pairs(const float* in, std::size_t count, float* out) {
  HWY_DYNAMIC_DISPATCH(AddPairs)(in, count, out);
}

}  // namespace imagepacker
#endif  // HWY_ONCE
