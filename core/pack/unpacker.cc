// SPDX-License-Identifier: LGPL-2.1-or-later
#include "imagepacker/unpacker.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>
#include <utility>

#include "base/exception.h"
#include "base/text.h"
#include "base/try.h"
#include "codec/codec_list.h"
#include "codec/decoder.h"
#include "color/conversion.h"
#include "pack/layout_choice.h"

namespace imagepacker {
namespace {

Error unknown_format(ByteView file) {
  std::string names;
  for (const CodecDescriptor* codec : codec_list()) {
    if (codec->open_decoder != nullptr) {
      names += text(names.empty() ? "" : ", ", codec->info.long_name);
    }
  }
  return make_error(Errc::unsupported, file.empty() ? std::string("the image has no bytes")
                                                    : text("the ", file.size(), " bytes begin like none of ", names));
}

/// What of a decoded picture lives on in an OwnedPicture.
struct Memory {
  ImageBuffer main;
  ImageBuffer gain_map;
};

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

/// `image` as `plan` makes it, in bands on all threads. Bands are made aside and copied because a conversion may write
/// behind the end of a row, into another band's first.
Result<ImageBuffer> converted(const ConversionPlan& plan, const ImageView& image, TaskPool& pool,
                              const std::stop_token& stop) {
  constexpr int kBandRows = 64;
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

OwnedPicture own(DecodedPicture decoded) {
  OwnedPicture owned;
  auto memory = std::make_shared<Memory>();
  memory->main = std::move(decoded.main);
  owned.picture.main = std::as_const(memory->main).view();
  if (decoded.gain_map) {
    memory->gain_map = std::move(decoded.gain_map->image);
    owned.picture.gain_map =
        GainMap{.image = std::as_const(memory->gain_map).view(), .metadata = decoded.gain_map->metadata};
  }
  owned.picture.metadata = std::move(decoded.metadata);
  owned.duration_ns = decoded.duration_ns;
  owned.memory = std::move(memory);
  return owned;
}

}  // namespace

struct Unpacker::Impl {
  UnpackOptions options;
  TaskPool& pool;
  std::unique_ptr<Decoder> decoder;
  ImageInfo info;
  std::optional<ConversionPlan> plan;  ///< to the layout that the caller wants
};

Unpacker::Unpacker(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Unpacker::Unpacker(Unpacker&&) noexcept = default;
Unpacker& Unpacker::operator=(Unpacker&&) noexcept = default;
Unpacker::~Unpacker() = default;

const ImageInfo& Unpacker::info() const {
  return impl_->info;
}

Result<Unpacker> Unpacker::create(ByteView file, const UnpackOptions& options, TaskPool& pool) {
  try {
    const auto codecs = codec_list();
    const auto codec = std::ranges::find_if(codecs, [&](const CodecDescriptor* one) {
      return one->recognizes != nullptr && one->open_decoder != nullptr && one->recognizes(file);
    });
    if (codec == codecs.end()) {
      return unknown_format(file);
    }
    IP_ASSIGN(auto decoder, (*codec)->open_decoder(file, options.limits));
    ImageInfo info = decoder->info();
    IP_ASSIGN(const ImageFormat wanted, choose_unpacked_layout(info.main, options.layouts));
    std::optional<ConversionPlan> plan;
    if (wanted != info.main) {
      IP_TRY(check_unpack_limits(wanted, 1, options.limits));
      IP_ASSIGN(plan, ConversionPlan::create(info.main, wanted, PackingOptions{}.background));
      info.main = wanted;
    }
    return Unpacker(std::unique_ptr<Impl>(new Impl{.options = options,
                                                   .pool = pool,
                                                   .decoder = std::move(decoder),
                                                   .info = std::move(info),
                                                   .plan = std::move(plan)}));
  } catch (...) {
    return error_from_exception("unpacking the image");
  }
}

Result<OwnedPicture> Unpacker::unpack(std::stop_token stop, std::vector<Notice>* notices) {
  try {
    std::vector<Notice> found;
    const DecodeJob job{.pool = impl_->pool, .stop = stop, .notices = found};
    IP_ASSIGN(DecodedPicture decoded, impl_->decoder->decode(job));
    if (impl_->plan) {
      IP_ASSIGN(decoded.main, converted(*impl_->plan, std::as_const(decoded.main).view(), impl_->pool, stop));
    }
    if (notices != nullptr) {
      std::ranges::move(found, std::back_inserter(*notices));
    }
    return own(std::move(decoded));
  } catch (...) {
    return error_from_exception("unpacking the image");
  }
}

}  // namespace imagepacker
