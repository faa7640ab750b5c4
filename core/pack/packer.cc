// SPDX-License-Identifier: LGPL-2.1-or-later
#include "imagepacker/packer.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "base/exception.h"
#include "base/text.h"
#include "base/try.h"
#include "codec/codec_list.h"
#include "color/conversion.h"
#include "hdr/gain_map_image.h"
#include "hdr/light_level.h"
#include "hdr/light_rows.h"
#include "hdr/tone_mapped_rows.h"
#include "pack/gain_map.h"
#include "pack/hdr_policy.h"
#include "pack/metadata_policy.h"
#include "pack/opacity.h"
#include "pack/option_check.h"
#include "pack/size_search.h"
#include "pack/thumbnail.h"
#include "scale/scaler.h"
#include "scale/turner.h"

namespace imagepacker {
namespace {

/// The way of a picture that has (or has not) something behind it: which samples the encoder reads and how they are
/// made.
struct Route {
  ImageFormat samples;    ///< what is to be encoded
  ImageFormat rendition;  ///< the picture as it is to appear, see CodecDescriptor::create_encoder
  std::unique_ptr<Encoder> encoder;
  ConversionPlan plan;
};

/// The colour of the tone-mapped picture: the widest gamut that every ICC-aware viewer shows.
ColorSpace sdr_rendition(ColorSpace color) {
  color.primaries = Primaries::smpte_eg432;
  color.transfer = Transfer::srgb;
  return color;
}

Result<Route> make_route(const CodecDescriptor& codec, const PackingOptions& options, const ImageFormat& samples,
                         const ImageFormat& rendition) {
  IP_ASSIGN(auto encoder, codec.create_encoder(rendition, options));
  IP_ASSIGN(auto plan, ConversionPlan::create(samples, encoder->input(), options.background));
  return Route{samples, rendition, std::move(encoder), std::move(plan)};
}

bool has_light_level(const HdrInfo& hdr) {
  return hdr.content_light_level && hdr.content_light_level->max_cll > 0;
}

/// The rendition of `samples` that goes into the file.
ImageFormat rendition_of(const ImageFormat& samples, HdrWay way) {
  ImageFormat rendition = samples;
  if (rendition.color.transfer == Transfer::linear_hdr) {
    // No format states what linear light is relative to, and PQ needs fewer bits.
    rendition.color.transfer = Transfer::pq;
  }
  if (way == HdrWay::tone_mapped || way == HdrWay::gain_map) {
    rendition.color = sdr_rendition(rendition.color);
    rendition.hdr = {};
  }
  if (way == HdrWay::gain_map) {
    // Readers of gain maps are sure to know bases of 8 bit in 4:2:0 and 4:4:4 only.
    const PixelFormatInfo& info = samples.info();
    const bool has_alpha = samples.has_alpha();
    if (info.model == ColorModel::rgb) {
      rendition.layout = has_alpha ? PixelFormat::rgba : PixelFormat::rgb;
      return rendition;
    }
    if (info.model == ColorModel::yuv && info.log2_chroma_h == 1) {
      rendition.layout = has_alpha ? PixelFormat::a420 : PixelFormat::i420;
    } else {
      rendition.layout = has_alpha ? PixelFormat::a444 : PixelFormat::y444;
    }
    rendition.color.matrix = Matrix::bt601;
    rendition.color.range = Range::full;
    rendition.color.chroma_site = ChromaSite::center;
  }
  return rendition;
}

Status check_own_gain_map(const Picture& picture, const PackingOptions& options, const FormatInfo& codec) {
  if (!picture.gain_map) {
    return {};
  }
  if (!codec.can_gain_map) {
    return make_error(Errc::unsupported,
                      text("the picture has a gain map, which ", codec.long_name, " can't hold; use JPEG or HEIF"));
  }
  if (const std::string obstacle = find_hdr_jpeg_obstacle(options); !obstacle.empty()) {
    return make_error(Errc::unsupported, text("the picture has a gain map, but ", obstacle));
  }
  if (is_hdr(picture.main.format.color.transfer)) {
    return make_error(Errc::unsupported,
                      "the picture is HDR and has a gain map; give the SDR picture with it, or no gain map");
  }
  return {};
}

}  // namespace

struct Packer::Impl {
  ImageFormat source;
  PackingOptions options;
  TaskPool& pool;
  const CodecDescriptor& codec;
  std::optional<Scaler> scaler;
  std::optional<Turner> turner;
  HdrWay hdr_way;
  Route main;                   ///< keeps alpha where source and format have it
  std::optional<Route> opaque;  ///< for pictures whose alpha is opaque throughout
  PackedInfo info;
  std::vector<Notice> notices;

  /// The picture at its packed size and upright, in `scaled` or `turned` where that takes another copy.
  Result<ImageView> prepare(const ImageView& image, ImageBuffer& scaled, ImageBuffer& turned) const;
  /// What becomes of the size of the picture's own gain map: it shrinks with the picture and keeps its shape.
  [[nodiscard]] Size gain_map_size(const Picture& picture) const;
  [[nodiscard]] Result<const Route*> choose_route(const ImageView& image) const;
  Result<Metadata> metadata_for(const Metadata& metadata, const ImageView& samples, std::vector<Notice>& found,
                                const std::stop_token& stop) const;
  /// Into `prepared`, where the codec takes one.
  Result<const RowSource*> thumbnail_for(const ImageView& samples, const ImageFormat& rendition,
                                         PreparedThumbnail& prepared) const;
  Status encode_best(const Encoder& encoder, const ImageFormat& rendition, const EncodeJob& job, ByteSink& sink) const;
  Status encode(const Route& route, const Picture& picture, const Metadata& metadata, const ImageView& samples,
                ByteSink& sink, const std::stop_token& stop) const;
  Status encode_hdr(const Route& route, const Metadata& metadata, const ImageView& samples, ByteSink& sink,
                    const std::stop_token& stop) const;
};

Result<ImageView> Packer::Impl::prepare(const ImageView& image, ImageBuffer& scaled, ImageBuffer& turned) const {
  ImageView samples = image;
  if (scaler) {
    IP_TRY(scaler->scale(samples, scaled, pool));
    samples = std::as_const(scaled).view();
  }
  if (turner) {
    IP_TRY(turner->turn(samples, turned, pool));
    samples = std::as_const(turned).view();
  }
  return samples;
}

Size Packer::Impl::gain_map_size(const Picture& picture) const {
  const Size map = picture.gain_map->image.format.size;
  if (!scaler) {
    return map;
  }
  const auto scaled = [](int length, int before, int after) {
    return std::max(1, static_cast<int>((std::int64_t{2} * length * after + before) / (std::int64_t{2} * before)));
  };
  const Size packed = scaler->target().size;
  const Size shrunk = {scaled(map.width, source.size.width, packed.width),
                       scaled(map.height, source.size.height, packed.height)};
  if (has_shape_of(shrunk, packed)) {
    return shrunk;
  }
  // So small that whole samples change its shape: all samples are kept, or one for each pixel.
  return map.width <= packed.width && map.height <= packed.height ? map : packed;
}

Result<const Route*> Packer::Impl::choose_route(const ImageView& image) const {
  if (!opaque) {
    return &main;
  }
  IP_ASSIGN(const bool is_opaque_image, is_opaque(image, pool));
  return is_opaque_image ? &*opaque : &main;
}

Result<Metadata> Packer::Impl::metadata_for(const Metadata& metadata, const ImageView& samples,
                                            std::vector<Notice>& found, const std::stop_token& stop) const {
  Bytes thumbnail;
  if (options.thumbnail_size > 0 && !codec.has_thumbnail_images) {
    IP_ASSIGN(thumbnail, make_jpeg_thumbnail(samples, options.thumbnail_size, pool, stop));
  }
  const MetadataPolicy policy{.options = options,
                              .packed = info.format,
                              .is_color_kept = main.rendition.color.transfer == main.samples.color.transfer};
  return packed_metadata(metadata, policy, thumbnail, found);
}

Result<const RowSource*> Packer::Impl::thumbnail_for(const ImageView& samples, const ImageFormat& rendition,
                                                     PreparedThumbnail& prepared) const {
  if (options.thumbnail_size > 0 && codec.has_thumbnail_images) {
    IP_TRY(prepared.make(samples, rendition, codec, options, pool));
  }
  return prepared.rows();
}

/// By `encoder`, or at the best quality that fits.
Status Packer::Impl::encode_best(const Encoder& encoder, const ImageFormat& rendition, const EncodeJob& job,
                                 ByteSink& sink) const {
  if (options.max_bytes == 0) {
    return encoder.encode(job, sink);
  }
  const auto encode_with = [&](const PackingOptions& attempt, ByteSink& into) -> Status {
    IP_ASSIGN(auto other, codec.create_encoder(rendition, attempt));
    return other->encode(job, into);
  };
  IP_ASSIGN(const Bytes best, largest_that_fits(options, codec.info, encode_with));
  return sink.write(best);
}

Status Packer::Impl::encode(const Route& route, const Picture& picture, const Metadata& metadata,
                            const ImageView& samples, ByteSink& sink, const std::stop_token& stop) const {
  const ConvertedRows rows(route.plan, samples);
  EncodeJob job{.image = rows, .metadata = metadata, .pool = pool, .stop = stop};
  PreparedThumbnail thumbnail;
  IP_ASSIGN(job.thumbnail, thumbnail_for(samples, route.rendition, thumbnail));
  if (!picture.gain_map) {
    return encode_best(*route.encoder, route.rendition, job, sink);
  }
  PreparedGainMap map;
  IP_TRY(map.convert(*picture.gain_map, gain_map_size(picture), options.apply_orientation, pool, stop));
  const GainMapPart part = map.part();
  job.gain_map = &part;
  return encode_best(*route.encoder, route.rendition, job, sink);
}

/// As encode(), for an HDR source: what the source does not say of its light is measured, and all that depends on it is
/// decided for this picture.
Status Packer::Impl::encode_hdr(const Route& route, const Metadata& metadata, const ImageView& samples, ByteSink& sink,
                                const std::stop_token& stop) const {
  const bool is_measured = !has_light_level(samples.format.hdr);
  std::optional<LightRows> light;
  if (is_measured || hdr_way == HdrWay::gain_map) {
    const bool keeps_alpha = route.rendition.has_alpha();
    IP_ASSIGN(light, LightRows::create(route.samples, keeps_alpha ? std::nullopt : std::optional(options.background)));
  }
  ImageView image = samples;
  if (is_measured) {
    IP_ASSIGN(image.format.hdr.content_light_level, measure_light_level(*light, samples, pool, stop));
  }
  // What states the light levels is made anew: the encoder of HDR samples, or the conversion with a tone map.
  const bool is_hdr_kept = hdr_way == HdrWay::single_layer;
  ImageFormat rendition = route.rendition;
  std::unique_ptr<Encoder> own_encoder;
  if (is_measured && is_hdr_kept) {
    rendition.hdr = image.format.hdr;
    IP_ASSIGN(own_encoder, codec.create_encoder(rendition, options));
  }
  const Encoder& encoder = own_encoder ? *own_encoder : *route.encoder;
  const std::optional<ToneMappedRows> tone_mapped = ToneMappedRows::create(image, encoder.input());
  std::optional<ConversionPlan> own_plan;
  if (is_measured && !is_hdr_kept && !tone_mapped) {
    ImageFormat measured = route.samples;
    measured.hdr = image.format.hdr;
    IP_ASSIGN(own_plan, ConversionPlan::create(measured, encoder.input(), options.background));
  }
  const ConvertedRows converted(own_plan ? *own_plan : route.plan, image);
  const RowSource& rows = tone_mapped ? static_cast<const RowSource&>(*tone_mapped) : converted;

  EncodeJob job{.image = rows, .metadata = metadata, .pool = pool, .stop = stop};
  PreparedThumbnail thumbnail;
  IP_ASSIGN(job.thumbnail, thumbnail_for(image, rendition, thumbnail));
  if (hdr_way != HdrWay::gain_map) {
    return encode_best(encoder, rendition, job, sink);
  }
  PreparedGainMap map;
  IP_TRY(map.compute(*light, image, choose_gain_map_scale(image.format.size, options), pool, stop));
  const GainMapPart part = map.part();
  job.gain_map = &part;
  return encode_best(encoder, rendition, job, sink);
}

Packer::Packer(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Packer::Packer(Packer&&) noexcept = default;
Packer& Packer::operator=(Packer&&) noexcept = default;
Packer::~Packer() = default;

const PackedInfo& Packer::info() const {
  return impl_->info;
}
std::span<const Notice> Packer::notices() const {
  return impl_->notices;
}

Result<Packer> Packer::create(const ImageFormat& source, const PackingOptions& options, TaskPool& pool) {
  try {
    IP_TRY(validate(source));
    const CodecDescriptor* const codec = find_codec(options.format);
    IP_TRY(check_options(options, codec == nullptr ? nullptr : &codec->info));

    ImageFormat samples = source;
    if (!source.info().has_alpha) {
      samples.alpha = Alpha::none;
    }
    std::optional<Scaler> scaler;
    const bool swaps = swaps_sides(options.apply_orientation);
    const Size scaled_size = fit_within(source.size, swaps ? options.max_height : options.max_width,
                                        swaps ? options.max_width : options.max_height);
    if (scaled_size != source.size) {
      IP_ASSIGN(scaler, Scaler::create(samples, scaled_size));
      samples = scaler->target();
    }
    std::optional<Turner> turner;
    if (options.apply_orientation != Orientation::normal) {
      IP_ASSIGN(turner, Turner::create(samples, options.apply_orientation));
      samples = turner->target();
    }
    IP_TRY(check_size(samples.size, codec->info));

    IP_ASSIGN(const HdrDecision hdr, decide_hdr(samples, options, codec->info));
    ImageFormat rendition = rendition_of(samples, hdr.way);
    std::vector<Notice> notices;
    if (hdr.way == HdrWay::tone_mapped) {
      notices.push_back(
          {Notice::Kind::tone_mapped, text("the HDR picture is tone-mapped to SDR (BT.2390) because ", hdr.reason)});
    }
    if (!codec->info.can_alpha) {
      rendition.alpha = Alpha::none;
    }

    std::optional<Route> opaque;
    IP_ASSIGN(auto main, make_route(*codec, options, samples, rendition));
    if (rendition.has_alpha()) {
      ImageFormat opaque_samples = samples;
      opaque_samples.alpha = Alpha::none;
      rendition.alpha = Alpha::none;
      IP_ASSIGN(opaque, make_route(*codec, options, opaque_samples, rendition));
    }
    PackedInfo info{.format = main.encoder->input(), .mime_type = codec->info.mime_types.front()};
    return Packer(std::unique_ptr<const Impl>(new Impl{.source = source,
                                                       .options = options,
                                                       .pool = pool,
                                                       .codec = *codec,
                                                       .scaler = std::move(scaler),
                                                       .turner = std::move(turner),
                                                       .hdr_way = hdr.way,
                                                       .main = std::move(main),
                                                       .opaque = std::move(opaque),
                                                       .info = std::move(info),
                                                       .notices = std::move(notices)}));
  } catch (...) {
    return error_from_exception("packing the picture");
  }
}

Status Packer::pack(const Picture& picture, ByteSink& sink, std::stop_token stop,
                    std::vector<Notice>* pack_notices) const {
  try {
    const Impl& impl = *impl_;
    IP_TRY(validate(picture.main));
    if (picture.main.format != impl.source) {
      return make_error(Errc::invalid_argument, "the picture's format is not the one the packer was created for");
    }
    if (!picture.auxiliary.empty()) {
      return make_error(Errc::unsupported, "packing a picture's auxiliary images is not possible yet");
    }
    IP_TRY(check_own_gain_map(picture, impl.options, impl.codec.info));
    if (stop.stop_requested()) {
      return make_error(Errc::cancelled, "packing was cancelled");
    }
    ImageBuffer scaled;
    ImageBuffer turned;
    IP_ASSIGN(const ImageView samples, impl.prepare(picture.main, scaled, turned));
    IP_ASSIGN(const Route* route, impl.choose_route(samples));
    std::vector<Notice> found;
    IP_ASSIGN(const Metadata metadata, impl.metadata_for(picture.metadata, samples, found, stop));
    if (pack_notices != nullptr) {
      std::ranges::move(found, std::back_inserter(*pack_notices));
    }
    return impl.hdr_way == HdrWay::untouched ? impl.encode(*route, picture, metadata, samples, sink, stop)
                                             : impl.encode_hdr(*route, metadata, samples, sink, stop);
  } catch (...) {
    return error_from_exception("packing the picture");
  }
}

}  // namespace imagepacker
