// SPDX-License-Identifier: LGPL-2.1-or-later
#include "frame.h"

#include <gst/check/gstharness.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace imagepacker::bench {
namespace {

struct Ppm {
  int width = 0;
  int height = 0;
  int max_value = 0;
  std::vector<std::uint8_t> samples;
};

Ppm read_ppm(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string magic;
  Ppm picture;
  file >> magic >> picture.width >> picture.height >> picture.max_value;
  file.get();
  if (!file || magic != "P6" || (picture.max_value != 255 && picture.max_value != 65535)) {
    throw std::runtime_error(path + " is no binary PPM of 8 or 16 bit");
  }
  const std::size_t sample_bytes = picture.max_value == 255 ? 1 : 2;
  picture.samples.resize(std::size_t(picture.width) * std::size_t(picture.height) * 3 * sample_bytes);
  file.read(reinterpret_cast<char*>(picture.samples.data()), std::streamsize(picture.samples.size()));
  if (!file) {
    throw std::runtime_error(path + " is cut");
  }
  return picture;
}

std::string raw_caps(const std::string& fields, const Ppm& picture) {
  return "video/x-raw," + fields + ",width=" + std::to_string(picture.width) +
         ",height=" + std::to_string(picture.height) + ",framerate=25/1";
}

/// The colour of the file's samples: sRGB, but those of HDR video are R'G'B' of that video.
std::string rgb_fields(const Ppm& picture, const GstVideoInfo& target) {
  const std::string layout = picture.max_value == 255 ? "format=RGB" : "format=ARGB64_BE";
  GstVideoColorimetry color = target.colorimetry;
  if (color.transfer != GST_VIDEO_TRANSFER_SMPTE2084 && color.transfer != GST_VIDEO_TRANSFER_ARIB_STD_B67) {
    return layout + ",colorimetry=sRGB";
  }
  color.range = GST_VIDEO_COLOR_RANGE_0_255;
  color.matrix = GST_VIDEO_COLOR_MATRIX_RGB;
  gchar* const name = gst_video_colorimetry_to_string(&color);
  const std::string fields = layout + ",colorimetry=" + name;
  g_free(name);
  return fields;
}

/// RGB for 8 bit; ARGB64_BE, whose words are those of the file, for 16.
GstBuffer* make_rgb_buffer(const Ppm& picture, const GstVideoInfo& info) {
  GstBuffer* const buffer = gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&info), nullptr);
  GstMapInfo map;
  gst_buffer_map(buffer, &map, GST_MAP_WRITE);
  const bool is_deep = picture.max_value != 255;
  const std::size_t in_pixel = is_deep ? 6 : 3;
  const std::size_t out_pixel = is_deep ? 8 : 3;
  const auto stride = std::size_t(GST_VIDEO_INFO_PLANE_STRIDE(&info, 0));
  for (std::size_t y = 0; y < std::size_t(picture.height); ++y) {
    const std::uint8_t* in = picture.samples.data() + y * std::size_t(picture.width) * in_pixel;
    std::uint8_t* out = map.data + y * stride;
    for (int x = 0; x < picture.width; ++x, in += in_pixel, out += out_pixel) {
      if (is_deep) {
        out[0] = out[1] = 0xFF;
      }
      std::copy(in, in + in_pixel, out + (out_pixel - in_pixel));
    }
  }
  gst_buffer_unmap(buffer, &map);
  GST_BUFFER_PTS(buffer) = 0;
  return buffer;
}

GstVideoInfo info_of(const std::string& caps_text) {
  GstVideoInfo info;
  GstCaps* caps = gst_caps_from_string(caps_text.c_str());
  const bool is_valid = caps != nullptr && gst_video_info_from_caps(&info, caps);
  gst_clear_caps(&caps);
  if (!is_valid) {
    throw std::runtime_error("no raw video: " + caps_text);
  }
  return info;
}

/// Makes all of `frame`, of 8 bit, transparent outside of an ellipse with a soft edge.
void cut_out(Frame& frame) {
  constexpr double kEdge = 0.05;  // of the radius
  GstVideoFrame pixels;
  if (!GST_VIDEO_INFO_HAS_ALPHA(&frame.info) || GST_VIDEO_INFO_COMP_DEPTH(&frame.info, GST_VIDEO_COMP_A) != 8 ||
      !gst_video_frame_map(&pixels, &frame.info, frame.buffer.get(), GST_MAP_WRITE)) {
    throw std::runtime_error("no alpha of 8 bit in " + frame.caps);
  }
  const auto step = std::size_t(GST_VIDEO_FRAME_COMP_PSTRIDE(&pixels, GST_VIDEO_COMP_A));
  const auto stride = std::size_t(GST_VIDEO_FRAME_COMP_STRIDE(&pixels, GST_VIDEO_COMP_A));
  auto* row = static_cast<std::uint8_t*>(GST_VIDEO_FRAME_COMP_DATA(&pixels, GST_VIDEO_COMP_A));
  for (int y = 0; y < frame.info.height; ++y, row += stride) {
    for (int x = 0; x < frame.info.width; ++x) {
      const double radius = std::hypot(2.0 * x / frame.info.width - 1, 2.0 * y / frame.info.height - 1);
      row[std::size_t(x) * step] = std::uint8_t(std::lround(255 * std::clamp((1 - radius) / kEdge, 0.0, 1.0)));
    }
  }
  gst_video_frame_unmap(&pixels);
}

}  // namespace

Frame read_frame(const std::string& path, const std::string& fields, bool is_cut_out) {
  const Ppm picture = read_ppm(path);
  Frame frame{.caps = raw_caps(fields, picture), .info = {}, .buffer = nullptr};
  frame.info = info_of(frame.caps);
  const std::string rgb_caps = raw_caps(rgb_fields(picture, frame.info), picture);
  GstBuffer* const rgb = make_rgb_buffer(picture, info_of(rgb_caps));
  GstHarness* const converter = gst_harness_new_parse("videoconvert dither=none");
  gst_harness_set_src_caps_str(converter, rgb_caps.c_str());
  gst_harness_set_sink_caps_str(converter, frame.caps.c_str());
  gst_harness_push(converter, rgb);
  frame.buffer.reset(gst_harness_try_pull(converter));
  gst_harness_teardown(converter);
  if (frame.buffer == nullptr) {
    throw std::runtime_error("videoconvert makes no " + frame.caps);
  }
  if (is_cut_out) {
    cut_out(frame);
  }
  return frame;
}

}  // namespace imagepacker::bench
