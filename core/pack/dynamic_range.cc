// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pack/dynamic_range.h"

#include <utility>

#include "base/try.h"
#include "color/conversion.h"
#include "hdr/hdr_reconstruction.h"
#include "hdr/light_level.h"
#include "hdr/light_rows.h"
#include "pack/converted_image.h"

namespace imagepacker {
namespace {

bool is_hdr_picture(const ImageFormat& format) {
  return is_hdr(format.color.transfer);
}

/// 8 bit in the widest gamut that every viewer shows, chroma as it was.
ImageFormat sdr_format(const ImageFormat& hdr) {
  ImageFormat sdr = hdr;
  const PixelFormatInfo& info = hdr.info();
  const bool has_alpha = hdr.has_alpha();
  sdr.color = {.primaries = Primaries::smpte_eg432, .transfer = Transfer::srgb};
  sdr.hdr = {};
  // A tone map is for the colour itself.
  sdr.alpha = has_alpha ? Alpha::straight : Alpha::none;
  if (info.model == ColorModel::rgb) {
    sdr.layout = has_alpha ? PixelFormat::rgba : PixelFormat::rgb;
    return sdr;
  }
  sdr.color.matrix = Matrix::bt601;
  if (info.model == ColorModel::gray) {
    sdr.layout = PixelFormat::gray8;
  } else if (info.log2_chroma_h == 1) {
    sdr.layout = has_alpha ? PixelFormat::a420 : PixelFormat::i420;
    sdr.color.chroma_site = ChromaSite::center;
  } else {
    sdr.layout = has_alpha ? PixelFormat::a444 : PixelFormat::y444;
  }
  return sdr;
}

Status tone_map(DecodedPicture& picture, TaskPool& pool, const std::stop_token& stop) {
  ImageView source = std::as_const(picture.main).view();
  const ImageFormat target = sdr_format(source.format);
  const auto& level = source.format.hdr.content_light_level;
  if (!level || level->max_cll == 0) {
    IP_ASSIGN(const auto light, LightRows::create(source.format, std::nullopt));
    IP_ASSIGN(source.format.hdr.content_light_level, measure_light_level(light, source, pool, stop));
  }
  IP_ASSIGN(const auto plan, ConversionPlan::create(source.format, target, 0));
  IP_ASSIGN(auto made, convert_image(plan, source, pool, stop));
  picture.main = std::move(made);
  return {};
}

Status reconstruct(DecodedPicture& picture, TaskPool& pool, const std::stop_token& stop) {
  if (!picture.gain_map) {
    return make_error(Errc::corrupt_input, "HDR was asked for, but the image's gain map can't be used; ask for auto");
  }
  const ImageView base = std::as_const(picture.main).view();
  const ImageView map = picture.gain_map->view();
  IP_ASSIGN(const auto reconstruction, HdrReconstruction::create(base.format, map.format, picture.gain_map->metadata,
                                                                 picture.gain_map->precision));
  ImageBuffer made;
  IP_TRY(reconstruction.make(base, map, made, pool, stop));
  picture.main = std::move(made);
  picture.gain_map.reset();
  return {};
}

}  // namespace

Result<ImageInfo> info_in_range(const ImageInfo& file, DynamicRange wanted) {
  ImageInfo info = file;
  if (wanted == DynamicRange::sdr) {
    info.has_gain_map = false;
    if (is_hdr_picture(file.main)) {
      info.main = sdr_format(file.main);
    }
  } else if (wanted == DynamicRange::hdr && !is_hdr_picture(file.main)) {
    if (!file.has_gain_map) {
      return make_error(Errc::unsupported,
                        "dynamic-range is hdr, but the image is SDR without a gain map; ask for auto");
    }
    info.has_gain_map = false;
    info.main = reconstructed_format(file.main);
  }
  return info;
}

Status bring_into_range(DecodedPicture& picture, DynamicRange wanted, TaskPool& pool, const std::stop_token& stop,
                        std::vector<Notice>& notices) {
  const bool is_hdr_now = is_hdr_picture(std::as_const(picture.main).view().format);
  if (wanted == DynamicRange::automatic || (wanted == DynamicRange::hdr && is_hdr_now)) {
    return {};
  }
  if (wanted == DynamicRange::hdr) {
    IP_TRY(reconstruct(picture, pool, stop));
  } else {
    picture.gain_map.reset();
    if (!is_hdr_now) {
      return {};
    }
    IP_TRY(tone_map(picture, pool, stop));
    notices.push_back(
        {Notice::Kind::tone_mapped, "the HDR image is tone-mapped to SDR (BT.2390) because dynamic-range is sdr"});
  }
  picture.metadata.icc.clear();
  return {};
}

}  // namespace imagepacker
