// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/gstvideoencoder.h>

namespace imagepacker::element {

/// Makes `frame`, which must be writable, say that it was taken at `unix_us`, microseconds since 1970.
void set_capture_time(GstBuffer* frame, gint64 unix_us);

/// `frame` itself says when it was taken: by set_capture_time(), a reference timestamp or a time code that knows its
/// day.
bool has_capture_time(GstBuffer* frame);

/// When `frame` was taken, for frames whose metadata doesn't say: a UTC or NTP reference timestamp on its buffer, a
/// time code that knows its day, what set_capture_time() said, else the wall clock less the time since the frame was
/// due. The caller owns it. With the encoder's stream lock.
GstDateTime* capture_time_of(GstVideoEncoder* encoder, const GstVideoCodecFrame* frame);

}  // namespace imagepacker::element
