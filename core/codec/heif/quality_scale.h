// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/color_space.h"

namespace imagepacker::heif {

/// The HEVC quantisation parameter for `quality` 0..100 with the standard's scaling lists, in the 8-bit scale 0
/// (finest) ..
/// 51. Deeper pictures use the same number: HEVC counts their QP from -6 for every bit above eight, so the step
/// relative to white stays.
double hevc_qp(int quality);

/// The parameter that looks in flat quantisation, every frequency alike, as `qp` does with scaling lists.
double flat_hevc_qp(double qp);

/// As hevc_qp(), but for flat quantisation and pictures of that transfer. HDR curves have fewer codes for what SDR
/// shows, and the colours of BT.2020 fewer again, so that a step of theirs is a larger difference: PQ and HLG are coded
/// finer, PQ so much that quality 90 gives a mean colour difference (BT.2124) below 0.8.
double flat_hevc_qp(int quality, Transfer transfer);

}  // namespace imagepacker::heif
