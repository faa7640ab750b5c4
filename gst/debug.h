// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

/// The debug category of all elements of the plugin: GST_DEBUG=imagepacker:5.
GST_DEBUG_CATEGORY_EXTERN(imagepacker_debug);
#define GST_CAT_DEFAULT imagepacker_debug

namespace imagepacker::element {

/// Makes the category known. Every element's registration calls it, for one may be all that an application registers.
void init_debug_category();

}  // namespace imagepacker::element
