// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace imagepacker::webp {

/// libwebp's quality factor, 0..100, for the project's `quality`, 0..100; strictly increasing.
float libwebp_quality(int quality);

/// The quantisation index, 127..0, of the project's own coder for `quality`; strictly decreasing.
double vp8_quant_index(int quality);

}  // namespace imagepacker::webp
