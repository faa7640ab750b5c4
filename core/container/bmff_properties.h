// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"
#include "imagepacker/picture.h"

namespace imagepacker::bmff {

// Item properties of HEIF files (ISO/IEC 23008-12 clause 6.5), each returned as a complete box.

/// 'ispe': size of the reconstructed image in pixels, before transformative properties.
Bytes image_spatial_extents(Size size);

/// 'pixi': bits of each of `channels` components, 8..16.
Bytes pixel_information(int channels, int bits);

/// 'clap': keeps the top left `visible` pixels of an image of size `coded`.
Bytes clean_aperture(Size coded, Size visible);

/// 'colr' of type nclx with H.273 codes. What has no code there is stated as 2 (unspecified). `full_range` is about the
/// coded samples.
Bytes color_nclx(const ColorSpace& color);

/// 'colr' of type prof with an ICC profile.
Bytes color_profile(ByteView icc);

/// 'clli', candela per square metre.
Bytes content_light_level(const ContentLightLevel& level);

/// 'mdcv'. Primaries are written in the order green, blue, red, as in the SEI message of H.265.
Bytes mastering_display(const MasteringDisplay& display);

/// 'auxC': what an auxiliary image is, as URN.
Bytes auxiliary_type(std::string_view urn);

/// 'irot': `quarter_turns` anti-clockwise, 1..3.
Bytes rotation(int quarter_turns);

/// 'imir': exchanges left and right, or top and bottom.
enum class Mirror : std::uint8_t { top_bottom = 0, left_right = 1 };
Bytes mirror(Mirror axis);

}  // namespace imagepacker::bmff
