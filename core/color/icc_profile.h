// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/byte_sink.h"
#include "imagepacker/color_space.h"
#include "imagepacker/pixel_format.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// True when software that knows no profile would show `color` right: BT.709 primaries (or unspecified) with the sRGB
/// curve or one that is shown as sRGB (BT.709, BT.601, BT.2020 camera curves, unspecified).
bool is_shown_as_srgb(const ColorSpace& color);

/// A matrix-shaper ICC v4 profile (v2-compatible tags) for the primaries and transfer of `color`: three-channel RGB, or
/// one-channel gray for ColorModel::gray. Equal input gives equal bytes (no date). Camera curves that are shown as sRGB
/// get the sRGB curve.
/// Errors: unsupported for transfers that no ICC curve can state (PQ, HLG and the log curves), out_of_memory, internal.
Result<Bytes> make_icc_profile(const ColorSpace& color, ColorModel model);

}  // namespace imagepacker
