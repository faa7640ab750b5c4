// SPDX-License-Identifier: LGPL-2.1-or-later
#include "imagepacker/repacker.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/exception.h"
#include "base/text.h"
#include "base/try.h"
#include "color/transfer.h"
#include "imagepacker/packer.h"
#include "pack/hdr_policy.h"
#include "pack/lossless_copy.h"

namespace imagepacker {
namespace {

/// In which rendition the old file is read so that the new format can hold most of it.
DynamicRange rendition_for(const ImageInfo& source, const PackingOptions& packing) {
  if (!source.has_gain_map) {
    return DynamicRange::automatic;
  }
  if (packing.desired_dynamic_range == DynamicRange::sdr) {
    return DynamicRange::sdr;
  }
  const FormatInfo* const target = format_info(packing.format);
  const bool writes_gain_map =
      packing.format == Format::jpeg || (packing.format == Format::heif && packing.hdr_layout == HdrLayout::gain_map);
  if (target == nullptr || writes_gain_map) {
    return DynamicRange::automatic;
  }
  return target->can_hdr ? DynamicRange::hdr : DynamicRange::sdr;
}

/// By how much the base of a gain map is to be better than a picture that is not lit up, where nobody says how good:
/// the map multiplies its errors. HEVC of PQ is coded finer for the same reason, so that its qualities promise more
/// than JPEG's. A night photograph goes from JPEG to PQ and back with a mean difference (BT.2124) of 1.9 instead
/// of 2.3.
constexpr int kBetterBase = 5;

PackingOptions packing_for(const ImageInfo& source, const RepackOptions& options) {
  PackingOptions packing = options.packing;
  if (!options.is_quality_given && source.quality && !source.is_lossless) {
    packing.quality = std::min(packing.quality, *source.quality);
  }
  const bool gets_gain_map = packing.format == Format::jpeg && is_hdr(source.main.color.transfer) &&
                             packing.desired_dynamic_range != DynamicRange::sdr;
  if (!options.is_quality_given && gets_gain_map) {
    packing.quality = std::min(packing.quality + kBetterBase, PackingOptions::kMaxQuality);
  }
  // What HDR is made from of a file with 4:4:4 keeps it.
  const PixelFormatInfo& layout = source.main.info();
  if (packing.chroma_subsampling == ChromaSubsampling::automatic && layout.model == ColorModel::yuv &&
      rendition_for(source, packing) == DynamicRange::hdr && layout.log2_chroma_w == 0) {
    packing.chroma_subsampling = ChromaSubsampling::yuv444;
  }
  return packing;
}

/// `options`, asking for SDR where its JPEG can't have the gain map that the source has.
Result<RepackOptions> possible_options(const RepackOptions& options, const ImageInfo& source,
                                       std::vector<Notice>& notices) {
  RepackOptions possible = options;
  DynamicRange& range = possible.packing.desired_dynamic_range;
  const std::string obstacle = find_hdr_jpeg_obstacle(options.packing);
  if (!source.has_gain_map || range == DynamicRange::sdr || obstacle.empty()) {
    return possible;
  }
  if (range == DynamicRange::hdr) {
    return make_error(Errc::unsupported, text("the image is to stay HDR, but ", obstacle));
  }
  range = DynamicRange::sdr;
  notices.push_back(
      {Notice::Kind::tone_mapped, text("the HDR image is packed as its SDR rendition because ", obstacle)});
  return possible;
}

Result<RepackedInfo> repack_file(ByteView file, const RepackOptions& asked, TaskPool& pool, ByteSink& sink,
                                 const std::stop_token& stop, std::vector<Notice>& notices) {
  UnpackOptions reading{.limits = asked.limits};
  IP_ASSIGN(auto unpacker, Unpacker::create(file, reading, pool));
  const ImageInfo source = unpacker.info();
  IP_ASSIGN(const RepackOptions options, possible_options(asked, source, notices));
  IP_ASSIGN(const auto copy, copy_losslessly(file, source, options, pool, sink, stop, notices));
  if (copy) {
    return *copy;
  }
  PackingOptions packing = packing_for(source, options);
  reading.dynamic_range = rendition_for(source, packing);
  // HEVC of 12 bit would be exact, but few decoders know it.
  static constexpr std::array kTenBit = {PixelFormat::gbr_10le, PixelFormat::gbra_10le};
  if (reading.dynamic_range == DynamicRange::hdr && packing.format == Format::heif) {
    reading.layouts = kTenBit;
  }
  if (reading.dynamic_range != DynamicRange::automatic) {
    IP_ASSIGN(unpacker, Unpacker::create(file, reading, pool));
  }
  if (source.frames > 1) {
    notices.push_back({Notice::Kind::frames_dropped,
                       text("the image is an animation of ", source.frames, " frames; only the first is packed")});
  }
  if (source.has_gain_map && reading.dynamic_range == DynamicRange::sdr &&
      packing.desired_dynamic_range != DynamicRange::sdr) {
    if (packing.desired_dynamic_range == DynamicRange::hdr) {
      return make_error(Errc::unsupported, text("the image is HDR, which ", format_info(packing.format)->long_name,
                                                " can't hold; use JPEG, PNG or HEIF, or ask for SDR"));
    }
    notices.push_back({Notice::Kind::tone_mapped, text("the HDR image is packed as its SDR rendition because ",
                                                       format_info(packing.format)->long_name, " has no HDR")});
  }

  if (source.has_gain_map && reading.dynamic_range == DynamicRange::automatic) {
    // The SDR picture and its gain map are HDR.
    packing.desired_dynamic_range = DynamicRange::automatic;
  }

  IP_ASSIGN(OwnedPicture decoded, unpacker.unpack(stop, &notices));
  IP_TRY(edit_metadata(decoded.picture.metadata, decoded.picture.main.format, options, notices));
  if (options.applies_own_orientation) {
    packing.apply_orientation = decoded.picture.metadata.orientation;
  }
  IP_ASSIGN(const Packer packer, Packer::create(decoded.picture.main.format, packing, pool));
  std::ranges::copy(packer.notices(), std::back_inserter(notices));
  IP_TRY(packer.pack(decoded.picture, sink, stop, &notices));
  return RepackedInfo{.format = packer.info().format, .mime_type = packer.info().mime_type};
}

}  // namespace

Result<RepackedInfo> repack(ByteView file, const RepackOptions& options, TaskPool& pool, ByteSink& sink,
                            std::stop_token stop, std::vector<Notice>* notices) {
  try {
    std::vector<Notice> found;
    auto result = repack_file(file, options, pool, sink, stop, found);
    if (notices != nullptr) {
      std::ranges::move(found, std::back_inserter(*notices));
    }
    return result;
  } catch (...) {
    return error_from_exception("packing the image anew");
  }
}

}  // namespace imagepacker
