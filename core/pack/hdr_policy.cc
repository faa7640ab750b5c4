// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pack/hdr_policy.h"

#include <algorithm>

#include "base/text.h"
#include "hdr/gain_map_image.h"

namespace imagepacker {
namespace {

/// Why the picture can't be HDR in that format with these options; empty when it can.
std::string find_obstacle(const ColorSpace& color, const PackingOptions& options, const FormatInfo& codec, HdrWay way) {
  if (!codec.can_hdr) {
    return text(codec.long_name, " holds SDR only; use JPEG, PNG or HEIF for HDR");
  }
  if (way != HdrWay::gain_map) {
    return static_cast<int>(color.primaries) < kFirstNonH273Code
               ? std::string()
               : text(codec.long_name,
                      " states HDR by code points of H.273, and Adobe RGB's primaries have none; convert to BT.2020 or "
                      "Display P3",
                      codec.can_gain_map ? ", or use hdr-layout=gain-map" : "");
  }
  if (std::string obstacle = find_hdr_jpeg_obstacle(options); !obstacle.empty()) {
    return obstacle;
  }
  if (options.lossless) {
    return "a picture with a gain map can't be lossless; use hdr-layout=single";
  }
  return {};
}

}  // namespace

std::string find_hdr_jpeg_obstacle(const PackingOptions& options) {
  if (options.progressive) {
    return "readers of HDR JPEG know no progressive pictures; use progressive=false";
  }
  if (options.format == Format::jpeg && options.chroma_subsampling == ChromaSubsampling::yuv422) {
    return "readers of HDR JPEG know no 4:2:2; use chroma-subsampling=420 or 444";
  }
  return {};
}

Result<HdrDecision> decide_hdr(const ImageFormat& source, const PackingOptions& options, const FormatInfo& codec) {
  const DynamicRange wanted = options.desired_dynamic_range;
  if (!is_hdr(source.color.transfer)) {
    const bool is_linear = source.color.transfer == Transfer::linear;
    if (wanted == DynamicRange::hdr) {
      return make_error(
          Errc::unsupported,
          is_linear ? "desired-dynamic-range is hdr but linear light without light levels is SDR; state "
                      "content-light-level or mastering-display-info, which makes it HDR, or use auto or sdr"
                    : "desired-dynamic-range is hdr but the picture is SDR; use auto or sdr, or give PQ or HLG video");
    }
    return HdrDecision{};
  }
  if (wanted == DynamicRange::sdr) {
    return HdrDecision{HdrWay::tone_mapped, "desired-dynamic-range is sdr"};
  }
  const bool is_deep = codec.max_depth > 8;
  const bool has_map = codec.can_gain_map && (!is_deep || options.hdr_layout == HdrLayout::gain_map);
  const HdrWay way = has_map ? HdrWay::gain_map : HdrWay::single_layer;
  std::string obstacle = find_obstacle(source.color, options, codec, way);
  if (obstacle.empty()) {
    return HdrDecision{way, {}};
  }
  if (wanted == DynamicRange::hdr) {
    return make_error(Errc::unsupported, text("desired-dynamic-range is hdr but ", obstacle));
  }
  return HdrDecision{HdrWay::tone_mapped, std::move(obstacle)};
}

int choose_gain_map_scale(Size size, const PackingOptions& options) {
  constexpr int kSmallSide = 512;
  constexpr int kFinestQuality = 98;
  constexpr int kGoodQuality = 75;
  int scale = options.gain_map_scale;
  if (scale == 0) {
    const bool is_fine = std::min(size.width, size.height) < kSmallSide || options.quality >= kFinestQuality;
    scale = is_fine ? 1 : options.quality >= kGoodQuality ? 2 : 4;
  }
  while (!has_shape_of(gain_map_size(size, scale), size)) {
    scale /= 2;
  }
  return scale;
}

}  // namespace imagepacker
