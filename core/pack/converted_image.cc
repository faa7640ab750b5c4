// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pack/converted_image.h"

#include <algorithm>
#include <cstring>

#include "base/try.h"

namespace imagepacker {
namespace {

void copy_rows(const ImageView& band, int first, const MutableImageView& target) {
  const PixelFormatInfo& info = target.format.info();
  for (int p = 0; p < info.plane_count; ++p) {
    const std::size_t row_bytes = plane_row_bytes(info, p, band.format.size);
    const int rows = plane_height(info, p, band.format.size);
    const int first_row = info.is_chroma_plane(p) ? first >> info.log2_chroma_h : first;
    for (int y = 0; y < rows; ++y) {
      std::memcpy(
          target.planes[p].bytes.data() + static_cast<std::size_t>(first_row + y) * target.planes[p].stride_bytes,
          band.planes[p].bytes.data() + static_cast<std::size_t>(y) * band.planes[p].stride_bytes, row_bytes);
    }
  }
}

}  // namespace

Result<ImageBuffer> convert_image(const ConversionPlan& plan, const ImageView& image, TaskPool& pool,
                                  const std::stop_token& stop) {
  constexpr int kBandRows = 64;
  // Bands are made aside and copied because a conversion may write behind the end of a row, into another band's first.
  ImageBuffer result;
  IP_TRY(result.reset(plan.target()));
  const ConvertedRows rows(plan, image);
  const int height = plan.target().size.height;
  const auto bands = static_cast<std::size_t>((height + kBandRows - 1) / kBandRows);
  IP_TRY(pool.for_each(bands, [&](std::size_t band) -> Status {
    if (stop.stop_requested()) {
      return make_error(Errc::cancelled, "unpacking was cancelled");
    }
    const int first = static_cast<int>(band) * kBandRows;
    ImageBuffer scratch;
    IP_ASSIGN(const ImageView made, rows.rows(first, std::min(kBandRows, height - first), scratch));
    copy_rows(made, first, result.view());
    return {};
  }));
  return result;
}

}  // namespace imagepacker
