// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include <optional>
#include <vector>

#include "imagepacker/unpacker.h"
#include "memory_sink.h"

namespace imagepacker::element {

/// The layouts that the peer of `source_pad` takes and that this library makes; empty when it takes none.
std::vector<PixelFormat> accepted_layouts(GstPad* source_pad);

/// `format` in GStreamer's terms, at that framerate.
/// Errors: unsupported for layouts that this GStreamer does not know.
Result<GstVideoInfo> video_info_of(const ImageFormat& format, gint fps_n, gint fps_d);

/// Raw video caps for pictures of `format`, which `info` describes. The caller owns them.
GstCaps* raw_caps_of(const GstVideoInfo& info, const ImageFormat& format);

/// The samples of `picture` as a buffer that shares their memory. Its strides stand in a GstVideoMeta.
BufferPtr share_samples(const OwnedPicture& picture, const GstVideoInfo& info);

}  // namespace imagepacker::element
