// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/gstvideoencoder.h>

namespace imagepacker::element {

/// `tags` (or nullptr) say when the picture was taken.
bool has_capture_time(const GstTagList* tags);

/// When `frame` was taken, for frames whose tags don't say: a UTC or NTP reference timestamp on its buffer, a time code
/// that knows its day, else the wall clock less the time since the frame was due. The caller owns it. With the
/// encoder's stream lock.
GstDateTime* capture_time_of(GstVideoEncoder* encoder, const GstVideoCodecFrame* frame);

}  // namespace imagepacker::element
