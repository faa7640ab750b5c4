// SPDX-License-Identifier: LGPL-2.1-or-later
#include "imagepacker/unpacker.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "base/exception.h"
#include "base/text.h"
#include "base/try.h"
#include "codec/codec_list.h"
#include "codec/decoder.h"
#include "color/conversion.h"
#include "pack/converted_image.h"
#include "pack/dynamic_range.h"
#include "pack/layout_choice.h"

namespace imagepacker {
namespace {

/// As an editor of bytes shows them.
std::string first_bytes(ByteView file) {
  constexpr std::size_t kMost = 8;
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string shown;
  for (const std::byte byte : file.first(std::min(kMost, file.size()))) {
    const auto value = std::to_integer<std::size_t>(byte);
    shown += shown.empty() ? "" : " ";
    shown += {kDigits[value >> 4], kDigits[value & 15]};
  }
  return shown;
}

Error unknown_format(ByteView file) {
  std::string names;
  for (const CodecDescriptor* codec : codec_list()) {
    if (codec->open_decoder != nullptr) {
      names += text(names.empty() ? "" : ", ", codec->info.long_name);
    }
  }
  if (file.empty()) {
    return make_error(Errc::unsupported, text("the image has no bytes; give a whole file of ", names));
  }
  return make_error(Errc::unsupported,
                    text("the ", file.size(), " bytes begin with ", first_bytes(file), ", like none of ", names,
                         "; give a file of one of these, or decode it first and pack its raw video"));
}

/// What of a decoded picture lives on in an OwnedPicture.
struct Memory {
  ImageBuffer main;
  ImageBuffer gain_map;
};

OwnedPicture own(DecodedPicture decoded) {
  OwnedPicture owned;
  auto memory = std::make_shared<Memory>();
  memory->main = std::move(decoded.main);
  owned.picture.main = std::as_const(memory->main).view();
  if (decoded.gain_map) {
    owned.picture.gain_map = GainMap{.image = decoded.gain_map->view(), .metadata = decoded.gain_map->metadata};
    memory->gain_map = std::move(decoded.gain_map->image);
  }
  owned.picture.metadata = std::move(decoded.metadata);
  owned.duration_ns = decoded.duration_ns;
  owned.memory = std::move(memory);
  return owned;
}

/// The caller's memory for what `decoder` makes, when it can write there.
std::optional<ImageBuffer> borrow_memory(SampleMemory& lender, const Decoder& decoder) {
  const ImageFormat& format = decoder.info().main;
  const auto loan = lender.lend(format);
  if (!loan) {
    return std::nullopt;
  }
  MutableImageView image{.format = format, .planes = {}};
  for (std::size_t p = 0; p < image.planes.size(); ++p) {
    image.planes[p] = {loan->planes[p].bytes, loan->planes[p].stride_bytes};
  }
  if (!validate(image.as_const()) || !decoder.can_decode_into(image)) {
    return std::nullopt;
  }
  return ImageBuffer::borrow(image, loan->memory);
}

}  // namespace

SampleMemory::~SampleMemory() = default;

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

const Metadata& Unpacker::metadata() const {
  return impl_->decoder->metadata();
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
    IP_ASSIGN(ImageInfo info, info_in_range(decoder->info(), options.dynamic_range));
    // The picture as it is in the file and what is made of it stand in memory at once.
    IP_TRY(check_unpack_limits(info.main, info.main == decoder->info().main ? 1 : 2, options.limits));
    IP_ASSIGN(const ImageFormat wanted, choose_unpacked_layout(info.main, options.layouts));
    std::optional<ConversionPlan> plan;
    if (wanted != info.main) {
      // What is converted is held until that is done.
      IP_TRY(check_unpack_limits(wanted, 1, options.limits, sample_bytes(info.main)));
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
    std::optional<ImageBuffer> target;
    if (impl_->options.memory != nullptr && impl_->info.main == impl_->decoder->info().main) {
      target = borrow_memory(*impl_->options.memory, *impl_->decoder);
    }
    const DecodeJob job{.pool = impl_->pool,
                        .stop = stop,
                        .notices = found,
                        .with_gain_map = impl_->options.dynamic_range != DynamicRange::sdr,
                        .target = target ? &*target : nullptr};
    IP_ASSIGN(DecodedPicture decoded, impl_->decoder->decode(job));
    IP_TRY(bring_into_range(decoded, impl_->options.dynamic_range, impl_->pool, stop, found));
    if (impl_->plan) {
      IP_ASSIGN(decoded.main, convert_image(*impl_->plan, std::as_const(decoded.main).view(), impl_->pool, stop));
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
