// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/webp_pixels.h"

#include <algorithm>
#include <climits>
#include <cstdint>
#include <cstring>

#include "base/try.h"

namespace imagepacker::webp {
namespace {

/// Rows converted at a time: small enough for a core's cache, large enough to be worth a task.
constexpr int kBandRows = 64;

constexpr std::size_t kArgbBytes = 4;

/// libwebp counts strides as int, has one for both chroma planes, and wants ARGB as aligned 32-bit words.
bool has_possible_strides(const ImageView& view) {
  for (int p = 0; p < view.format.info().plane_count; ++p) {
    if (view.planes[static_cast<std::size_t>(p)].stride_bytes > INT_MAX) {
      return false;
    }
  }
  if (view.format.info().model == ColorModel::rgb) {
    return view.planes[0].stride_bytes % kArgbBytes == 0 &&
           reinterpret_cast<std::uintptr_t>(view.planes[0].bytes.data()) % alignof(std::uint32_t) == 0;
  }
  return view.planes[1].stride_bytes == view.planes[2].stride_bytes;
}

/// libwebp reads the fourth byte of every pixel, which bgrx leaves undefined, and blackens the transparent parts of
/// lossy pictures in place. Both need a copy.
bool can_borrow(const ImageView& view) {
  const PixelFormat layout = view.format.layout;
  return (layout == PixelFormat::i420 || layout == PixelFormat::bgra) && has_possible_strides(view);
}

// libwebp's structure has no const, but the planes that can_borrow() lets through are only read.
std::uint8_t* plane_data(const ImageView& view, std::size_t plane) {
  return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(view.planes[plane].bytes.data()));
}

void point_at(const ImageView& view, WebPPicture& picture) {
  if (view.format.info().model == ColorModel::rgb) {
    picture.use_argb = 1;
    picture.argb = reinterpret_cast<std::uint32_t*>(plane_data(view, 0));
    picture.argb_stride = static_cast<int>(view.planes[0].stride_bytes / kArgbBytes);
    return;
  }
  picture.use_argb = 0;
  picture.colorspace = view.format.info().has_alpha ? WEBP_YUV420A : WEBP_YUV420;
  picture.y = plane_data(view, 0);
  picture.u = plane_data(view, 1);
  picture.v = plane_data(view, 2);
  picture.y_stride = static_cast<int>(view.planes[0].stride_bytes);
  picture.uv_stride = static_cast<int>(view.planes[1].stride_bytes);
  if (view.format.info().has_alpha) {
    picture.a = plane_data(view, 3);
    picture.a_stride = static_cast<int>(view.planes[3].stride_bytes);
  }
}

void make_opaque(std::byte* row, int width) {
  constexpr std::size_t kAlphaByte = 3;
  for (std::size_t x = 0; x < static_cast<std::size_t>(width); ++x) {
    row[x * kArgbBytes + kAlphaByte] = std::byte{0xFF};
  }
}

/// Puts `band`, which begins at the picture's row `first`, in its place in `target`.
void copy_band(const ImageView& band, int first, const MutableImageView& target) {
  const PixelFormatInfo& info = band.format.info();
  for (int p = 0; p < info.plane_count; ++p) {
    const Plane& from = band.planes[static_cast<std::size_t>(p)];
    const MutablePlane& to = target.planes[static_cast<std::size_t>(p)];
    const auto first_row = static_cast<std::size_t>(info.is_chroma_plane(p) ? first >> info.log2_chroma_h : first);
    const auto rows = static_cast<std::size_t>(plane_height(info, p, band.format.size));
    const std::size_t row_bytes = plane_row_bytes(info, p, band.format.size);
    for (std::size_t y = 0; y < rows; ++y) {
      std::byte* const row = to.bytes.data() + (first_row + y) * to.stride_bytes;
      std::memcpy(row, from.bytes.data() + y * from.stride_bytes, row_bytes);
      if (info.format == PixelFormat::bgrx) {
        make_opaque(row, band.format.size.width);
      }
    }
  }
}

}  // namespace

Status WebpPixels::gather(const EncodeJob& job) {
  IP_TRY(copy_.reset(job.image.format()));
  const MutableImageView target = copy_.view();
  const int height = job.image.format().size.height;
  const auto bands = static_cast<std::size_t>((height + kBandRows - 1) / kBandRows);
  return job.pool.for_each(bands, [&](std::size_t index) -> Status {
    if (job.stop.stop_requested()) {
      return make_error(Errc::cancelled, "packing was cancelled");
    }
    const int first = static_cast<int>(index) * kBandRows;
    ImageBuffer scratch;
    IP_ASSIGN(const ImageView band, job.image.rows(first, std::min(kBandRows, height - first), scratch));
    copy_band(band, first, target);
    return {};
  });
}

Status WebpPixels::attach(const EncodeJob& job, WebPPicture& picture) {
  const ImageFormat& format = job.image.format();
  picture.width = format.size.width;
  picture.height = format.size.height;
  if (job.image.is_window()) {
    IP_ASSIGN(const ImageView view, job.image.rows(0, format.size.height, copy_));
    if (can_borrow(view)) {
      point_at(view, picture);
      return {};
    }
  }
  IP_TRY(gather(job));
  point_at(std::as_const(copy_).view(), picture);
  return {};
}

}  // namespace imagepacker::webp
