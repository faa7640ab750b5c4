// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <vector>

#include "imagepacker/metadata.h"

namespace imagepacker::element {

/// What the tags of a stream say of a picture, as properties of XMP: what Exif has no place for, and what programs look
/// for in both. A tag of the wrong type is left out and adds a notice.
std::vector<XmpEdit> xmp_edits_of(const GstTagList* tags, std::vector<Notice>& notices);

}  // namespace imagepacker::element
