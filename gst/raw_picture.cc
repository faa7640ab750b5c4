// SPDX-License-Identifier: LGPL-2.1-or-later
#include "raw_picture.h"

#include <cstring>
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

bool SampleCopies::prepare(const GstVideoInfo& info, GstCaps* caps) {
  if (pool_ != nullptr && gst_caps_is_equal(caps_, caps)) {
    return true;
  }
  clear();
  pool_ = gst_video_buffer_pool_new();
  GstStructure* const config = gst_buffer_pool_get_config(pool_);
  gst_buffer_pool_config_set_params(config, caps, static_cast<guint>(GST_VIDEO_INFO_SIZE(&info)), 0, 0);
  gst_caps_replace(&caps_, caps);
  return gst_buffer_pool_set_config(pool_, config) && gst_buffer_pool_set_active(pool_, TRUE);
}

void SampleCopies::clear() {
  if (pool_ != nullptr) {
    gst_buffer_pool_set_active(pool_, FALSE);
  }
  gst_clear_object(&pool_);
  gst_caps_replace(&caps_, nullptr);
}

Result<BufferPtr> SampleCopies::copy(const OwnedPicture& picture, const GstVideoInfo& info, GstCaps* caps) {
  const auto no_memory = [&] {
    return make_error(Errc::out_of_memory, text("no memory for ", GST_VIDEO_INFO_SIZE(&info), " bytes of raw video"));
  };
  GstBuffer* made = nullptr;
  if (!prepare(info, caps) || gst_buffer_pool_acquire_buffer(pool_, &made, nullptr) != GST_FLOW_OK) {
    return no_memory();
  }
  BufferPtr buffer(made);
  GstVideoInfo layout = info;
  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &layout, buffer.get(), GST_MAP_WRITE)) {
    return no_memory();
  }
  const ImageFormat& format = picture.picture.main.format;
  constexpr std::size_t kBands = 8;
  const Status status = threads_.for_each(kBands, [&](std::size_t band) -> Status {
    for (guint p = 0; p < GST_VIDEO_INFO_N_PLANES(&info); ++p) {
      const Plane& from = picture.picture.main.planes[p];
      auto* const to = static_cast<std::byte*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, p));
      const auto stride = static_cast<std::size_t>(GST_VIDEO_FRAME_PLANE_STRIDE(&frame, p));
      const std::size_t row_bytes = plane_row_bytes(format.info(), static_cast<int>(p), format.size);
      const auto rows = static_cast<std::size_t>(plane_height(format.info(), static_cast<int>(p), format.size));
      for (std::size_t y = rows * band / kBands; y < rows * (band + 1) / kBands; ++y) {
        std::memcpy(to + y * stride, from.bytes.data() + y * from.stride_bytes, row_bytes);
      }
    }
    return {};
  });
  gst_video_frame_unmap(&frame);
  if (!status) {
    return status.error();
  }
  return buffer;
}

}  // namespace imagepacker::element
