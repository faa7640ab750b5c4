// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/picture_area.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>

#include "base/try.h"
#include "codec/heif/heif_layout.h"

namespace imagepacker::heif {
namespace {

/// Rows that are converted at a time.
constexpr int kSliceRows = 64;

int columns_of(const PixelFormatInfo& layout, int plane, int width) {
  return layout.is_chroma_plane(plane) ? (width + (1 << layout.log2_chroma_w) - 1) >> layout.log2_chroma_w : width;
}

std::size_t sample_bytes(const PixelFormatInfo& layout) {
  return layout.depth > 8 ? 2 : 1;
}

/// True when the encoder can read the rows where they are.
bool is_readable(const Plane& plane, std::size_t first_byte, const PixelFormatInfo& layout) {
  const auto address = reinterpret_cast<std::uintptr_t>(plane.bytes.data() + first_byte);
  return plane.stride_bytes <= static_cast<std::size_t>(std::numeric_limits<int>::max()) &&
         (sample_bytes(layout) == 1 || (address % 2 == 0 && plane.stride_bytes % 2 == 0));
}

/// Copies `present` samples of a row and repeats the last one up to `wanted`.
void copy_row(std::byte* to, const std::byte* from, std::size_t present, std::size_t wanted, std::size_t unit) {
  std::memcpy(to, from, present * unit);
  for (std::size_t x = present; x < wanted; ++x) {
    std::memcpy(to + x * unit, to + (present - 1) * unit, unit);
  }
}

/// Copies all of `slice` to the rows of `target` from `top`.
void copy_rows(const ImageView& slice, const MutableImageView& target, int top) {
  const PixelFormatInfo& layout = slice.format.info();
  for (int p = 0; p < layout.plane_count; ++p) {
    const Plane& from = slice.planes[p];
    const MutablePlane& to = target.planes[p];
    const int first_row = layout.is_chroma_plane(p) ? top >> layout.log2_chroma_h : top;
    const std::size_t row_bytes = plane_row_bytes(layout, p, slice.format.size);
    for (int y = 0; y < plane_height(layout, p, slice.format.size); ++y) {
      std::memcpy(to.bytes.data() + static_cast<std::size_t>(first_row + y) * to.stride_bytes,
                  from.bytes.data() + static_cast<std::size_t>(y) * from.stride_bytes, row_bytes);
    }
  }
}

}  // namespace

Status PictureArea::read(const ImageView& band, int left, Size size) {
  const PixelFormatInfo& layout = band.format.info();
  const std::size_t unit = sample_bytes(layout);
  view_ = band;
  view_.format.size = size;
  bool in_place = left + size.width <= band.format.size.width && size.height <= band.format.size.height;
  for (int p = 0; p < layout.plane_count; ++p) {
    const auto first_byte = static_cast<std::size_t>(columns_of(layout, p, left)) * unit;
    in_place = in_place && is_readable(band.planes[p], first_byte, layout);
    view_.planes[p].bytes = band.planes[p].bytes.subspan(first_byte);
  }
  if (in_place) {
    return {};
  }
  IP_TRY(copy_.reset(view_.format));
  const MutableImageView target = copy_.view();
  for (int p = 0; p < layout.plane_count; ++p) {
    const Plane& from = view_.planes[p];
    const MutablePlane& to = target.planes[p];
    const int wanted = columns_of(layout, p, size.width);
    const int present = std::min(wanted, columns_of(layout, p, band.format.size.width - left));
    const int last_row = plane_height(layout, p, band.format.size) - 1;
    for (int y = 0; y < plane_height(layout, p, size); ++y) {
      copy_row(to.bytes.data() + static_cast<std::size_t>(y) * to.stride_bytes,
               from.bytes.data() + static_cast<std::size_t>(std::min(y, last_row)) * from.stride_bytes,
               static_cast<std::size_t>(present), static_cast<std::size_t>(wanted), unit);
    }
  }
  view_ = target.as_const();
  return {};
}

ImageView PictureArea::color() const {
  ImageView result = view_;
  result.format = color_format(view_.format);
  return result;
}

ImageView PictureArea::alpha() const {
  ImageView result{.format = alpha_format(view_.format), .planes = {}};
  result.planes[0] = view_.planes[view_.format.info().components[3].plane];
  return result;
}

Result<ImageView> read_band(const RowSource& image, int first, int count, ImageBuffer& buffer, TaskPool& pool) {
  if (image.is_window()) {
    return image.rows(first, count, buffer);
  }
  ImageFormat format = image.format();
  format.size.height = count;
  IP_TRY(buffer.reset(format));
  const MutableImageView band = buffer.view();
  const auto slices = static_cast<std::size_t>((count + kSliceRows - 1) / kSliceRows);
  IP_TRY(pool.for_each(slices, [&](std::size_t index) -> Status {
    ImageBuffer scratch;
    const int top = static_cast<int>(index) * kSliceRows;
    IP_ASSIGN(const ImageView slice, image.rows(first + top, std::min(kSliceRows, count - top), scratch));
    copy_rows(slice, band, top);
    return {};
  }));
  return band.as_const();
}

}  // namespace imagepacker::heif
