// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/image.h"

namespace imagepacker {

/// Writes the samples of one component in one row to `out`, each as code − `offset`, exactly.
/// `row` and `count` are in samples of that component (chroma rows and columns where it is subsampled); `image` is
/// valid and has the component.
void unpack_row(const ImageView& image, int component, int row, int count, float offset, float* out);

}  // namespace imagepacker
