// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "support/decode.h"
#include "support/expected_pixels.h"

namespace imagepacker::testing {

/// Empty when `decoded` has the size, components, depth and, where the file states them, the code points of `format`;
/// else what differs.
std::string describe_mismatch(const DecodedImage& decoded, const ImageFormat& format);

/// The largest distance of a decoded code from the expected one, over all components, and where it is.
struct WorstPixel {
  double distance = 0;
  std::string place;
};
WorstPixel worst_pixel(const DecodedImage& decoded, const ExpectedPixels& expected, const ImageFormat& format);

/// Peak signal to noise ratio of the first component in dB, with the largest code of `depth` as peak; 100 when equal.
double psnr_of_luma(const DecodedImage& decoded, const ExpectedPixels& expected);

}  // namespace imagepacker::testing
