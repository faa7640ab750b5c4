// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>
#include <string_view>

#include "base/text.h"
#include "base/try.h"
#include "codec/codec.h"
#include "codec/webp/lossless_encoder.h"
#include "codec/webp/lossless_settings.h"
#include "codec/webp/quality_scale.h"
#include "codec/webp/vp8_encoder.h"
#include "codec/webp/webp_color.h"
#include "codec/webp/webp_decoder.h"
#include "color/output_profile.h"

namespace imagepacker {
namespace {

ImageFormat choose_input(const ImageFormat& source, bool lossless) {
  const bool alpha = source.has_alpha();
  ImageFormat input;
  if (lossless) {
    input.layout = alpha ? PixelFormat::bgra : PixelFormat::bgrx;
    input.color = webp::lossless_color(source.color);
  } else {
    input.layout = alpha ? PixelFormat::a420 : PixelFormat::i420;
    input.color = webp::lossy_color(source.color);
  }
  input.size = source.size;
  input.alpha = alpha ? Alpha::straight : Alpha::none;
  return input;
}

Status check_subsampling(const PackingOptions& options) {
  const bool is_finer = options.chroma_subsampling == ChromaSubsampling::yuv422 ||
                        options.chroma_subsampling == ChromaSubsampling::yuv444;
  if (is_finer && !options.lossless) {
    return make_error(Errc::unsupported, text("chroma-subsampling is ",
                                              options.chroma_subsampling == ChromaSubsampling::yuv422 ? "422" : "444",
                                              " but lossy WebP is 4:2:0 only; use auto or 420, or lossless=true"));
  }
  return {};
}

Result<std::unique_ptr<Encoder>> create_encoder(const ImageFormat& source, const PackingOptions& options) {
  IP_TRY(check_subsampling(options));
  ImageFormat input = choose_input(source, options.lossless);
  IP_ASSIGN(Bytes icc, make_output_profile(input.color, ColorModel::rgb));
  IP_ASSIGN(const WebPConfig lossless, webp::make_lossless_config(options.effort));
  if (options.lossless) {
    return std::unique_ptr<Encoder>(std::make_unique<webp::LosslessEncoder>(input, lossless, std::move(icc)));
  }
  const auto settings = webp::make_key_frame_settings(options.effort, webp::vp8_quant_index(options.quality));
  return std::unique_ptr<Encoder>(std::make_unique<webp::Vp8Encoder>(input, settings, lossless, std::move(icc)));
}

constexpr std::array<std::string_view, 1> kMimeTypes = {"image/webp"};
constexpr std::array<std::string_view, 1> kExtensions = {"webp"};

}  // namespace

const CodecDescriptor& webp_codec() {
  static const CodecDescriptor codec = {
      .info = {.format = Format::webp,
               .name = "webp",
               .long_name = "WebP",
               .mime_types = kMimeTypes,
               .extensions = kExtensions,
               .max_width = WEBP_MAX_DIMENSION,
               .max_height = WEBP_MAX_DIMENSION,
               .can_lossy = true,
               .can_lossless = true,
               .can_alpha = true,
               .can_progressive = false,
               .can_hdr = false,
               .max_depth = 8},
      .create_encoder = create_encoder,
      .recognizes = webp::begins_as_webp,
      .open_decoder = webp::open_webp,
  };
  return codec;
}

}  // namespace imagepacker
