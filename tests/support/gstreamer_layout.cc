// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/gstreamer_layout.h"

#include <gst/video/video.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace imagepacker::testing {
namespace {

GstVideoFormat gstreamer_format(PixelFormat layout) {
  return gst_video_format_from_string(std::string(pixel_format_info(layout).name).c_str());
}

/// Full pixels of row `y` as GStreamer's unpacked formats have them: A first, then Y Cb Cr or R G B.
template <class Sample>
std::vector<Sample> unpacked_row(const FrameContent& content, int y, int shift) {
  const auto width = static_cast<std::size_t>(content.size.width);
  const std::size_t first = static_cast<std::size_t>(y) * width;
  std::vector<Sample> row(width * 4 + 64);
  for (std::size_t x = 0; x < width; ++x) {
    row[x * 4] = static_cast<Sample>(content.planes[3][first + x] >> shift);
    for (std::size_t c = 0; c < 3; ++c) {
      row[x * 4 + 1 + c] = static_cast<Sample>(content.planes[c][first + x] >> shift);
    }
  }
  return row;
}

/// The frame with GStreamer's own strides and offsets, rows packed one by one.
std::vector<guint8> packed_frame(const FrameContent& content, const GstVideoInfo& info) {
  const GstVideoFormatInfo* const layout = info.finfo;
  std::vector<guint8> memory(info.size);
  gpointer data[GST_VIDEO_MAX_PLANES] = {};
  gint stride[GST_VIDEO_MAX_PLANES] = {};
  for (guint p = 0; p < layout->n_planes; ++p) {
    data[p] = memory.data() + info.offset[p];
    stride[p] = info.stride[p];
  }
  const bool is_wide =
      layout->unpack_format == GST_VIDEO_FORMAT_AYUV64 || layout->unpack_format == GST_VIDEO_FORMAT_ARGB64;
  for (int y = 0; y < content.size.height; ++y) {
    const auto pack = [&](auto row) {
      layout->pack_func(layout, GST_VIDEO_PACK_FLAG_NONE, row.data(), 0, data, stride, GST_VIDEO_CHROMA_SITE_UNKNOWN, y,
                        content.size.width);
    };
    if (is_wide) {
      pack(unpacked_row<guint16>(content, y, 0));
    } else {
      pack(unpacked_row<guint8>(content, y, 8));
    }
  }
  return memory;
}

}  // namespace

bool is_written_by_gstreamer(PixelFormat layout, Size size) {
  if (layout == PixelFormat::nv61 && size.width % 2 == 1) {
    return false;  // GStreamer 1.22 swaps the last chroma pair of a row, against its own definition of NV61
  }
  return gstreamer_format(layout) != GST_VIDEO_FORMAT_UNKNOWN;
}

void write_by_gstreamer(const FrameContent& content, RawFrame& frame) {
  GstVideoInfo info;
  gst_video_info_init(&info);
  if (gst_video_info_set_format(&info, gstreamer_format(frame.format.layout), static_cast<guint>(content.size.width),
                                static_cast<guint>(content.size.height)) == FALSE) {
    std::fprintf(stderr, "GStreamer refuses the frame's size\n");
    std::exit(EXIT_FAILURE);
  }
  const std::vector<guint8> packed = packed_frame(content, info);
  for (std::size_t p = 0; p < frame.format.info().plane_count; ++p) {
    const std::size_t row_bytes = plane_row_bytes(frame.format.info(), static_cast<int>(p), content.size);
    const int rows = plane_height(frame.format.info(), static_cast<int>(p), content.size);
    for (int y = 0; y < rows; ++y) {
      std::memcpy(
          frame.memory[p].data() + static_cast<std::size_t>(y) * frame.stride_bytes[p],
          packed.data() + info.offset[p] + static_cast<std::size_t>(y) * static_cast<std::size_t>(info.stride[p]),
          row_bytes);
    }
  }
}

}  // namespace imagepacker::testing
