// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"
#include "sink/photo_order.h"

namespace imagepacker::element {

/// What is said of a photo beside its file.
struct StoredFacts {
  Size size;  ///< 0×0 where nobody knows it
  CaptureTime capture_time;
};

/// Those of `file`, a whole image file that `caps` describe: what these and `order` say, but where a file name or date
/// is to show the time, that in the file comes first. Never fails; the file may be broken.
StoredFacts stored_facts(ByteView file, const PhotoOrder& order, const GstCaps* caps);

}  // namespace imagepacker::element
