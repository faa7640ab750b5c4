// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kernels/rgb_to_420.h"

#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/rgb_to_420.cc"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imagepacker {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// The columns from `first`, which is even, in plain code: what is left beside whole vectors.
void rgb_columns_to_420(const PackedRgb& layout, const std::array<const std::uint8_t*, 2>& rows, const Rgb420Mix& mix,
                        std::size_t first, std::size_t width, const Rows420& out) {
  const auto mixed_in = [](const FixedMix& fixed, const std::array<std::uint32_t, 3>& rgb) {
    return fixed.weights[0] * rgb[0] + fixed.weights[1] * rgb[1] + fixed.weights[2] * rgb[2] + fixed.bias;
  };
  for (std::size_t x = first; x < width; x += 2) {
    std::array<std::uint32_t, 3> sum{};
    for (std::size_t i = 0; i < 4; ++i) {
      const std::size_t column = x + i % 2 < width ? x + i % 2 : x;
      const std::uint8_t* const pixel = rows[i / 2] + column * static_cast<std::size_t>(layout.pixel_bytes);
      std::array<std::uint32_t, 3> rgb{};
      for (std::size_t c = 0; c < rgb.size(); ++c) {
        rgb[c] = pixel[layout.byte_of_component[c]];
        sum[c] += rgb[c];
      }
      out.luma[i / 2][column] = static_cast<std::uint8_t>(mixed_in(mix.luma, rgb) >> Rgb420Mix::kLumaFraction);
    }
    for (std::size_t c = 0; c < 2; ++c) {
      const std::uint32_t code = mixed_in(mix.chroma[c], sum) >> Rgb420Mix::kChromaFraction;
      out.chroma[c][x / 2] = static_cast<std::uint8_t>(code < 255 ? code : 255);
    }
  }
}

#if HWY_TARGET == HWY_SCALAR

void rgb_to_420(const PackedRgb& layout, const std::array<const std::uint8_t*, 2>& rows, const Rgb420Mix& mix,
                std::size_t width, const Rows420& out) {
  rgb_columns_to_420(layout, rows, mix, 0, width, out);
}

#else

/// Where the bytes of one component of four pixels go, in every block of 16 bytes: to the low end of words.
hn::Vec<hn::ScalableTag<std::uint8_t> > places_of(const PackedRgb& layout, std::size_t component) {
  constexpr std::uint8_t kZero = 0x80;
  alignas(16) std::array<std::uint8_t, 16> places;
  places.fill(kZero);
  for (std::size_t pixel = 0; pixel < 4; ++pixel) {
    places[4 * pixel] = static_cast<std::uint8_t>(pixel * static_cast<std::size_t>(layout.pixel_bytes) +
                                                  layout.byte_of_component[component]);
  }
  return hn::LoadDup128(hn::ScalableTag<std::uint8_t>(), places.data());
}

/// kPixelBytes: PackedRgb::pixel_bytes.
template <std::size_t kPixelBytes>
void packed_to_420(const PackedRgb& layout, const std::array<const std::uint8_t*, 2>& rows, const Rgb420Mix& mix,
                   std::size_t width, const Rows420& out) {
  const hn::ScalableTag<std::uint32_t> d;
  const hn::Repartition<std::uint8_t, decltype(d)> bytes;
  const hn::Rebind<std::uint8_t, decltype(d)> codes;
  const std::size_t lanes = hn::Lanes(d);
  // Four pixels to each block of 16 bytes, of which three-byte pixels fill only twelve.
  HWY_ALIGN std::uint32_t words[HWY_MAX_BYTES / 4];
  for (std::size_t i = 0; i < lanes; ++i) {
    words[i] = static_cast<std::uint32_t>(i / 4 * 3 + i % 4);
  }
  const auto spread = hn::SetTableIndices(d, words);
  const auto load = [&](const std::uint8_t* pixels) HWY_ATTR {
    const auto loaded = hn::LoadU(bytes, pixels);
    if constexpr (kPixelBytes == 4) {
      return loaded;
    } else {
      return hn::BitCast(bytes, hn::TableLookupLanes(hn::BitCast(d, loaded), spread));
    }
  };
  const auto r_places = places_of(layout, 0);
  const auto g_places = places_of(layout, 1);
  const auto b_places = places_of(layout, 2);
  const auto take = [&](auto pixels, auto places)
                        HWY_ATTR { return hn::BitCast(d, hn::TableLookupBytesOr0(pixels, places)); };
  const auto mixed_in = [&](const FixedMix& fixed, auto r, auto g, auto b) HWY_ATTR {
    const auto rg = hn::Add(hn::Mul(r, hn::Set(d, fixed.weights[0])), hn::Mul(g, hn::Set(d, fixed.weights[1])));
    return hn::Add(rg, hn::Add(hn::Mul(b, hn::Set(d, fixed.weights[2])), hn::Set(d, fixed.bias)));
  };
  const auto sum_of_pairs = [&](auto left, auto right) HWY_ATTR {
    return hn::Add(hn::ConcatEven(d, right, left), hn::ConcatOdd(d, right, left));
  };
  const FixedMix luma = mix.luma;
  const FixedMix cb = mix.chroma[0];
  const FixedMix cr = mix.chroma[1];
  std::size_t x = 0;
  for (; (x + lanes) * kPixelBytes + hn::Lanes(bytes) <= width * kPixelBytes; x += 2 * lanes) {
    // Sums of the two rows, for the left and for the right vector.
    auto r0 = hn::Zero(d), g0 = r0, b0 = r0, r1 = r0, g1 = r0, b1 = r0;
    for (std::size_t row = 0; row < 2; ++row) {
      const auto add_pixels = [&](std::size_t at, auto& r_sum, auto& g_sum, auto& b_sum) HWY_ATTR {
        const auto pixels = load(rows[row] + at * kPixelBytes);
        const auto r = take(pixels, r_places);
        const auto g = take(pixels, g_places);
        const auto b = take(pixels, b_places);
        r_sum = hn::Add(r_sum, r);
        g_sum = hn::Add(g_sum, g);
        b_sum = hn::Add(b_sum, b);
        const auto code = hn::ShiftRight<Rgb420Mix::kLumaFraction>(mixed_in(luma, r, g, b));
        hn::StoreU(hn::U8FromU32(code), codes, out.luma[row] + at);
      };
      add_pixels(x, r0, g0, b0);
      add_pixels(x + lanes, r1, g1, b1);
    }
    const auto store_chroma = [&](const FixedMix& fixed, auto r, auto g, auto b, std::uint8_t* to) HWY_ATTR {
      const auto code = hn::ShiftRight<Rgb420Mix::kChromaFraction>(mixed_in(fixed, r, g, b));
      hn::StoreU(hn::U8FromU32(hn::Min(code, hn::Set(d, 255))), codes, to + x / 2);
    };
    const auto r = sum_of_pairs(r0, r1);
    const auto g = sum_of_pairs(g0, g1);
    const auto b = sum_of_pairs(b0, b1);
    store_chroma(cb, r, g, b, out.chroma[0]);
    store_chroma(cr, r, g, b, out.chroma[1]);
  }
  rgb_columns_to_420(layout, rows, mix, x, width, out);
}

void rgb_to_420(const PackedRgb& layout, const std::array<const std::uint8_t*, 2>& rows, const Rgb420Mix& mix,
                std::size_t width, const Rows420& out) {
  if (layout.pixel_bytes == 4) {
    packed_to_420<4>(layout, rows, mix, width, out);
  } else {
    packed_to_420<3>(layout, rows, mix, width, out);
  }
}

#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imagepacker
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker {

HWY_EXPORT(rgb_to_420);

std::optional<Rgb420Mix> Rgb420Mix::of(const std::array<ByteMix, 3>& mixes) {
  const auto fixed = [](const ByteMix& mix, int fraction, int pixels) {
    const double one = std::ldexp(1.0, fraction);
    const auto rounded = [](double value) { return static_cast<std::uint32_t>(std::llround(value)); };
    FixedMix result;
    for (std::size_t c = 0; c < 3; ++c) {
      result.weights[c] = rounded(double{mix.weights[c]} * one / pixels);
    }
    result.bias = rounded((double{mix.offset} + 0.5) * one);
    return result;
  };
  for (std::size_t i = 0; i < mixes.size(); ++i) {
    double lowest = mixes[i].offset;
    double highest = mixes[i].offset;
    for (const float weight : mixes[i].weights) {
      (weight < 0 ? lowest : highest) += 255.0 * double{weight};
    }
    // Rounded weights may go beyond by less than a hundredth.
    if (lowest < -0.49 || highest > (i == 0 ? 255.49 : 256.0)) {
      return std::nullopt;
    }
  }
  return Rgb420Mix{.luma = fixed(mixes[0], kLumaFraction, 1),
                   .chroma = {fixed(mixes[1], kChromaFraction, 4), fixed(mixes[2], kChromaFraction, 4)}};
}

void rgb_to_420(const PackedRgb& layout, const std::array<const std::uint8_t*, 2>& rows, const Rgb420Mix& mix,
                std::size_t width, const Rows420& out) {
  HWY_DYNAMIC_DISPATCH(rgb_to_420)(layout, rows, mix, width, out);
}

}  // namespace imagepacker
#endif
