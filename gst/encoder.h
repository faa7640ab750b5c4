// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

// One per encoder element, for applications that link the plugin statically. FALSE for formats that this build lacks.
GST_ELEMENT_REGISTER_DECLARE(imagepacker)
GST_ELEMENT_REGISTER_DECLARE(imagepackerjpeg)
GST_ELEMENT_REGISTER_DECLARE(imagepackerwebp)
GST_ELEMENT_REGISTER_DECLARE(imagepackerpng)
GST_ELEMENT_REGISTER_DECLARE(imagepackerheif)

namespace imagepacker::element {

/// Registers imagepacker and one element per format of this build with `plugin`.
bool register_encoders(GstPlugin* plugin);

}  // namespace imagepacker::element
