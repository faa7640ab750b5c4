// SPDX-License-Identifier: LGPL-2.1-or-later
#include "debug.h"

GST_DEBUG_CATEGORY(imagepacker_debug);

void imagepacker::element::init_debug_category() {
  GST_DEBUG_CATEGORY_INIT(imagepacker_debug, "imagepacker", 0, "imagepacker elements");
}
