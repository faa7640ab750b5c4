// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace imagepacker::vp8 {

// Factors of the forward DCT in 1/32768: √2·cos(π/8) − 1 and √2·sin(π/8).
inline constexpr int kForwardCosine = 10045;
inline constexpr int kForwardSine = 17734;

}  // namespace imagepacker::vp8
