// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "codec/codec.h"
#include "codec/heif/heif_decoder.h"
#include "codec/heif/heif_encoder.h"
#include "codec/heif/heif_layout.h"
#include "codec/heif/quality_scale.h"
#include "codec/heif/tiling.h"
#include "color/icc_profile.h"
#include "hdr/content_volume.h"

namespace imagepacker {
namespace {

/// Errors in alpha show as fringes, so it is never coded worse than this.
constexpr int kLowestAlphaQuality = 80;

Status check_lossless(const PixelFormatInfo& source, const PixelFormatInfo& input) {
  if (input.log2_chroma_w > source.log2_chroma_w || input.log2_chroma_h > source.log2_chroma_h) {
    return make_error(Errc::unsupported,
                      text("lossless is true but chroma-subsampling asks for fewer chroma samples than ", source.name,
                           " has; use chroma-subsampling=auto"));
  }
  return {};
}

/// What H.273 has no codes for is stated by a profile, which can't hold every curve.
Status check_color(const ImageFormat& input) {
  const auto has_code = [](auto code) { return static_cast<int>(code) < kFirstNonH273Code; };
  const auto [primaries, transfer] = std::pair(input.color.primaries, input.color.transfer);
  if (has_code(primaries) && has_code(transfer)) {
    return {};
  }
  if (const auto profile = make_icc_profile(input.color, input.info().model); !profile) {
    return make_error(profile.error().code,
                      text("HEIF can't state primaries ", int{static_cast<std::uint8_t>(primaries)}, " with transfer ",
                           int{static_cast<std::uint8_t>(transfer)},
                           " (codes of H.273, 128 and above: of none): ", profile.error().message,
                           "; convert to BT.2020 or Display P3 primaries, or to an SDR curve"));
  }
  return {};
}

Result<std::unique_ptr<Encoder>> create_encoder(const ImageFormat& source, const PackingOptions& options) {
  ImageFormat input = heif::choose_input(source, options);
  if (input.color.transfer == Transfer::pq && !input.hdr.mastering_display && input.hdr.content_light_level) {
    // HEVC decoders of televisions and phones know PQ by both (HDR10).
    input.hdr.mastering_display = content_volume(input.color, *input.hdr.content_light_level);
  }
  if (options.lossless && options.chroma_subsampling != ChromaSubsampling::automatic) {
    if (Status status = check_lossless(source.info(), input.info()); !status) {
      return std::move(status).error();
    }
  }
  if (Status status = check_color(input); !status) {
    return std::move(status).error();
  }
  if (!heif::hevc_has_depth(input.info().depth)) {
    return make_error(Errc::unsupported,
                      text("this machine's HEVC encoder has no ", int{input.info().depth}, "-bit mode for HEIF"));
  }
  heif::HevcSettings color{
      .qp = heif::hevc_qp(options.quality), .lossless = options.lossless, .effort = options.effort};
  heif::HevcSettings alpha = color;
  alpha.flat = true;
  alpha.qp = heif::flat_hevc_qp(heif::hevc_qp(std::max(options.quality, kLowestAlphaQuality)));
  heif::HevcSettings map = alpha;
  map.qp = heif::flat_hevc_qp(heif::hevc_qp(options.gain_map_quality));
  map.lossless = false;
  if (is_hdr(input.color.transfer)) {
    color.flat = true;
    color.qp = heif::flat_hevc_qp(options.quality, input.color.transfer);
  }
  return std::unique_ptr<Encoder>(std::make_unique<heif::HeifEncoder>(input, color, alpha, map));
}

constexpr std::array<std::string_view, 2> kMimeTypes = {"image/heif", "image/heic"};
constexpr std::array<std::string_view, 3> kExtensions = {"heic", "heif", "hif"};

}  // namespace

const CodecDescriptor& heif_codec() {
  static const CodecDescriptor codec = {
      .info = {.format = Format::heif,
               .name = "heif",
               .long_name = "HEIF",
               .mime_types = kMimeTypes,
               .extensions = kExtensions,
               .max_width = heif::kMaxPictureDimension,
               .max_height = heif::kMaxPictureDimension,
               .can_lossy = true,
               .can_lossless = true,
               .can_alpha = true,
               .can_progressive = false,
               .can_hdr = true,
               .max_depth = 12,
               .can_gain_map = true},
      .create_encoder = create_encoder,
      .has_thumbnail_images = true,
      .recognizes = heif::begins_as_heif,
      .open_decoder = heif::open_heif,
  };
  return codec;
}

}  // namespace imagepacker
