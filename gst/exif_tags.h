// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <vector>

#include "imagepacker/metadata.h"

namespace imagepacker::element {

/// What the tags of a stream say of a photograph, as tags of Exif. extended-comment strings such as
/// "Exif.Photo.LensModel=50mm" set any key and come last. A tag of the wrong type is left out and adds a notice.
/// Orientation is not among them: it is the picture's own.
std::vector<ExifEdit> exif_edits_of(const GstTagList* tags, std::vector<Notice>& notices);

/// The capture time as DateTimeOriginal and DateTimeDigitized with their SubSec and Offset companions.
void append_capture_time(GstDateTime* time, std::vector<ExifEdit>& edits);

}  // namespace imagepacker::element
