// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pack/metadata_policy.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "color/icc_profile.h"
#include "container/gain_map_xmp.h"
#include "container/jpeg_signatures.h"
#include "container/jpeg_structure.h"
#include "metadata/exif_document.h"
#include "metadata/icc_check.h"
#include "metadata/xmp_packet.h"

namespace imagepacker {
namespace {

constexpr std::string_view kTiffNamespace = "http://ns.adobe.com/tiff/1.0/";
constexpr std::string_view kExifNamespace = "http://ns.adobe.com/exif/1.0/";

/// JPEG has one segment for Exif, the other formats 4 GiB.
std::size_t max_exif_bytes(Format format) {
  return format == Format::jpeg ? kMaxExifBytes : 0xFFFF'0000;
}

void drop(std::vector<Notice>& notices, std::string message) {
  notices.push_back({Notice::Kind::metadata_dropped, std::move(message)});
}

/// The picture's Exif, if it has one that is wanted and readable.
Result<std::optional<ExifDocument>> read_exif(const Metadata& source, const PackingOptions& options,
                                              std::vector<Notice>& notices) {
  if (!options.keep_exif || source.exif.empty()) {
    return std::optional<ExifDocument>();
  }
  auto document = ExifDocument::parse(source.exif);
  if (document.has_value()) {
    if (const int count = document->unreadable_tags(); count > 0) {
      const std::size_t size = source.exif.size();
      const std::string part = size > kMaxExifBytes ? text(" the first ", kMaxExifBytes, " of") : std::string();
      drop(notices,
           text(count, " tags of the Exif that came with the picture are left out: their values are not inside", " of",
                part, " its ", size, " bytes"));
    }
    return std::optional(std::move(*document));
  }
  if (document.error().code == Errc::out_of_memory) {
    return std::move(document).error();
  }
  drop(notices, text("the Exif that came with the picture is left out: ", document.error().message));
  return std::optional<ExifDocument>();
}

/// Leaves out, in this order, what is too much for the format: the thumbnail, the maker note, all.
Result<Bytes> fit_exif(ExifDocument& document, Format format, std::vector<Notice>& notices) {
  const std::size_t limit = max_exif_bytes(format);
  IP_ASSIGN(Bytes bytes, document.serialize());
  const auto drop_part = [&](std::string_view part) {
    drop(notices, text("the ", part, " is left out: with it Exif takes ", bytes.size(), " bytes, and ", limit,
                       " are what the format holds"));
  };
  if (bytes.size() > limit && document.has_thumbnail()) {
    drop_part("Exif thumbnail");
    document.erase_thumbnail();
    IP_ASSIGN(bytes, document.serialize());
  }
  if (bytes.size() > limit && document.has("Exif.Photo.MakerNote")) {
    drop_part("Exif maker note");
    document.erase("Exif.Photo.MakerNote");
    IP_ASSIGN(bytes, document.serialize());
  }
  if (bytes.size() > limit) {
    drop_part("Exif");
    bytes.clear();
  }
  return bytes;
}

Result<Bytes> packed_exif(const Metadata& source, const MetadataPolicy& policy, Orientation orientation,
                          ByteView thumbnail, std::vector<Notice>& notices) {
  IP_ASSIGN(auto own, read_exif(source, policy.options, notices));
  // Orientation is how the picture looks, not what is known of it: it is written even where Exif is not wanted.
  if (!own && orientation == Orientation::normal && thumbnail.empty()) {
    return Bytes{};
  }
  if (!own) {
    IP_ASSIGN(own, ExifDocument::create());
  }
  ExifDocument& document = *own;
  if (!policy.options.keep_gps) {
    document.erase_gps();
  }
  const bool is_srgb = is_shown_as_srgb(policy.packed.color) && (source.icc.empty() || !policy.options.keep_icc);
  IP_TRY(document.describe_picture(policy.packed.size, is_srgb ? ExifColorSpace::srgb : ExifColorSpace::uncalibrated));
  IP_TRY(document.set_orientation(orientation));
  if (!thumbnail.empty()) {
    if (const Status status = document.set_thumbnail(thumbnail); !status.has_value()) {
      drop(notices, text("the thumbnail is left out: ", status.error().message));
    }
  }
  return fit_exif(document, policy.options.format, notices);
}

Result<Bytes> packed_xmp(const Metadata& source, const MetadataPolicy& policy, std::vector<Notice>& notices) {
  if (!policy.options.keep_xmp || source.xmp.empty()) {
    return Bytes{};
  }
  auto packet = XmpPacket::parse(source.xmp);
  if (!packet.has_value()) {
    if (packet.error().code == Errc::out_of_memory) {
      return std::move(packet).error();
    }
    drop(notices, text("the XMP that came with the picture is left out: ", packet.error().message));
    return Bytes{};
  }
  if (!policy.options.keep_gps) {
    packet->erase_gps();
  }
  // What describes the stored pixels stands in Exif and the format itself; here it would soon contradict them.
  for (const char* name : {"Orientation", "ImageWidth", "ImageLength"}) {
    packet->erase(kTiffNamespace, name);
  }
  for (const char* name : {"PixelXDimension", "PixelYDimension", "ColorSpace"}) {
    packet->erase(kExifNamespace, name);
  }
  // What describes a gain map is written anew by the format that takes one, if there is one.
  for (const std::string_view uri : kGainMapNamespaces) {
    packet->erase_namespace(uri);
  }
  if (packet->is_empty()) {
    return Bytes{};
  }
  return packet->serialize();
}

Bytes packed_icc(const Metadata& source, const MetadataPolicy& policy, std::vector<Notice>& notices) {
  if (!policy.options.keep_icc || source.icc.empty()) {
    return {};
  }
  if (!policy.is_color_kept) {
    drop(notices,
         "the ICC profile that came with the picture is left out: the colours were converted to another space");
    return {};
  }
  if (const Status status = check_icc_profile(source.icc, policy.packed.info().model); !status.has_value()) {
    drop(notices, text("the ICC profile that came with the picture is left out: ", status.error().message));
    return {};
  }
  return source.icc;
}

/// True when a thumbnail is a picture and what its colours mean. Exif wants no other segments in it; thumbnails cut out
/// of larger files have them all the same.
bool is_bare_jpeg(ByteView thumbnail) {
  const auto structure = parse_jpeg(thumbnail);
  return structure.has_value() && structure->bytes.size() == thumbnail.size() && structure->late_applications == 0 &&
         std::ranges::none_of(structure->head, [](const JpegSegment& segment) {
           return segment.is_application_or_comment() && !segment.is_application(0, kJpegJfifSignature) &&
                  !segment.is_application(2, kJpegIccSignature) && !segment.is_application(14, kJpegAdobeSignature);
         });
}

/// The picture's Exif without positions, if they are not wanted, and with that orientation.
Result<Bytes> edited_exif(const Metadata& source, const MetadataPolicy& policy, Orientation orientation,
                          std::vector<Notice>& notices) {
  IP_ASSIGN(auto document, read_exif(source, policy.options, notices));
  if (!document) {
    return packed_exif({}, policy, orientation, {}, notices);
  }
  if (!policy.options.keep_gps) {
    document->erase_gps();
    if (document->has_thumbnail() && !is_bare_jpeg(document->thumbnail())) {
      drop(notices, "the Exif thumbnail is left out: it is more than a bare JPEG, and the rest may hold positions");
      document->erase_thumbnail();
    }
  }
  IP_TRY(document->set_orientation(orientation));
  return fit_exif(*document, policy.options.format, notices);
}

/// `packet` as it is, unless it says of a gain map what is written anew where there is one.
Result<Bytes> xmp_without_gain_map(const Bytes& packet) {
  auto parsed = packet.empty() ? Result<XmpPacket>(make_error(Errc::corrupt_input, "")) : XmpPacket::parse(packet);
  if (!parsed.has_value()) {
    return packet;
  }
  const bool has_any = std::ranges::any_of(kGainMapNamespaces, [&](std::string_view uri) {
    return parsed->has(uri, "Version") || parsed->has(uri, "Directory");
  });
  if (!has_any) {
    return packet;
  }
  for (const std::string_view uri : kGainMapNamespaces) {
    parsed->erase_namespace(uri);
  }
  return parsed->is_empty() ? Result<Bytes>(Bytes{}) : parsed->serialize();
}

/// The picture's own word on how it is stored: the field, else what Exif says.
Orientation stored_orientation(const Metadata& source) {
  const bool is_stated = source.overrides_exif_orientation || source.orientation != Orientation::normal;
  return is_stated ? source.orientation : exif_orientation(source.exif);
}

}  // namespace

Result<Metadata> packed_metadata(const Metadata& source, const MetadataPolicy& policy, ByteView thumbnail,
                                 std::vector<Notice>& notices) {
  Metadata packed;
  packed.orientation =
      policy.options.apply_orientation == Orientation::normal ? stored_orientation(source) : Orientation::normal;
  IP_ASSIGN(packed.exif, packed_exif(source, policy, packed.orientation, thumbnail, notices));
  IP_ASSIGN(packed.xmp, packed_xmp(source, policy, notices));
  packed.icc = packed_icc(source, policy, notices);
  return packed;
}

Result<Metadata> copied_metadata(const Metadata& source, const MetadataPolicy& policy, Orientation stored,
                                 ByteView thumbnail, std::vector<Notice>& notices) {
  const PackingOptions& options = policy.options;
  const bool is_turned = options.apply_orientation != Orientation::normal;
  Metadata copied{.exif = {}, .xmp = {}, .icc = options.keep_icc ? source.icc : Bytes{}, .orientation = stored};
  if (is_turned || !thumbnail.empty() || !options.keep_exif || source.exif.empty()) {
    IP_ASSIGN(copied.exif, packed_exif(source, policy, stored, thumbnail, notices));
  } else if (options.keep_gps && exif_orientation(source.exif) == stored) {
    copied.exif = source.exif;
  } else {
    IP_ASSIGN(copied.exif, edited_exif(source, policy, stored, notices));
  }
  if (is_turned || !options.keep_gps || exif_orientation(source.exif) != stored) {
    IP_ASSIGN(copied.xmp, packed_xmp(source, policy, notices));
  } else if (options.keep_xmp) {
    IP_ASSIGN(copied.xmp, xmp_without_gain_map(source.xmp));
  }
  return copied;
}

}  // namespace imagepacker
