// SPDX-License-Identifier: LGPL-2.1-or-later
#include "imagepacker/packer.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "codec/codec_list.h"
#include "color/conversion.h"
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
                         ImageFormat rendition) {
  IP_ASSIGN(auto encoder, codec.create_encoder(rendition, options));
  IP_ASSIGN(auto plan, ConversionPlan::create(samples, encoder->input(), options.background));
  return Route{std::move(rendition), std::move(encoder), std::move(plan)};
}

Error from_exception() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return make_error(Errc::out_of_memory, "no memory for packing the picture");
  } catch (const std::exception& exception) {
    return make_error(Errc::internal, text("exception while packing: ", exception.what()));
  }
}

}  // namespace

struct Packer::Impl {
  ImageFormat source;
  PackingOptions options;
  TaskPool& pool;
  const CodecDescriptor& codec;
  std::optional<Scaler> scaler;
  std::optional<Turner> turner;
  bool is_color_kept;           ///< no tone mapping
  Route main;                   ///< keeps alpha where source and format have it
  std::optional<Route> opaque;  ///< for pictures whose alpha is opaque throughout
  PackedInfo info;
  std::vector<Notice> notices;

  /// The picture at its packed size and upright, in `scaled` or `turned` where that takes another copy.
  Result<ImageView> prepare(const ImageView& image, ImageBuffer& scaled, ImageBuffer& turned) const;
  [[nodiscard]] Result<const Route*> choose_route(const ImageView& image) const;
  Result<Metadata> metadata_for(const Metadata& metadata, const ImageView& samples, std::vector<Notice>& found,
                                const std::stop_token& stop) const;
  Status encode(const Encoder& encoder, const Route& route, const Metadata& metadata, const ImageView& samples,
                ByteSink& sink, const std::stop_token& stop) const;
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
  if (options.thumbnail_size > 0) {
    IP_ASSIGN(thumbnail, make_jpeg_thumbnail(samples, options.thumbnail_size, pool, stop));
  }
  const MetadataPolicy policy{.options = options, .packed = info.format, .is_color_kept = is_color_kept};
  return packed_metadata(metadata, policy, thumbnail, found);
}

Status Packer::Impl::encode(const Encoder& encoder, const Route& route, const Metadata& metadata,
                            const ImageView& samples, ByteSink& sink, const std::stop_token& stop) const {
  const ConvertedRows rows(route.plan, samples);
  return encoder.encode({.image = rows, .metadata = metadata, .pool = pool, .stop = stop}, sink);
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
    IP_TRY(check_options(options, codec == nullptr ? nullptr : &codec->info, source));

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

    ImageFormat rendition = samples;
    std::vector<Notice> notices;
    bool is_color_kept = true;
    if (is_hdr(source.color.transfer) && (!codec->info.can_hdr || options.desired_dynamic_range == DynamicRange::sdr)) {
      rendition.color = sdr_rendition(rendition.color);
      rendition.hdr = {};
      is_color_kept = false;
      notices.push_back(
          {Notice::Kind::tone_mapped,
           text("the HDR picture is tone-mapped to SDR (BT.2390) because ",
                options.desired_dynamic_range == DynamicRange::sdr
                    ? "desired-dynamic-range is sdr"
                    : text(codec->info.long_name, " output of this version holds SDR only; PNG and HEIF keep it"))});
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
                                                       .is_color_kept = is_color_kept,
                                                       .main = std::move(main),
                                                       .opaque = std::move(opaque),
                                                       .info = std::move(info),
                                                       .notices = std::move(notices)}));
  } catch (...) {
    return from_exception();
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
    if (picture.gain_map || !picture.auxiliary.empty()) {
      return make_error(Errc::unsupported, "packing a picture's own gain map or auxiliary images is not possible yet");
    }
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
    if (impl.options.max_bytes == 0) {
      return impl.encode(*route->encoder, *route, metadata, samples, sink, stop);
    }
    const auto encode_with = [&](const PackingOptions& options, ByteSink& into) -> Status {
      IP_ASSIGN(auto encoder, impl.codec.create_encoder(route->rendition, options));
      return impl.encode(*encoder, *route, metadata, samples, into, stop);
    };
    IP_ASSIGN(const Bytes best, largest_that_fits(impl.options, impl.codec.info, encode_with));
    return sink.write(best);
  } catch (...) {
    return from_exception();
  }
}

}  // namespace imagepacker
