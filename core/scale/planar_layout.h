// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/image.h"

namespace imagepacker {

/// The layout with a plane for each component that has the model, depth, subsampling and (when it means something) the
/// alpha of `format`; where there is none, the layout of `format` itself.
PixelFormat planar_layout(const ImageFormat& format);

}  // namespace imagepacker
