// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include <memory>
#include <string>

namespace imagepacker::bench {

struct BufferUnref {
  void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
};

/// A raw frame as every contestant gets it.
struct Frame {
  std::string caps;  ///< with size, frame rate and colorimetry
  GstVideoInfo info;
  std::unique_ptr<GstBuffer, BufferUnref> buffer;
};

/// Reads a PPM file (P6, 8 or 16 bit) and converts it, by GStreamer's videoconvert, to `fields`: the format and colour
/// fields of raw caps, such as "format=I420,colorimetry=1:4:0:0". The file holds sRGB, but the R'G'B' of the video
/// itself when that is PQ or HLG. `is_cut_out`: only an ellipse of it isn't transparent, which `fields` must have alpha for.
/// Throws std::runtime_error.
Frame read_frame(const std::string& path, const std::string& fields, bool is_cut_out = false);

}  // namespace imagepacker::bench
