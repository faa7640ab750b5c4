// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace imagepacker::heif {

/// The HEVC quantisation parameter for `quality` 0..100, in the 8-bit scale 0 (finest) .. 51. Deeper pictures use the
/// same number: HEVC counts their QP from -6 for every bit above eight, so the step relative to white stays.
double hevc_qp(int quality);

}  // namespace imagepacker::heif
