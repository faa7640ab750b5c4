// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sink/photo_sink.h"

namespace imagepacker::element {

/// Installs those of the sink itself and, under the same names, all of the encoder's.
void install_sink_properties(GObjectClass* object_class);

/// Values of property `id`, numbered as at installation. Any thread.
void set_sink_property(PhotoSink& sink, guint id, const GValue* value, GParamSpec* spec);
void get_sink_property(PhotoSink& sink, guint id, GValue* value, GParamSpec* spec);

}  // namespace imagepacker::element
