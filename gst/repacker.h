// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

// For applications that link the plugin statically. FALSE where this build reads no image files.
GST_ELEMENT_REGISTER_DECLARE(imagerepacker)

namespace imagepacker::element {

/// Registers imagerepacker with `plugin`.
bool register_repacker(GstPlugin* plugin);

}  // namespace imagepacker::element
