// SPDX-License-Identifier: LGPL-2.1-or-later
#include "frame_memory.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "base/try.h"

namespace imagepacker::element {
namespace {

constexpr std::size_t kRowAlignmentBytes = 64;

std::size_t plane_count(const GstVideoInfo& info) {
  return GST_VIDEO_INFO_N_PLANES(&info);
}

}  // namespace

/// A buffer mapped for writing.
class FrameMemory::Frame {
 public:
  explicit Frame(GstBuffer* buffer)
      : buffer_(buffer), is_mapped_(gst_buffer_map(buffer, &map_, GST_MAP_WRITE) != FALSE) {}
  ~Frame() { unmap(); }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  /// Empty when the buffer can't be mapped.
  [[nodiscard]] std::span<std::byte> bytes() const {
    return is_mapped_ ? std::span(reinterpret_cast<std::byte*>(map_.data), map_.size) : std::span<std::byte>();
  }
  BufferPtr take() {
    unmap();
    return std::move(buffer_);
  }

 private:
  void unmap() {
    if (std::exchange(is_mapped_, false)) {
      gst_buffer_unmap(buffer_.get(), &map_);
    }
  }

  BufferPtr buffer_;
  GstMapInfo map_ = GST_MAP_INFO_INIT;
  bool is_mapped_;
};

void FrameMemory::place_planes() {
  size_bytes_ = 0;
  for (std::size_t p = 0; p < plane_count(info_); ++p) {
    PlanePlace& plane = planes_[p];
    const int index = static_cast<int>(p);
    plane.row_bytes = plane_row_bytes(format_.info(), index, format_.size);
    plane.rows = static_cast<std::size_t>(plane_height(format_.info(), index, format_.size));
    if (knows_strides_) {
      plane.stride_bytes = (plane.row_bytes + kRowAlignmentBytes - 1) / kRowAlignmentBytes * kRowAlignmentBytes;
      plane.offset_bytes = size_bytes_;
      size_bytes_ += plane.stride_bytes * plane.rows;
    } else {
      plane.stride_bytes = static_cast<std::size_t>(GST_VIDEO_INFO_PLANE_STRIDE(&info_, p));
      plane.offset_bytes = GST_VIDEO_INFO_PLANE_OFFSET(&info_, p);
      size_bytes_ = GST_VIDEO_INFO_SIZE(&info_);
    }
  }
}

Status FrameMemory::prepare(const ImageFormat& format, const GstVideoInfo& info, GstCaps* caps, bool knows_strides) {
  if (pool_ != nullptr && knows_strides == knows_strides_ && gst_caps_is_equal(caps_, caps)) {
    return {};
  }
  clear();
  format_ = format;
  info_ = info;
  knows_strides_ = knows_strides;
  place_planes();
  pool_ = gst_buffer_pool_new();
  GstStructure* const config = gst_buffer_pool_get_config(pool_);
  gst_buffer_pool_config_set_params(config, caps, static_cast<guint>(size_bytes_), 0, 0);
  GstAllocationParams allocation;
  gst_allocation_params_init(&allocation);
  allocation.align = kRowAlignmentBytes - 1;
  gst_buffer_pool_config_set_allocator(config, nullptr, &allocation);
  if (size_bytes_ > G_MAXUINT || !gst_buffer_pool_set_config(pool_, config) ||
      !gst_buffer_pool_set_active(pool_, TRUE)) {
    clear();
    return make_error(Errc::out_of_memory, text("no memory for ", size_bytes_, " bytes of raw video"));
  }
  gst_caps_replace(&caps_, caps);
  return {};
}

std::optional<SampleLoan> FrameMemory::lend() {
  GstBuffer* acquired = nullptr;
  if (pool_ == nullptr || gst_buffer_pool_acquire_buffer(pool_, &acquired, nullptr) != GST_FLOW_OK) {
    return std::nullopt;
  }
  lent_ = std::make_shared<Frame>(acquired);
  const std::span<std::byte> bytes = lent_->bytes();
  if (bytes.size() < size_bytes_) {
    lent_.reset();
    return std::nullopt;
  }
  SampleLoan loan{.planes = {}, .memory = lent_};
  for (std::size_t p = 0; p < plane_count(info_); ++p) {
    const PlanePlace& plane = planes_[p];
    const std::size_t most = size_bytes_ - plane.offset_bytes;
    loan.planes[p] = {bytes.subspan(plane.offset_bytes, std::min(most, plane.stride_bytes * plane.rows)),
                      plane.stride_bytes};
  }
  return loan;
}

BufferPtr FrameMemory::take(const OwnedPicture& picture) {
  const auto frame = std::exchange(lent_, nullptr);
  if (frame == nullptr || picture.picture.main.planes[0].bytes.data() != frame->bytes().data()) {
    return nullptr;
  }
  BufferPtr buffer = frame->take();
  if (knows_strides_) {
    gsize offsets[GST_VIDEO_MAX_PLANES] = {};
    gint strides[GST_VIDEO_MAX_PLANES] = {};
    for (std::size_t p = 0; p < plane_count(info_); ++p) {
      offsets[p] = planes_[p].offset_bytes;
      strides[p] = static_cast<gint>(planes_[p].stride_bytes);
    }
    gst_buffer_add_video_meta_full(buffer.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(&info_),
                                   static_cast<guint>(GST_VIDEO_INFO_WIDTH(&info_)),
                                   static_cast<guint>(GST_VIDEO_INFO_HEIGHT(&info_)), GST_VIDEO_INFO_N_PLANES(&info_),
                                   offsets, strides);
  }
  return buffer;
}

Result<BufferPtr> FrameMemory::copy(const OwnedPicture& picture) {
  const auto loan = lend();
  if (!loan) {
    return make_error(Errc::out_of_memory, text("no memory for ", size_bytes_, " bytes of raw video"));
  }
  constexpr std::size_t kBands = 8;
  IP_TRY(threads_.for_each(kBands, [&](std::size_t band) -> Status {
    for (std::size_t p = 0; p < plane_count(info_); ++p) {
      const Plane& from = picture.picture.main.planes[p];
      const PlanePlace& to = planes_[p];
      for (std::size_t y = to.rows * band / kBands; y < to.rows * (band + 1) / kBands; ++y) {
        std::memcpy(loan->planes[p].bytes.data() + y * to.stride_bytes, from.bytes.data() + y * from.stride_bytes,
                    to.row_bytes);
      }
    }
    return {};
  }));
  return std::exchange(lent_, nullptr)->take();
}

void FrameMemory::clear() {
  lent_.reset();
  if (pool_ != nullptr) {
    gst_buffer_pool_set_active(pool_, FALSE);
  }
  gst_clear_object(&pool_);
  gst_caps_replace(&caps_, nullptr);
}

}  // namespace imagepacker::element
