// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/png_decoder.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "codec/png/plain_png.h"
#include "codec/png/png_color.h"
#include "codec/png/png_samples.h"
#include "codec/png/zlib_payload.h"
#include "container/png_structure.h"
#include "metadata/exif_document.h"

namespace imagepacker {
namespace {

/// Of a profile and of an XMP packet. Profiles with large tables have some megabytes.
constexpr std::size_t kMaxMetadataBytes = std::size_t{1} << 24;

/// Deflate makes at most this many bytes of one (zlib's technical notes).
constexpr std::uint64_t kMaxDeflateRatio = 1032;

/// More samples than `structure` can hold compressed are a bomb or a cut file: no memory is asked for them.
Status check_data(const PngStructure& structure) {
  const PngHeader& header = structure.header;
  const auto bits = static_cast<std::uint64_t>(header.size.width) * static_cast<std::uint64_t>(header.channels()) *
                    static_cast<std::uint64_t>(header.bit_depth);
  const std::uint64_t row_bytes = (bits + 7) / 8;
  if (row_bytes * static_cast<std::uint64_t>(header.size.height) / kMaxDeflateRatio > structure.idat_bytes) {
    return make_error(Errc::corrupt_input,
                      text("the PNG has ", structure.idat_bytes, " bytes of compressed samples, too few for ",
                           header.size.width, "×", header.size.height, " pixels"));
  }
  return {};
}

/// Whether the decompressed samples may be held as a whole beside a picture of `format`. Not without end, since nobody
/// can cancel that.
bool has_room_for_plain_samples(const PngStructure& structure, const ImageFormat& format, const UnpackLimits& limits) {
  constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 28;
  const std::uint64_t bytes = PlainPng::memory_bytes(structure);
  const std::uint64_t picture = static_cast<std::uint64_t>(plane_row_bytes(format.info(), 0, format.size)) *
                                static_cast<std::uint64_t>(format.size.height);
  return bytes <= kMostBytes && bytes <= limits.max_memory_bytes - std::min(limits.max_memory_bytes, picture);
}

/// `payload` as it is or decompressed; empty, with a sentence in `left_out`, when that fails.
Bytes take_payload(const std::optional<PngPayload>& payload, const char* what, std::vector<std::string>& left_out) {
  if (!payload) {
    left_out.push_back(text("the PNG's ", what, " is left out: its chunk is broken"));
    return {};
  }
  if (!payload->is_compressed) {
    return {payload->bytes.begin(), payload->bytes.end()};
  }
  auto content = inflate_payload(payload->bytes, kMaxMetadataBytes);
  if (!content) {
    left_out.push_back(text("the PNG's ", what, " is left out: ", content.error().message));
    return {};
  }
  return std::move(content).value();
}

Metadata read_metadata(PngStructure& structure) {
  Metadata metadata;
  if (!structure.iccp.empty()) {
    metadata.icc = take_payload(split_iccp(structure.iccp), "ICC profile", structure.left_out);
  }
  if (!structure.xmp.empty()) {
    metadata.xmp = take_payload(split_xmp_itxt(structure.xmp), "XMP", structure.left_out);
  }
  const ByteView exif = without_exif_prefix(structure.exif);
  metadata.exif.assign(exif.begin(), exif.end());
  metadata.orientation = exif_orientation(metadata.exif);
  return metadata;
}

class PngDecoder final : public Decoder {
 public:
  PngDecoder(ByteView file, PngStructure structure, bool has_room, ImageInfo info, Metadata metadata)
      : file_(file),
        structure_(std::move(structure)),
        has_room_(has_room),
        info_(std::move(info)),
        metadata_(std::move(metadata)) {}

  [[nodiscard]] const ImageInfo& info() const override { return info_; }
  [[nodiscard]] const Metadata& metadata() const override { return metadata_; }

  // libpng writes the samples of a row and nothing else.
  [[nodiscard]] bool can_decode_into(const MutableImageView&) const override { return true; }

  Result<DecodedPicture> decode(const DecodeJob& job) override {
    DecodedPicture decoded;
    IP_TRY(place_samples(job, info_.main, decoded.main));
    IP_TRY(read_png_samples(file_, structure_, has_room_, decoded.main.view(), job.stop));
    decoded.metadata = metadata_;
    for (const std::string& sentence : structure_.left_out) {
      job.notices.push_back({Notice::Kind::metadata_dropped, sentence});
    }
    return decoded;
  }

 private:
  ByteView file_;
  PngStructure structure_;
  bool has_room_;  ///< for decompression at once
  ImageInfo info_;
  Metadata metadata_;
};

}  // namespace

Result<std::unique_ptr<Decoder>> open_png(ByteView file, const UnpackLimits& limits) {
  IP_ASSIGN(PngStructure structure, read_png_structure(file));
  ImageInfo info{.format = Format::png, .is_lossless = true};
  info.main.layout = png_layout(structure.header, structure.has_transparency);
  info.main.size = structure.header.size;
  info.main.alpha = info.main.info().has_alpha ? Alpha::straight : Alpha::none;
  IP_TRY(check_unpack_limits(info.main, 1, limits));
  IP_TRY(check_data(structure));
  const bool has_room = has_room_for_plain_samples(structure, info.main, limits);
  Metadata metadata = read_metadata(structure);
  info.main.color = png_color(structure, metadata.icc);
  info.main.hdr = png_hdr_info(structure);
  info.orientation = metadata.orientation;
  return std::unique_ptr<Decoder>(
      std::make_unique<PngDecoder>(file, std::move(structure), has_room, std::move(info), std::move(metadata)));
}

}  // namespace imagepacker
