// SPDX-License-Identifier: LGPL-2.1-or-later
#include "imagepacker/image.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"

namespace imagepacker {
namespace {

constexpr int shift_up(int value, int log2) {
  return (value + (1 << log2) - 1) >> log2;
}

bool is_known(Primaries primaries) {
  switch (primaries) {
    case Primaries::bt709:
    case Primaries::unspecified:
    case Primaries::bt470m:
    case Primaries::bt470bg:
    case Primaries::smpte170m:
    case Primaries::smpte240m:
    case Primaries::film:
    case Primaries::bt2020:
    case Primaries::smpte_st428:
    case Primaries::smpte_rp431:
    case Primaries::smpte_eg432:
    case Primaries::ebu3213:
    case Primaries::adobe_rgb:
      return true;
  }
  return false;
}

bool is_known(Transfer transfer) {
  switch (transfer) {
    case Transfer::bt709:
    case Transfer::unspecified:
    case Transfer::gamma22:
    case Transfer::gamma28:
    case Transfer::bt601:
    case Transfer::smpte240m:
    case Transfer::linear:
    case Transfer::log100:
    case Transfer::log316:
    case Transfer::srgb:
    case Transfer::bt2020_10:
    case Transfer::bt2020_12:
    case Transfer::pq:
    case Transfer::hlg:
    case Transfer::gamma18:
    case Transfer::gamma20:
    case Transfer::adobe_rgb:
    case Transfer::linear_hdr:
      return true;
  }
  return false;
}

bool is_known(Matrix matrix) {
  switch (matrix) {
    case Matrix::rgb:
    case Matrix::bt709:
    case Matrix::unspecified:
    case Matrix::fcc:
    case Matrix::bt470bg:
    case Matrix::bt601:
    case Matrix::smpte240m:
    case Matrix::bt2020_ncl:
      return true;
  }
  return false;
}

bool is_known(ChromaSite site) {
  return site == ChromaSite::unspecified || site <= ChromaSite::bottom;
}

}  // namespace

int plane_height(const PixelFormatInfo& info, int plane, Size size) {
  return info.is_chroma_plane(plane) ? shift_up(size.height, info.log2_chroma_h) : size.height;
}

std::size_t plane_row_bytes(const PixelFormatInfo& info, int plane, Size size) {
  const auto width = static_cast<std::size_t>(size.width);
  if (info.packing == Packing::v210) {
    return (width + 5) / 6 * 16;
  }
  if (info.log2_chroma_w > 0 && info.plane_count == 1) {
    // Packed 4:2:2: four samples for two pixels.
    return (width + 1) / 2 * info.components[1].step_bytes;
  }
  const auto columns =
      info.is_chroma_plane(plane) ? static_cast<std::size_t>(shift_up(size.width, info.log2_chroma_w)) : width;
  for (int c = 0; c < 4; ++c) {
    const PixelComponent& component = info.components[c];
    if (component.plane == plane && component.step_bytes != 0) {
      return columns * component.step_bytes;
    }
  }
  return 0;
}

Status validate(const ImageFormat& format) {
  const PixelFormatInfo& info = format.info();
  if (format.size.width < 1 || format.size.height < 1) {
    return make_error(Errc::invalid_argument, text("an image of ", format.size.width, "×", format.size.height,
                                                   " pixels has no content; the smallest is 1×1"));
  }
  const ColorSpace& color = format.color;
  if (!is_known(color.primaries) || !is_known(color.transfer) || !is_known(color.matrix) ||
      !is_known(color.chroma_site)) {
    return make_error(
        Errc::invalid_argument,
        text("unknown colour space (primaries ", int{static_cast<std::uint8_t>(color.primaries)}, ", transfer ",
             int{static_cast<std::uint8_t>(color.transfer)}, ", matrix ", int{static_cast<std::uint8_t>(color.matrix)},
             ", chroma site ", int{static_cast<std::uint8_t>(color.chroma_site)}, ")"));
  }
  if (info.model == ColorModel::rgb && color.matrix != Matrix::rgb) {
    return make_error(Errc::invalid_argument,
                      text(info.name, " holds RGB samples but its colour matrix is ",
                           int{static_cast<std::uint8_t>(color.matrix)}, "; it must be 0 (RGB)"));
  }
  if (info.model == ColorModel::yuv && color.matrix == Matrix::rgb) {
    return make_error(
        Errc::invalid_argument,
        text(info.name, " holds YCbCr samples but its colour matrix is 0 (RGB); it must be a YCbCr matrix"));
  }
  return {};
}

Status validate(const ImageView& view) {
  IP_TRY(validate(view.format));
  const PixelFormatInfo& info = view.format.info();
  for (int p = 0; p < info.plane_count; ++p) {
    const Plane& plane = view.planes[p];
    const std::size_t row_bytes = plane_row_bytes(info, p, view.format.size);
    const auto rows = static_cast<std::size_t>(plane_height(info, p, view.format.size));
    if (plane.stride_bytes < row_bytes) {
      return make_error(Errc::invalid_argument, text("plane ", p, " of ", info.name, " has a stride of ",
                                                     plane.stride_bytes, " bytes but a row takes ", row_bytes));
    }
    // Rows before the last take a whole stride each.
    if (plane.bytes.data() == nullptr || plane.bytes.size() < row_bytes ||
        (plane.bytes.size() - row_bytes) / plane.stride_bytes < rows - 1) {
      return make_error(Errc::invalid_argument,
                        text("plane ", p, " of ", info.name, " holds ", plane.bytes.size(), " bytes but ", rows,
                             " rows of stride ", plane.stride_bytes, " are needed"));
    }
  }
  return {};
}

}  // namespace imagepacker
