// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pack/lossless_copy.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "codec/codec_list.h"
#include "imagepacker/unpacker.h"
#include "metadata/exif_document.h"
#include "pack/metadata_policy.h"
#include "pack/option_check.h"
#include "pack/thumbnail.h"
#include "scale/scaler.h"

namespace imagepacker {
namespace {

Size turned(Size size, Orientation orientation) {
  return swaps_sides(orientation) ? Size{size.height, size.width} : size;
}

/// True when the file's chroma is other than the one asked for.
bool changes_chroma(const PixelFormatInfo& source, ChromaSubsampling wanted) {
  const bool halves_columns = wanted != ChromaSubsampling::yuv444;
  const bool halves_rows = wanted == ChromaSubsampling::yuv420;
  return wanted != ChromaSubsampling::automatic && source.model != ColorModel::gray &&
         (source.model != ColorModel::yuv || source.log2_chroma_w != (halves_columns ? 1 : 0) ||
          source.log2_chroma_h != (halves_rows ? 1 : 0));
}

/// What is asked for that coded samples can't give, as the end of a sentence; empty when there is nothing.
std::string find_obstacle(const ImageInfo& source, const RepackOptions& options, const CodecDescriptor* codec) {
  const PackingOptions& packing = options.packing;
  if (codec == nullptr || codec->copy == nullptr || source.format != packing.format) {
    return "that is possible from JPEG to JPEG only";
  }
  const Size size = turned(source.main.size, packing.apply_orientation);
  if (fit_within(size, packing.max_width, packing.max_height) != size) {
    return text("the picture of ", size.width, "×", size.height, " pixels is to be at most ", packing.max_width, "×",
                packing.max_height);
  }
  if (options.is_quality_given && packing.quality < source.quality.value_or(PackingOptions::kMaxQuality)) {
    return text("quality ", packing.quality, " is asked for, and the file has about ",
                source.quality.value_or(PackingOptions::kMaxQuality));
  }
  if (changes_chroma(source.main.info(), packing.chroma_subsampling)) {
    return "another chroma subsampling is asked for";
  }
  if (packing.desired_dynamic_range == DynamicRange::hdr && !source.has_gain_map) {
    return "HDR is asked for, and the file has no gain map";
  }
  if (!options.icc.empty() && source.main.info().model == ColorModel::rgb) {
    return "a profile is given, and the coded samples may be ink";
  }
  return {};
}

Result<Bytes> make_thumbnail(ByteView file, const RepackOptions& options, TaskPool& pool, const std::stop_token& stop) {
  if (options.packing.thumbnail_size == 0) {
    return Bytes{};
  }
  IP_ASSIGN(
      auto unpacker,
      Unpacker::create(file, {.limits = options.limits, .dynamic_range = DynamicRange::sdr, .layouts = {}}, pool));
  IP_ASSIGN(const OwnedPicture decoded, unpacker.unpack(stop));
  return make_jpeg_thumbnail(decoded.picture.main, options.packing.thumbnail_size, pool, stop);
}

/// The new file's bytes. Errors: unsupported when the codec can't do what is asked for.
Result<Bytes> make_copy(ByteView file, const ImageInfo& source, const RepackOptions& options,
                        const CodecDescriptor& codec, TaskPool& pool, const std::stop_token& stop,
                        std::vector<Notice>& notices, ImageFormat& format) {
  IP_ASSIGN(Metadata metadata, codec.read_metadata(file, notices));
  IP_TRY(edit_metadata(metadata, source.main, options, notices));
  PackingOptions packing = options.packing;
  Orientation stored = metadata.orientation;
  if (options.applies_own_orientation) {
    packing.apply_orientation = stored;
  }
  if (packing.apply_orientation != Orientation::normal) {
    stored = Orientation::normal;
    if (packing.thumbnail_size > 0) {
      return make_error(Errc::unsupported, "the picture is to be turned and to get a thumbnail");
    }
  }
  format = source.main;
  format.size = turned(format.size, packing.apply_orientation);
  IP_ASSIGN(const Bytes thumbnail, make_thumbnail(file, options, pool, stop));
  const MetadataPolicy policy{.options = packing, .packed = format, .is_color_kept = true};
  IP_ASSIGN(const Metadata copied, copied_metadata(metadata, policy, stored, thumbnail, notices));
  VectorSink sink;
  IP_TRY(codec.copy({.file = file,
                     .limits = options.limits,
                     .metadata = copied,
                     .stop = stop,
                     .notices = notices,
                     .keeps_other_metadata = packing.keep_gps,
                     .keeps_gain_map = packing.desired_dynamic_range != DynamicRange::sdr,
                     .turn = packing.apply_orientation,
                     .is_coding_given = options.is_coding_given,
                     .progressive = packing.progressive,
                     .huffman_tables = packing.huffman_tables},
                    sink));
  return sink.take();
}

/// Puts the blobs of the options in place of the file's, made true for its picture like a frame's. What is wrong with
/// one is found here, for a copy does not look into what it takes along.
Status replace_metadata(Metadata& metadata, const ImageFormat& format, const RepackOptions& options,
                        std::vector<Notice>& notices) {
  PackingOptions packing = options.packing;
  packing.apply_orientation = Orientation::normal;
  const MetadataPolicy policy{.options = packing, .packed = format, .is_color_kept = true};
  const Metadata given{.exif = options.exif,
                       .xmp = options.xmp,
                       .icc = options.icc,
                       .orientation = exif_orientation(options.exif),
                       .overrides_exif_orientation = true};
  IP_ASSIGN(Metadata usable, packed_metadata(given, policy, {}, notices));
  const auto document = ExifDocument::parse(options.exif);
  if (!usable.exif.empty() && document.has_value() && document->has_orientation()) {
    metadata.orientation = given.orientation;
  }
  const auto replace = [](Bytes& own, Bytes& other) {
    if (!other.empty()) {
      own = std::move(other);
    }
  };
  replace(metadata.exif, usable.exif);
  replace(metadata.xmp, usable.xmp);
  replace(metadata.icc, usable.icc);
  return {};
}

}  // namespace

Status edit_metadata(Metadata& metadata, const ImageFormat& format, const RepackOptions& options,
                     std::vector<Notice>& notices) {
  if (!options.exif.empty() || !options.xmp.empty() || !options.icc.empty()) {
    IP_TRY(replace_metadata(metadata, format, options, notices));
  }
  if (!options.exif_edits.empty()) {
    IP_ASSIGN(metadata.exif, edit_exif(metadata.exif, options.exif_edits, notices));
  }
  if (!options.xmp_edits.empty()) {
    IP_ASSIGN(metadata.xmp, edit_xmp(metadata.xmp, options.xmp_edits, notices));
  }
  metadata.orientation = options.orientation.value_or(metadata.orientation);
  return {};
}

Result<std::optional<RepackedInfo>> copy_losslessly(ByteView file, const ImageInfo& source,
                                                    const RepackOptions& options, TaskPool& pool, ByteSink& sink,
                                                    const std::stop_token& stop, std::vector<Notice>& notices) {
  const CodecDescriptor* const codec = find_codec(options.packing.format);
  IP_TRY(check_options(options.packing, codec == nullptr ? nullptr : &codec->info));
  const auto refuse = [&](const std::string& why) -> Result<std::optional<RepackedInfo>> {
    if (options.require_lossless_copy) {
      return make_error(Errc::unsupported, text("a lossless copy is required, but ", why,
                                                "; change that, or allow the samples to be coded anew"));
    }
    return std::optional<RepackedInfo>();
  };
  if (const std::string obstacle = find_obstacle(source, options, codec); !obstacle.empty()) {
    return refuse(obstacle);
  }
  std::vector<Notice> found;
  ImageFormat format;
  auto copy = make_copy(file, source, options, *codec, pool, stop, found, format);
  if (!copy.has_value()) {
    return copy.error().code == Errc::unsupported ? refuse(copy.error().message)
                                                  : Result<std::optional<RepackedInfo>>(std::move(copy).error());
  }
  if (options.packing.max_bytes != 0 && copy->size() > options.packing.max_bytes) {
    return refuse(text("it has ", copy->size(), " bytes, more than max-bytes ", options.packing.max_bytes));
  }
  IP_TRY(sink.write(*copy));
  std::ranges::move(found, std::back_inserter(notices));
  return std::optional(
      RepackedInfo{.format = format, .mime_type = codec->info.mime_types.front(), .is_lossless_copy = true});
}

}  // namespace imagepacker
