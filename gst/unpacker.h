// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

// For applications that link the plugin statically. FALSE where this build reads no such files.
GST_ELEMENT_REGISTER_DECLARE(imageunpacker)
GST_ELEMENT_REGISTER_DECLARE(imageunpackerheif)

namespace imagepacker::element {

/// Registers imageunpacker and imageunpackerheif with `plugin`.
bool register_unpackers(GstPlugin* plugin);

}  // namespace imagepacker::element
