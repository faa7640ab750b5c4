// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <vector>

#include "container/jpeg_structure.h"
#include "imagepacker/notice.h"
#include "imagepacker/picture.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// What append_jpeg_metadata() writes, read from the segments of an image: Exif, XMP with its extended part merged into
/// one packet, the profile put together, and Exif's orientation. A part whose pieces are not all there or contradict
/// each other is left out, and `notices` says which and why. Errors: out_of_memory.
Result<Metadata> read_jpeg_metadata(std::span<const JpegSegment> head, std::vector<Notice>& notices);

/// True for the segments that the above reads, or that append_jpeg_metadata() writes.
bool is_jpeg_metadata(const JpegSegment& segment);

/// Appends what read_jpeg_metadata() does not read although it tells of the picture: IPTC in a segment of Photoshop's.
void note_unread_metadata(std::span<const JpegSegment> head, std::vector<Notice>& notices);

}  // namespace imagepacker
