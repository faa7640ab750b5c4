// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/argb_pixels.h"

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

/// libwebp counts strides as int and wants aligned 32-bit words. It reads the fourth byte of every pixel, which bgrx
/// leaves undefined.
bool can_borrow(const ImageView& view) {
  const Plane& plane = view.planes[0];
  return view.format.layout == PixelFormat::bgra && plane.stride_bytes <= INT_MAX &&
         plane.stride_bytes % kArgbBytes == 0 &&
         reinterpret_cast<std::uintptr_t>(plane.bytes.data()) % alignof(std::uint32_t) == 0;
}

void point_at(const ImageView& view, WebPPicture& picture) {
  const Plane& plane = view.planes[0];
  picture.use_argb = 1;
  // libwebp's structure has no const, but it only reads.
  picture.argb =
      const_cast<std::uint32_t*>(static_cast<const std::uint32_t*>(static_cast<const void*>(plane.bytes.data())));
  picture.argb_stride = static_cast<int>(plane.stride_bytes / kArgbBytes);
}

void make_opaque(std::byte* row, int width) {
  constexpr std::size_t kAlphaByte = 3;
  for (std::size_t x = 0; x < static_cast<std::size_t>(width); ++x) {
    row[x * kArgbBytes + kAlphaByte] = std::byte{0xFF};
  }
}

/// Puts `band`, which begins at the picture's row `first`, in its place in `target`.
void copy_band(const ImageView& band, int first, const MutableImageView& target) {
  const Plane& from = band.planes[0];
  const MutablePlane& to = target.planes[0];
  const auto width = static_cast<std::size_t>(band.format.size.width);
  for (std::size_t y = 0; y < static_cast<std::size_t>(band.format.size.height); ++y) {
    std::byte* const row = to.bytes.data() + (static_cast<std::size_t>(first) + y) * to.stride_bytes;
    std::memcpy(row, from.bytes.data() + y * from.stride_bytes, width * kArgbBytes);
    if (band.format.layout == PixelFormat::bgrx) {
      make_opaque(row, band.format.size.width);
    }
  }
}

}  // namespace

Status ArgbPixels::gather(const EncodeJob& job) {
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

Status ArgbPixels::attach(const EncodeJob& job, WebPPicture& picture) {
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
