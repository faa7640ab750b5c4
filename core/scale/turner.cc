// SPDX-License-Identifier: LGPL-2.1-or-later
#include "scale/turner.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "image/turn.h"

namespace imagepacker {
namespace {

/// Pixels per side of the squares in which columns become rows: both sides of the copy stay in the first-level cache.
constexpr int kTile = 32;

/// Where the pixel (0, 0) of the turned plane is found in the source, and what a step right and a step down mean there.
struct Walk {
  const std::byte* origin;
  std::ptrdiff_t right_bytes;
  std::ptrdiff_t down_bytes;
};

Walk walk_of(Orientation orientation, const Plane& source, Size size, std::ptrdiff_t pixel_bytes) {
  const auto stride = static_cast<std::ptrdiff_t>(source.stride_bytes);
  const auto at = [&](int x, int y) { return source.bytes.data() + x * pixel_bytes + y * stride; };
  const Turn turn = turn_of(orientation);
  const std::ptrdiff_t column_bytes = turn.mirrors_columns() ? -pixel_bytes : pixel_bytes;
  const std::ptrdiff_t row_bytes = turn.mirrors_rows() ? -stride : stride;
  return {.origin = at(turn.mirrors_columns() ? size.width - 1 : 0, turn.mirrors_rows() ? size.height - 1 : 0),
          .right_bytes = turn.transposes ? row_bytes : column_bytes,
          .down_bytes = turn.transposes ? column_bytes : row_bytes};
}

template <std::size_t kPixelBytes>
void copy_tile(const Walk& walk, int x, int y, int width, int height, const MutablePlane& target) {
  for (int row = y; row < y + height; ++row) {
    const std::byte* from = walk.origin + x * walk.right_bytes + row * walk.down_bytes;
    std::byte* to = target.bytes.data() + static_cast<std::size_t>(row) * target.stride_bytes + x * kPixelBytes;
    for (int column = 0; column < width; ++column, from += walk.right_bytes, to += kPixelBytes) {
      std::memcpy(to, from, kPixelBytes);
    }
  }
}

using CopyTile = void (*)(const Walk&, int x, int y, int width, int height, const MutablePlane&);

/// The loop for pixels of that size; layouts without subsampling have no others.
CopyTile copy_tile_for(std::size_t pixel_bytes) {
  switch (pixel_bytes) {
    case 1:
      return copy_tile<1>;
    case 2:
      return copy_tile<2>;
    case 3:
      return copy_tile<3>;
    case 4:
      return copy_tile<4>;
    case 6:
      return copy_tile<6>;
    case 8:
      return copy_tile<8>;
    default:
      return nullptr;
  }
}

/// The planar 4:4:4 layout with the depth (or the next deeper one) and alpha of a subsampled one.
PixelFormat full_chroma_layout(const PixelFormatInfo& info) {
  const bool alpha = info.has_alpha;
  if (info.depth <= 8) {
    return alpha ? PixelFormat::a444 : PixelFormat::y444;
  }
  if (info.depth <= 10) {
    return alpha ? PixelFormat::a444_10le : PixelFormat::y444_10le;
  }
  if (info.depth <= 12) {
    return alpha ? PixelFormat::a444_12le : PixelFormat::y444_12le;
  }
  return alpha ? PixelFormat::ayuv64 : PixelFormat::y444_16le;
}

Status convert_in_bands(const ConversionPlan& plan, const ImageView& image, ImageBuffer& buffer, TaskPool& pool) {
  constexpr int kBandRows = 64;
  IP_TRY(buffer.reset(plan.target()));
  const MutableImageView whole = buffer.view();
  const int height = plan.target().size.height;
  return pool.for_each(static_cast<std::size_t>((height + kBandRows - 1) / kBandRows), [&](std::size_t band) {
    const int first = static_cast<int>(band) * kBandRows;
    const int count = std::min(kBandRows, height - first);
    MutableImageView target = whole;
    target.format.size.height = count;
    for (MutablePlane& plane : target.planes) {
      plane.bytes = plane.bytes.subspan(std::min(plane.bytes.size(), first * plane.stride_bytes));
    }
    return plan.convert(image, first, count, target);
  });
}

}  // namespace

Result<Turner> Turner::create(const ImageFormat& source, Orientation orientation) {
  IP_TRY(validate(source));
  ImageFormat full = source;
  std::optional<ConversionPlan> plan;
  if (const PixelFormatInfo& info = source.info(); info.log2_chroma_w > 0 || info.log2_chroma_h > 0) {
    full.layout = full_chroma_layout(info);
    full.color.chroma_site = ChromaSite::unspecified;
    IP_ASSIGN(plan, ConversionPlan::create(source, full, 0));
  }
  ImageFormat target = full;
  if (swaps_sides(orientation)) {
    std::swap(target.size.width, target.size.height);
  }
  return Turner(std::move(target), orientation, std::move(plan));
}

Status Turner::turn(const ImageView& image, ImageBuffer& target, TaskPool& pool) const {
  ImageBuffer full;
  ImageView source = image;
  if (to_full_chroma_) {
    IP_TRY(convert_in_bands(*to_full_chroma_, image, full, pool));
    source = std::as_const(full).view();
  }
  IP_TRY(target.reset(target_));
  const PixelFormatInfo& info = target_.info();
  const Size size = target_.size;
  const auto tile_rows = static_cast<std::size_t>((size.height + kTile - 1) / kTile);
  for (int p = 0; p < info.plane_count; ++p) {
    const std::size_t pixel_bytes = plane_row_bytes(info, p, {1, 1});
    const CopyTile copy = copy_tile_for(pixel_bytes);
    if (copy == nullptr) {
      return make_error(Errc::internal,
                        text(info.name, " has pixels of ", pixel_bytes, " bytes, which can't be turned"));
    }
    const Walk walk =
        walk_of(orientation_, source.planes[p], source.format.size, static_cast<std::ptrdiff_t>(pixel_bytes));
    const MutablePlane plane = target.view().planes[p];
    IP_TRY(pool.for_each(tile_rows, [&](std::size_t tile_row) -> Status {
      const int y = static_cast<int>(tile_row) * kTile;
      const int rows = std::min(kTile, size.height - y);
      for (int x = 0; x < size.width; x += kTile) {
        copy(walk, x, y, std::min(kTile, size.width - x), rows, plane);
      }
      return {};
    }));
  }
  return {};
}

}  // namespace imagepacker
