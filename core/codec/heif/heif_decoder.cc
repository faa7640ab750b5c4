// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/heif_decoder.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "base/byte_reader.h"
#include "base/text.h"
#include "base/try.h"
#include "codec/heif/gain_map_item.h"
#include "codec/heif/image_decoding.h"
#include "codec/heif/image_items.h"
#include "codec/heif/stored_quality.h"
#include "container/bmff_structure.h"
#include "metadata/exif_document.h"

namespace imagepacker::heif {
namespace {

using bmff::StoredItem;
using bmff::StoredItems;

/// Of an Exif structure and of an XMP packet.
constexpr std::size_t kMaxMetadataBytes = std::size_t{1} << 24;

void leave_out(std::string_view what, std::string_view why, std::vector<Notice>& notices) {
  notices.push_back({Notice::Kind::metadata_dropped, text("the HEIF file's ", what, " is left out: ", why)});
}

/// The TIFF structure in an 'Exif' item, ISO/IEC 23008-12 annex A.2.1: the distance to it stands first.
Bytes tiff_in(const Bytes& data, std::vector<Notice>& notices) {
  ByteReader reader(data);
  const std::uint32_t distance = reader.u32be();
  reader.take(distance);
  const ByteView tiff = without_exif_prefix(reader.rest());
  if (!reader.ok() || tiff.empty()) {
    leave_out("Exif", "its item is cut", notices);
  }
  return {tiff.begin(), tiff.end()};
}

/// The data of the first item that describes `primary` and that `is_wanted`, or of no one.
template <class IsWanted>
Bytes describing_data(const StoredItems& items, std::uint32_t primary, std::string_view what, IsWanted&& is_wanted,
                      std::vector<Notice>& notices) {
  for (const StoredItem* const item : items.referring("cdsc", primary)) {
    if (is_wanted(*item)) {
      auto data = bmff::read_item_data(items, *item, kMaxMetadataBytes);
      if (data) {
        return std::move(data).value();
      }
      leave_out(what, data.error().message, notices);
      break;
    }
  }
  return {};
}

/// Makes Exif say what the file's properties say, where they differ: whoever reads it later has no properties.
void correct_orientation(Metadata& metadata) {
  if (metadata.exif.empty() || exif_orientation(metadata.exif) == metadata.orientation) {
    return;
  }
  auto document = ExifDocument::parse(metadata.exif);
  if (document && document->set_orientation(metadata.orientation)) {
    if (auto corrected = document->serialize()) {
      metadata.exif = std::move(corrected).value();
    }
  }
}

Metadata read_metadata(const StoredItems& items, const ImageItem& primary, std::vector<Notice>& notices) {
  Metadata metadata;
  metadata.icc = primary.icc;
  const Bytes exif = describing_data(
      items, primary.id, "Exif", [](const StoredItem& item) { return item.type == "Exif"; }, notices);
  if (!exif.empty()) {
    metadata.exif = tiff_in(exif, notices);
  }
  metadata.xmp = describing_data(
      items, primary.id, "XMP", [](const StoredItem& item) { return item.content_type == "application/rdf+xml"; },
      notices);
  metadata.orientation = primary.geometry.orientation;
  correct_orientation(metadata);
  return metadata;
}

class HeifDecoder final : public Decoder {
 public:
  HeifDecoder(StoredItems items, ImageItem primary, std::unique_ptr<GainMapItem> gain_map, Metadata metadata,
              std::vector<Notice> notices)
      : items_(std::move(items)),
        primary_(std::move(primary)),
        gain_map_(std::move(gain_map)),
        metadata_(std::move(metadata)),
        notices_(std::move(notices)),
        info_{.format = Format::heif,
              .main = primary_.format,
              .orientation = primary_.geometry.orientation,
              .has_gain_map = gain_map_ != nullptr,
              .quality = stored_quality(items_, primary_)} {}

  [[nodiscard]] const ImageInfo& info() const override { return info_; }
  [[nodiscard]] const Metadata& metadata() const override { return metadata_; }

  Result<DecodedPicture> decode(const DecodeJob& job) override {
    DecodedPicture decoded;
    IP_TRY(decode_image(items_, primary_, job.pool, job.stop, decoded.main));
    if (gain_map_ != nullptr && job.with_gain_map) {
      IP_ASSIGN(decoded.gain_map, decode_gain_map(items_, *gain_map_, job.pool, job.stop));
    }
    decoded.metadata = metadata_;
    job.notices.insert(job.notices.end(), notices_.begin(), notices_.end());
    return decoded;
  }

 private:
  StoredItems items_;
  ImageItem primary_;
  std::unique_ptr<GainMapItem> gain_map_;  ///< null when there is none
  Metadata metadata_;
  std::vector<Notice> notices_;
  ImageInfo info_;
};

}  // namespace

bool begins_as_heif(ByteView file) {
  constexpr std::array<std::string_view, 12> kBrands = {"heic", "heix", "heim", "heis", "hevc", "hevx",
                                                        "mif1", "mif2", "msf1", "miaf", "avif", "avis"};
  return std::ranges::any_of(bmff::read_brands(file), [&](std::string_view brand) {
    return std::ranges::find(kBrands, brand) != kBrands.end();
  });
}

Result<std::unique_ptr<Decoder>> open_heif(ByteView file, const UnpackLimits& limits) {
  IP_ASSIGN(StoredItems items, bmff::read_items(file));
  std::vector<Notice> notices;
  IP_ASSIGN(ImageItem primary, describe_image(items, items.primary, limits));
  Metadata metadata = read_metadata(items, primary, notices);
  auto gain_map = find_gain_map(items, primary, metadata, limits, notices);
  return std::unique_ptr<Decoder>(std::make_unique<HeifDecoder>(
      std::move(items), std::move(primary), std::move(gain_map), std::move(metadata), std::move(notices)));
}

}  // namespace imagepacker::heif
