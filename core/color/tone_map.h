// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/image.h"

namespace imagepacker {

/// The luminance of the brightest thing in an HDR picture as far as its format tells, in cd/m², from kSdrWhiteNits to
/// kPqPeakNits: MaxCLL, else the peak of the mastering display, else 1000 (HLG's nominal peak, and what PQ is mastered
/// for more often than for any other).
double content_peak_nits(const ImageFormat& format);

/// BT.2390 (section 5.4.1, EETF) from a picture with highlights up to `peak_nits` to one that ends at SDR white: the
/// linear light 0..1 (1 = SDR white) for `linear` light relative to SDR white. To be applied to max(R, G, B), all three
/// scaled alike, which keeps the hue. Nothing changes when the peak is SDR white.
double tone_mapped(double linear, double peak_nits);

}  // namespace imagepacker
