// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <vector>

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"
#include "imagepacker/options.h"
#include "imagepacker/packer.h"
#include "imagepacker/picture.h"

namespace imagepacker {

/// What becomes of a picture's metadata: taken along as the options say, positions taken out, and made true for the
/// packed picture (size, colour space, orientation, thumbnail).
struct MetadataPolicy {
  const PackingOptions& options;
  const ImageFormat& packed;  ///< the samples in the file
  bool is_color_kept;         ///< the picture's own profile still describes the samples
};

/// The metadata to write. Nothing in it can make the picture fail: a part that is broken or too large is left out, and
/// `notices` says which and why. `thumbnail`: a JPEG, or empty.
/// Errors: out_of_memory.
Result<Metadata> packed_metadata(const Metadata& source, const MetadataPolicy& policy, ByteView thumbnail,
                                 std::vector<Notice>& notices);

/// As packed_metadata(), for samples that stay as they are coded: what need not change stays byte for byte, a thumbnail
/// too. `stored` is the orientation to state. `policy.packed` is in its turned size.
Result<Metadata> copied_metadata(const Metadata& source, const MetadataPolicy& policy, Orientation stored,
                                 ByteView thumbnail, std::vector<Notice>& notices);

}  // namespace imagepacker
