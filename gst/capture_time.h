// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/gstvideoencoder.h>

namespace imagepacker::element {

/// When `frame` was taken, for frames whose metadata doesn't say: a UTC or NTP reference timestamp on its buffer, a
/// time code that knows its day, else the wall clock less the time since the frame was due. The caller owns it. With
/// the encoder's stream lock.
GstDateTime* capture_time_of(GstVideoEncoder* encoder, const GstVideoCodecFrame* frame);

}  // namespace imagepacker::element
