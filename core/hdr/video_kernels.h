// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>

#include "hdr/tone_curves.h"
#include "hdr/video_codes.h"
#include "image/image_buffer.h"
#include "imagepacker/image.h"

namespace imagepacker {

// The loops over pixels of HDR video. Every operation on a pixel stands alone and is rounded as IEEE 754 says: results
// are the same on every CPU.

/// From HDR light to the SDR rendition's R'G'B'.
struct SdrCurves {
  LightCubic tone;
  std::array<std::array<float, 3>, 3> to_primaries;
  LightCubic encode;
};

/// max(R, G, B) of the display light of rows [first, first + count) of `image`, row after row without gaps. `first` is
/// even. `image` is valid and of a format that VideoCodes reads.
void read_video_light(const VideoCodes& codes, const LightCurves& light, const ImageView& image, int first, int count,
                      float* out);

/// The SDR rendition of those rows in 8-bit 4:2:0, BT.601 full range, chroma in the middle, into the top of `target`:
/// PixelFormat::i420 of height `count`.
void tone_map_video(const VideoCodes& codes, const LightCurves& light, const SdrCurves& sdr, const ImageView& image,
                    int first, int count, const MutableImageView& target);

/// values[i] = curve(values[i]).
void apply_curve(const LightCubic& curve, float* values, std::size_t count);

/// out[i] += in[2i] + in[2i + 1], `count` of them.
void add_pairs(const float* in, std::size_t count, float* out);

}  // namespace imagepacker
