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

constexpr int kBandRows = 64;

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
  result.format.layout = color_layout(view_.format.info());
  result.format.alpha = Alpha::none;
  return result;
}

ImageView PictureArea::alpha() const {
  const PixelFormatInfo& layout = view_.format.info();
  ImageView result{.format = view_.format, .planes = {}};
  result.format.layout = alpha_layout(layout);
  result.format.alpha = Alpha::none;
  // Values, not light: only the range is stated.
  result.format.color = {.primaries = Primaries::unspecified,
                         .transfer = Transfer::unspecified,
                         .matrix = Matrix::unspecified,
                         .range = Range::full,
                         .chroma_site = ChromaSite::unspecified};
  result.planes[0] = view_.planes[layout.components[3].plane];
  return result;
}

Result<ImageView> whole_picture(const RowSource& image, ImageBuffer& buffer, TaskPool& pool) {
  const ImageFormat& format = image.format();
  const int height = format.size.height;
  if (image.is_window()) {
    return image.rows(0, height, buffer);
  }
  IP_TRY(buffer.reset(format));
  const MutableImageView whole = buffer.view();
  const auto bands = static_cast<std::size_t>((height + kBandRows - 1) / kBandRows);
  IP_TRY(pool.for_each(bands, [&](std::size_t index) -> Status {
    ImageBuffer scratch;
    const int first = static_cast<int>(index) * kBandRows;
    IP_ASSIGN(const ImageView band, image.rows(first, std::min(kBandRows, height - first), scratch));
    const PixelFormatInfo& layout = format.info();
    for (int p = 0; p < layout.plane_count; ++p) {
      const int first_row = layout.is_chroma_plane(p) ? first >> layout.log2_chroma_h : first;
      const std::size_t row_bytes = plane_row_bytes(layout, p, format.size);
      for (int y = 0; y < plane_height(layout, p, band.format.size); ++y) {
        std::memcpy(
            whole.planes[p].bytes.data() + static_cast<std::size_t>(first_row + y) * whole.planes[p].stride_bytes,
            band.planes[p].bytes.data() + static_cast<std::size_t>(y) * band.planes[p].stride_bytes, row_bytes);
      }
    }
    return {};
  }));
  return whole.as_const();
}

}  // namespace imagepacker::heif
