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

/// Makes known to GStreamer what encoders need beside their types; any number of times, before the first is made.
void prepare_encoders();

/// A new encoder for every format, called `name`, for a bin that is made of one.
GstElement* make_encoder(const char* name);

}  // namespace imagepacker::element
