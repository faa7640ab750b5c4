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

#include "hdr/video_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace imagepacker::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using DU8 = hn::Rebind<std::uint8_t, DF>;
using VI = hn::Vec<DI>;

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
  for (int column = 0; column < width; column += kTile) {
    const int columns = std::min(kTile, width - column);
    ChromaRows chroma;
    for (int row = first; row < first + count; row += 2) {
      const int rows = std::min(2, first + count - row);
      LoadTile(codes, image, row, column, columns, chroma, tile);
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

/// What light is multiplied by to become the SDR rendition's.
HWY_INLINE VF ToneFactor(const LightCubic& tone, VF highest) {
  const DF df;
  VF factor = hn::Set(df, 1.0F);
  const auto is_bent = hn::Gt(highest, hn::Set(df, tone.lowest()));
  if (!hn::AllFalse(df, is_bent)) {
    factor = hn::IfThenElse(is_bent, Apply(tone, highest), factor);
    // What few pixels are brighter than the peak become SDR white without change of hue.
    const auto is_above = hn::Gt(highest, hn::Set(df, tone.highest()));
    if (HWY_UNLIKELY(!hn::AllFalse(df, is_above))) {
      factor = hn::IfThenElse(is_above, hn::Div(hn::Set(df, 1.0F), highest), factor);
    }
  }
  return factor;
}

/// R'G'B' of the SDR rendition, 0..1.
HWY_INLINE Pixels SdrPixels(const SdrCurves& sdr, const Pixels& light, VF factor) {
  const DF df;
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

/// A tile on its way. What is done to a pixel is one long chain of operations, which processors can't look past:
/// in steps, one after the other for the whole tile, they work on several pixels at a time.
struct LightTile {
  alignas(64) float r[2][kTile + kPad];
  alignas(64) float g[2][kTile + kPad];
  alignas(64) float b[2][kTile + kPad];
  alignas(64) float factor[2][kTile + kPad];
};

HWY_NOINLINE void LightOfTile(const VideoCodes& codes, const LightCurves& light, const Tile& tile, int columns,
                              LightTile& out) {
  const DF df;
  for (int r = 0; r < 2; ++r) {
    for (int x = 0; x < columns; x += static_cast<int>(hn::Lanes(df))) {
      const Pixels pixels = Light(light, CodedPixels(codes, tile, r, x));
      hn::Store(pixels.r, df, out.r[r] + x);
      hn::Store(pixels.g, df, out.g[r] + x);
      hn::Store(pixels.b, df, out.b[r] + x);
    }
  }
}

HWY_NOINLINE void FactorsOfTile(const LightCubic& tone, int columns, LightTile& tile) {
  const DF df;
  for (int r = 0; r < 2; ++r) {
    for (int x = 0; x < columns; x += static_cast<int>(hn::Lanes(df))) {
      const VF highest =
          Highest({hn::Load(df, tile.r[r] + x), hn::Load(df, tile.g[r] + x), hn::Load(df, tile.b[r] + x)});
      hn::Store(ToneFactor(tone, highest), df, tile.factor[r] + x);
    }
  }
}

/// Takes its numbers by value: bytes are written, which could otherwise be any of them.
HWY_NOINLINE void CodesOfTile(const SdrCurves sdr, const LightTile& tile, int columns, SdrTile& out) {
  const DF df;
  const int step = static_cast<int>(hn::Lanes(df));
  for (int x = 0; x < columns; x += step) {
    VF blue = hn::Zero(df);
    VF red = hn::Zero(df);
    for (int r = 0; r < 2; ++r) {
      const Pixels light = {hn::Load(df, tile.r[r] + x), hn::Load(df, tile.g[r] + x), hn::Load(df, tile.b[r] + x)};
      const Pixels pixels = SdrPixels(sdr, light, hn::Load(df, tile.factor[r] + x));
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
  LightTile light_tile;
  SdrTile out{};
  alignas(64) std::uint8_t chroma[kChroma + 2 * kPad];
  const auto row_of = [&](int plane, int row) {
    const MutablePlane& p = target.planes[static_cast<std::size_t>(plane)];
    return p.bytes.data() + static_cast<std::size_t>(row) * p.stride_bytes;
  };
  for (int column = 0; column < width; column += kTile) {
    const int columns = std::min(kTile, width - column);
    ChromaRows chroma_rows;
    for (int row = 0; row < count; row += 2) {
      LoadTile(codes, image, first + row, column, columns, chroma_rows, tile);
      LightOfTile(codes, light, tile, columns, light_tile);
      FactorsOfTile(sdr.tone, columns, light_tile);
      CodesOfTile(sdr, light_tile, columns, out);
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
