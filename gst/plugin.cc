// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/gst.h>

#include "encoder.h"
#include "repacker.h"
#include "sink/photo_sink.h"
#include "unpacker.h"

static gboolean plugin_init(GstPlugin* plugin) {
  using namespace imagepacker::element;
  // A build without decoders is one without these.
  register_unpackers(plugin);
  register_repacker(plugin);
  return register_encoders(plugin) && GST_ELEMENT_REGISTER(imagepackersink, plugin);
}

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, imagepacker,
                  "Packs raw video frames into JPEG, WebP, PNG and HEIF images, and unpacks them", plugin_init, VERSION,
                  PLUGIN_LICENSE, PACKAGE, "Unknown package origin")
