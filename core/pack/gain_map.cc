// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pack/gain_map.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "color/conversion.h"
#include "color/tone_map.h"
#include "hdr/gain_map_image.h"
#include "hdr/gain_map_metadata.h"
#include "scale/scaler.h"
#include "scale/turner.h"

namespace imagepacker {
namespace {

/// Rows of an app's map per task; even, for subsampled sources.
constexpr int kBandRows = 64;

/// What codecs take: see GainMapPart.
ImageFormat coded_format(const ImageFormat& map) {
  ImageFormat coded = map;
  const bool is_gray = map.info().model == ColorModel::gray;
  coded.layout = is_gray ? PixelFormat::gray8 : PixelFormat::y444;
  coded.color.matrix = Matrix::bt601;
  coded.color.range = Range::full;
  coded.color.chroma_site = ChromaSite::unspecified;
  coded.alpha = Alpha::none;
  coded.hdr = {};
  return coded;
}

}  // namespace

Status PreparedGainMap::compute(const LightRows& rows, const ImageView& image, int scale, TaskPool& pool,
                                const std::stop_token& stop) {
  const GainMapMaker maker(rows, content_peak_nits(image.format), scale);
  IP_TRY(maker.make(image, buffer_, pool, stop));
  view_ = std::as_const(buffer_).view();
  metadata_ = maker.metadata();
  alternate_ = image.format.color;
  if (alternate_.transfer == Transfer::linear_hdr) {
    alternate_.transfer = Transfer::pq;
  }
  light_level_ = image.format.hdr.content_light_level.value_or(ContentLightLevel{});
  return {};
}

Status PreparedGainMap::convert(const GainMap& map, Size size, Orientation orientation, TaskPool& pool,
                                const std::stop_token& stop) {
  IP_TRY(validate(map.image));
  IP_TRY(validate(map.metadata));
  if (map.metadata.base_hdr_headroom > map.metadata.alternate_hdr_headroom) {
    return make_error(Errc::unsupported, text("the gain map's base headroom ", map.metadata.base_hdr_headroom,
                                              " is above the alternate's ", map.metadata.alternate_hdr_headroom,
                                              "; the picture has to be the SDR rendition"));
  }
  const ImageFormat coded = coded_format(map.image.format);
  IP_ASSIGN(const auto plan, ConversionPlan::create(map.image.format, coded, 0));
  IP_TRY(buffer_.reset(coded));
  const MutableImageView target = buffer_.view();
  const int height = coded.size.height;
  const Status done =
      pool.for_each(static_cast<std::size_t>((height + kBandRows - 1) / kBandRows), [&](std::size_t band) -> Status {
        if (stop.stop_requested()) {
          return make_error(Errc::cancelled, "converting the gain map was cancelled");
        }
        const int first = static_cast<int>(band) * kBandRows;
        const int count = std::min(kBandRows, height - first);
        MutableImageView part = target;
        part.format.size.height = count;
        for (MutablePlane& plane : part.planes) {
          plane.bytes = plane.bytes.empty() ? plane.bytes
                                            : plane.bytes.subspan(static_cast<std::size_t>(first) * plane.stride_bytes);
        }
        return plan.convert(map.image, first, count, part);
      });
  IP_TRY(done);
  view_ = std::as_const(buffer_).view();
  if (size.width < coded.size.width || size.height < coded.size.height) {
    IP_ASSIGN(const auto scaler, Scaler::create(coded, size));
    IP_TRY(scaler.scale(view_, scaled_, pool));
    view_ = std::as_const(scaled_).view();
  }
  if (orientation != Orientation::normal) {
    IP_ASSIGN(const auto turner, Turner::create(view_.format, orientation));
    IP_TRY(turner.turn(view_, turned_, pool));
    view_ = std::as_const(turned_).view();
  }
  metadata_ = map.metadata;
  alternate_ = map.image.format.color;
  return {};
}

}  // namespace imagepacker
