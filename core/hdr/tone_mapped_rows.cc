// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hdr/tone_mapped_rows.h"

#include <utility>

#include "base/try.h"
#include "color/matrix.h"
#include "color/primaries.h"
#include "color/tone_map.h"

namespace imagepacker {
namespace {

bool is_known_target(const ImageFormat& target) {
  const ColorSpace& color = target.color;
  return target.layout == PixelFormat::i420 && color.transfer == Transfer::srgb && color.matrix == Matrix::bt601 &&
         color.range == Range::full &&
         (color.chroma_site == ChromaSite::center || color.chroma_site == ChromaSite::unspecified);
}

SdrCurves sdr_curves(const ImageFormat& source, const ImageFormat& target) {
  SdrCurves curves{.tone = tone_factor(content_peak_nits(source)), .to_primaries = {}, .encode = srgb_curve()};
  const Matrix3 matrix = rgb_to_rgb(source.color.primaries, target.color.primaries);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      curves.to_primaries[i][j] = static_cast<float>(matrix.rows[i][j]);
    }
  }
  return curves;
}

}  // namespace

std::optional<ToneMappedRows> ToneMappedRows::create(const ImageView& image, const ImageFormat& target) {
  if (!is_hdr(image.format.color.transfer) || !VideoCodes::reads(image.format) || !is_known_target(target)) {
    return std::nullopt;
  }
  return ToneMappedRows(image, target);
}

ToneMappedRows::ToneMappedRows(const ImageView& image, const ImageFormat& target)
    : image_(image),
      target_(target),
      codes_(image.format),
      light_(image.format.color),
      sdr_(sdr_curves(image.format, target)) {}

Result<ImageView> ToneMappedRows::rows(int first, int count, ImageBuffer& scratch) const {
  ImageFormat band = target_;
  band.size.height = count;
  IP_TRY(scratch.reset(band));
  tone_map_video(codes_, light_, sdr_, image_, first, count, scratch.view());
  return std::as_const(scratch).view();
}

}  // namespace imagepacker
