// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "image/image_buffer.h"

namespace imagepacker::jpeg {

/// What the samples of a test picture look like.
enum class Content {
  photo,     ///< smooth gradients, edges and a little noise
  noise,     ///< every sample random
  extremes,  ///< samples 0 and 255 only, at random
  blocks,    ///< 8×8 blocks of patterns that drive the DCT to its largest values
  flat,      ///< one value
};

inline constexpr Content kAllContents[] = {Content::photo, Content::noise, Content::extremes, Content::blocks,
                                           Content::flat};

std::string_view name_of(Content content);

/// A full-range BT.601 picture in an 8-bit gray or YCbCr `layout`; the same for the same arguments.
ImageBuffer make_picture(PixelFormat layout, Size size, Content content, std::uint32_t seed = 1);

}  // namespace imagepacker::jpeg
