// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "codec/heif/image_items.h"
#include "codec/heif/stream_color.h"
#include "container/bmff_structure.h"
#include "imagepacker/image.h"
#include "imagepacker/result.h"

namespace imagepacker::heif {

/// The colour of the image `item`, which is made of `tiles`: that of 'nclx', else what the stream of the first tile
/// states (`hevc`, where that is HEVC), else full-range BT.601 with sRGB (MIAF, ISO/IEC 23000-22 clause 7.3.6.4); but
/// for HDR, primaries and transfer are those of the profile `icc` as far as it has names for them.
/// Errors: unsupported for matrices that Matrix has no name for.
Result<ColorSpace> read_color(const bmff::StoredItems& items, const bmff::StoredItem& item, const CodedTiles& tiles,
                              const StreamColor& hevc, ByteView icc);

/// 'clli' and 'mdcv'.
HdrInfo read_hdr(const bmff::StoredItems& items, const bmff::StoredItem& item);

/// The first profile in 'colr'; empty where there is none.
Bytes read_icc(const bmff::StoredItems& items, const bmff::StoredItem& item);

}  // namespace imagepacker::heif
