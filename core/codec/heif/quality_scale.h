// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/color_space.h"

namespace imagepacker::heif {

/// The HEVC quantisation parameter for `quality` 0..100, in the 8-bit scale 0 (finest) .. 51. Deeper pictures use the
/// same number: HEVC counts their QP from -6 for every bit above eight, so the step relative to white stays.
double hevc_qp(int quality);

/// As hevc_qp(), for pictures of that transfer. HDR curves have fewer codes for what SDR shows, and the colours of
/// BT.2020 fewer again, so that a step of theirs is a larger difference: PQ is coded finer by up to 12, at which
/// quality 90 gives a mean colour difference (BT.2124) of 0.8, HLG by up to 9.
double hevc_qp(int quality, Transfer transfer);

}  // namespace imagepacker::heif
