// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include "codec/heif/image_items.h"
#include "container/bmff_structure.h"

namespace imagepacker::heif {

/// The `quality` 0..100 at which the packer would have quantized as the first HEVC tile of `image` is, by the slice's
/// quantization parameter (H.265 clause 7.4.7.1). Empty for AV1, for pictures without IDR slices, and where a header is
/// broken.
std::optional<int> stored_quality(const bmff::StoredItems& items, const ImageItem& image);

}  // namespace imagepacker::heif
