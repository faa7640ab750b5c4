// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/gst.h>

#include "encoder.h"

static gboolean plugin_init(GstPlugin* plugin) {
  return imagepacker::element::register_encoders(plugin);
}

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, imagepacker,
                  "Packs raw video frames into JPEG, WebP, PNG and HEIF images", plugin_init, VERSION, PLUGIN_LICENSE,
                  PACKAGE, "Unknown package origin")
