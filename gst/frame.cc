// SPDX-License-Identifier: LGPL-2.1-or-later
#include "frame.h"

#include <string>

#include "base/text.h"
#include "base/try.h"
#include "color.h"

namespace imagepacker::element {
namespace {

/// That the buffer's GstVideoMeta, if any, has room for what the caps say. (gst_video_frame_map takes a contradiction
/// for a programming error and says so in the log only.)
Status check_meta(const GstVideoInfo& info, GstBuffer* buffer) {
  const GstVideoMeta* const meta = gst_buffer_get_video_meta(buffer);
  if (meta == nullptr) {
    return {};
  }
  const bool has_format =
      meta->format == GST_VIDEO_INFO_FORMAT(&info) && meta->n_planes == GST_VIDEO_INFO_N_PLANES(&info);
  if (!has_format || meta->width < static_cast<guint>(info.width) || meta->height < static_cast<guint>(info.height)) {
    return make_error(Errc::corrupt_input,
                      text("a buffer's GstVideoMeta says ", meta->width, "×", meta->height, " pixels of ",
                           gst_video_format_to_string(meta->format), " but its caps say ", info.width, "×", info.height,
                           " of ", gst_video_format_to_string(GST_VIDEO_INFO_FORMAT(&info))));
  }
  return {};
}

std::string why_not_mapped(const GstVideoInfo& info, GstBuffer* buffer) {
  const std::string frame =
      text(info.width, "×", info.height, " pixels of ", gst_video_format_to_string(GST_VIDEO_INFO_FORMAT(&info)));
  const gsize size_bytes = gst_buffer_get_size(buffer);
  if (size_bytes >= GST_VIDEO_INFO_SIZE(&info) && gst_buffer_get_video_meta(buffer) == nullptr) {
    const GstAllocator* const allocator = gst_buffer_peek_memory(buffer, 0)->allocator;
    const char* const kind = allocator != nullptr && allocator->mem_type != nullptr ? allocator->mem_type : "unknown";
    return text("a buffer with ", frame, " can't be mapped for reading; its memory is of the kind ", kind,
                ": put an element in front that makes system memory of it");
  }
  return text("a buffer of ", size_bytes, " bytes can't be read as ", frame);
}

}  // namespace

Result<ImageFormat> image_format_of(const GstVideoInfo& info, const HdrInfo& hdr, bool is_premultiplied) {
  const char* const name = gst_video_format_to_string(GST_VIDEO_INFO_FORMAT(&info));
  if (GST_VIDEO_INFO_IS_INTERLACED(&info)) {
    return make_error(Errc::unsupported,
                      text("interlaced video (interlace-mode=",
                           gst_video_interlace_mode_to_string(GST_VIDEO_INFO_INTERLACE_MODE(&info)),
                           ") can't be packed into an image; only interlace-mode=progressive can: put a deinterlace "
                           "element in front"));
  }
  const auto layout = pixel_format_from_name(name);
  if (!layout) {
    return make_error(Errc::unsupported,
                      text("raw video format ", name, " is not known; put a videoconvert element in front"));
  }
  ImageFormat format{
      .layout = *layout,
      .size = {info.width, info.height},
      .color = color_space_of(info),
      .alpha = Alpha::none,
      .hdr = hdr,
  };
  if (format.color.transfer == Transfer::linear && (hdr.content_light_level || hdr.mastering_display)) {
    // What videoconvert makes of PQ: 1.0 remains 10000 cd/m², and the caps keep the light levels.
    format.color.transfer = Transfer::linear_hdr;
  }
  if (format.info().has_alpha) {
    const bool is_flagged = (GST_VIDEO_INFO_FLAGS(&info) & GST_VIDEO_FLAG_PREMULTIPLIED_ALPHA) != 0;
    format.alpha = is_premultiplied || is_flagged ? Alpha::premultiplied : Alpha::straight;
  }
  return format;
}

MappedFrame::~MappedFrame() {
  if (is_mapped_) {
    gst_video_frame_unmap(&frame_);
  }
}

Status MappedFrame::map(const GstVideoInfo& info, GstBuffer* buffer) {
  IP_TRY(check_meta(info, buffer));
  const auto flags = static_cast<GstMapFlags>(static_cast<int>(GST_MAP_READ) | GST_VIDEO_FRAME_MAP_FLAG_NO_REF);
  is_mapped_ = gst_video_frame_map(&frame_, &info, buffer, flags) != FALSE;
  if (!is_mapped_) {
    return make_error(Errc::corrupt_input, why_not_mapped(info, buffer));
  }
  for (guint plane = 0; plane < GST_VIDEO_FRAME_N_PLANES(&frame_); ++plane) {
    const int stride_bytes = GST_VIDEO_FRAME_PLANE_STRIDE(&frame_, plane);
    if (stride_bytes <= 0) {
      return make_error(Errc::corrupt_input, text("plane ", plane, " has a stride of ", stride_bytes,
                                                  " bytes; rows must run forwards in memory"));
    }
  }
  return {};
}

ImageView MappedFrame::view(const ImageFormat& format) const {
  ImageView view{.format = format, .planes = {}};
  const bool has_meta = frame_.meta != nullptr;
  for (guint p = 0; p < GST_VIDEO_FRAME_N_PLANES(&frame_); ++p) {
    // With a GstVideoMeta every plane has a map of its own, which begins or ends where its memory does.
    const GstMapInfo& map = frame_.map[has_meta ? p : 0];
    const auto* const first = static_cast<const std::byte*>(frame_.data[p]);
    const auto* const end = reinterpret_cast<const std::byte*>(map.data) + map.size;
    view.planes[p] = {.bytes = {first, first < end ? static_cast<std::size_t>(end - first) : 0},
                      .stride_bytes = static_cast<std::size_t>(GST_VIDEO_FRAME_PLANE_STRIDE(&frame_, p))};
  }
  return view;
}

}  // namespace imagepacker::element
