// SPDX-License-Identifier: LGPL-2.1-or-later
#include "raw_picture.h"

#include <string>

#include "base/text.h"
#include "caps.h"
#include "color.h"

namespace imagepacker::element {
namespace {

void end_loan(gpointer memory) {
  delete static_cast<std::shared_ptr<const void>*>(memory);
}

void append_layouts(const GValue* formats, std::vector<PixelFormat>& layouts) {
  if (GST_VALUE_HOLDS_LIST(formats)) {
    for (guint i = 0; i < gst_value_list_get_size(formats); ++i) {
      append_layouts(gst_value_list_get_value(formats, i), layouts);
    }
  } else if (G_VALUE_HOLDS_STRING(formats)) {
    if (const auto layout = pixel_format_from_name(g_value_get_string(formats))) {
      layouts.push_back(*layout);
    }
  }
}

}  // namespace

std::vector<PixelFormat> accepted_layouts(GstPad* source_pad) {
  std::vector<PixelFormat> layouts;
  GstCaps* const possible = gst_pad_get_pad_template_caps(source_pad);
  GstCaps* const allowed = gst_pad_peer_query_caps(source_pad, possible);
  for (guint i = 0; i < gst_caps_get_size(allowed); ++i) {
    if (const GValue* const formats = gst_structure_get_value(gst_caps_get_structure(allowed, i), "format")) {
      append_layouts(formats, layouts);
    }
  }
  gst_caps_unref(allowed);
  gst_caps_unref(possible);
  return layouts;
}

Result<GstVideoInfo> video_info_of(const ImageFormat& format, gint fps_n, gint fps_d) {
  const std::string name(format.info().name);
  const GstVideoFormat video_format = gst_video_format_from_string(name.c_str());
  GstVideoInfo info;
  gst_video_info_init(&info);
  if (video_format == GST_VIDEO_FORMAT_UNKNOWN ||
      !gst_video_info_set_format(&info, video_format, static_cast<guint>(format.size.width),
                                 static_cast<guint>(format.size.height))) {
    return make_error(Errc::unsupported, text("this GStreamer has no raw video of ", name, " in ", format.size.width,
                                              "×", format.size.height));
  }
  info.fps_n = fps_n;
  info.fps_d = fps_d;
  info.colorimetry = colorimetry_of(format.color);
  info.chroma_site = chroma_site_of(format);
  if (format.alpha == Alpha::premultiplied) {
    info.flags = static_cast<GstVideoFlags>(info.flags | GST_VIDEO_FLAG_PREMULTIPLIED_ALPHA);
  }
  return info;
}

GstCaps* raw_caps_of(const GstVideoInfo& info, const ImageFormat& format) {
  GstVideoInfo copy = info;
  GstCaps* const caps = gst_video_info_to_caps(&copy);
  if (is_hdr(format.color.transfer)) {
    set_hdr_info(caps, format.hdr);
  }
  return caps;
}

BufferPtr share_samples(const OwnedPicture& picture, const GstVideoInfo& info) {
  BufferPtr buffer(gst_buffer_new());
  gsize offsets[GST_VIDEO_MAX_PLANES] = {};
  gint strides[GST_VIDEO_MAX_PLANES] = {};
  gsize offset = 0;
  for (guint p = 0; p < GST_VIDEO_INFO_N_PLANES(&info); ++p) {
    const Plane& plane = picture.picture.main.planes[p];
    // GStreamer's memory is never const; this one says that it is not to be written to.
    auto* const samples = const_cast<std::byte*>(plane.bytes.data());
    gst_buffer_append_memory(
        buffer.get(),
        gst_memory_new_wrapped(GST_MEMORY_FLAG_READONLY, samples, plane.bytes.size(), 0, plane.bytes.size(),
                               new std::shared_ptr<const void>(picture.memory), end_loan));
    offsets[p] = offset;
    strides[p] = static_cast<gint>(plane.stride_bytes);
    offset += plane.bytes.size();
  }
  gst_buffer_add_video_meta_full(buffer.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(&info),
                                 static_cast<guint>(GST_VIDEO_INFO_WIDTH(&info)),
                                 static_cast<guint>(GST_VIDEO_INFO_HEIGHT(&info)), GST_VIDEO_INFO_N_PLANES(&info),
                                 offsets, strides);
  return buffer;
}

}  // namespace imagepacker::element
