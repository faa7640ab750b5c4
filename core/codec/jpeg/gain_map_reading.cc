// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/gain_map_reading.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "color/profile_color.h"
#include "container/apple_gain_map_reading.h"
#include "container/gain_map_xmp.h"
#include "container/jpeg_signatures.h"
#include "container/mpf.h"
#include "hdr/apple_gain_map.h"
#include "hdr/gain_map_metadata.h"

namespace imagepacker::jpeg {
namespace {

/// More images than this are not looked at: depth maps, previews and the like take a few places.
constexpr int kMaxImages = 8;

struct MapMeaning {
  GainMapMetadata metadata;
  std::optional<std::array<std::uint8_t, 256>> code_of;
};

/// The metadata of the image with the segments `head`; empty when it is no gain map.
Result<std::optional<MapMeaning>> read_meaning(std::span<const JpegSegment> head, const Metadata& primary) {
  for (const JpegSegment& segment : head) {
    // The primary image's segment has versions only.
    if (segment.is_application(2, kIso21496Signature) &&
        segment.payload.size() > kIso21496Signature.size() + write_iso21496_versions().size()) {
      IP_ASSIGN(const auto metadata, parse_iso21496(segment.payload.subspan(kIso21496Signature.size())));
      if (metadata.base_hdr_headroom > metadata.alternate_hdr_headroom) {
        return make_error(Errc::unsupported, "a gain map that makes the SDR rendition from an HDR base");
      }
      return std::optional(MapMeaning{metadata, {}});
    }
  }
  for (const JpegSegment& segment : head) {
    if (!segment.is_application(1, kJpegXmpSignature)) {
      continue;
    }
    const auto packet = XmpPacket::parse(segment.payload.subspan(kJpegXmpSignature.size()));
    if (!packet.has_value()) {
      continue;
    }
    IP_ASSIGN(const auto metadata, read_gain_map_packet(*packet));
    if (metadata) {
      return std::optional(MapMeaning{*metadata, {}});
    }
    if (is_apple_gain_map(*packet)) {
      IP_ASSIGN(const auto map, convert_apple_gain_map(read_apple_headroom(*packet, primary.exif).value_or(0)));
      return std::optional(MapMeaning{map.metadata, map.code_of});
    }
  }
  return std::optional<MapMeaning>();
}

/// The next SOI with a marker behind it, from `at` on; the size of `file` when there is none.
std::size_t find_image(ByteView file, std::size_t at) {
  constexpr std::array kBegin = {std::byte{0xFF}, std::byte{0xD8}, std::byte{0xFF}};
  const auto found = std::search(file.begin() + static_cast<std::ptrdiff_t>(std::min(at, file.size())), file.end(),
                                 kBegin.begin(), kBegin.end());
  return static_cast<std::size_t>(found - file.begin());
}

/// A place where an image begins, and what it is.
struct Found {
  ByteView bytes;
  MapMeaning meaning;
};

Result<std::optional<Found>> try_place(ByteView file, std::size_t at, const Metadata& primary) {
  if (at >= file.size() || !is_jpeg(file.subspan(at))) {
    return std::optional<Found>();
  }
  const auto structure = parse_jpeg(file.subspan(at));
  if (!structure.has_value()) {
    return std::optional<Found>();
  }
  IP_ASSIGN(auto meaning, read_meaning(structure->head, primary));
  return meaning ? std::optional(Found{structure->bytes, std::move(*meaning)}) : std::nullopt;
}

Result<std::optional<Found>> search(ByteView file, const JpegImage& primary) {
  const std::size_t behind = primary.structure.bytes.size();
  auto places = mpf_positions(primary.structure);
  std::erase_if(places, [&](std::size_t at) { return at < behind; });
  places.resize(std::min<std::size_t>(places.size(), kMaxImages));
  for (const std::size_t at : places) {
    IP_ASSIGN(auto found, try_place(file, at, primary.metadata));
    if (found) {
      return found;
    }
  }
  std::size_t at = find_image(file, behind);
  for (int image = 0; image < kMaxImages && at < file.size(); ++image) {
    IP_ASSIGN(auto found, try_place(file, at, primary.metadata));
    if (found) {
      return found;
    }
    const auto structure = parse_jpeg(file.subspan(at));
    at = find_image(file, at + (structure.has_value() ? structure->bytes.size() : 2));
  }
  return std::optional<Found>();
}

Result<JpegGainMap> open_found(const Found& found, const JpegImage& primary, const UnpackLimits& limits) {
  JpegGainMap map;
  IP_ASSIGN(map.image, open_jpeg_image(found.bytes, limits));
  map.metadata = found.meaning.metadata;
  map.code_of = found.meaning.code_of;
  if (map.image.way.color == FileColor::cmyk) {
    return make_error(Errc::unsupported, "a gain map of four components");
  }
  map.alternate = primary.format.color;
  if (!map.metadata.use_base_color_space && !map.image.metadata.icc.empty()) {
    const ProfileColor named = profile_color(map.image.metadata.icc);
    if (named.primaries != Primaries::unspecified) {
      map.alternate.primaries = named.primaries;
    }
  }
  // Its samples are data, one for each pixel of the map; its profile is about the rendition that it makes.
  if (map.image.way.color == FileColor::ycbcr && map.image.way.layout != PixelFormat::y444) {
    map.image.way.layout = PixelFormat::y444;
    map.image.way.has_raw_planes = false;
  }
  map.image.format.layout = map.image.way.layout;
  map.image.format.color.chroma_site = ChromaSite::unspecified;
  IP_TRY(check_unpack_limits(map.image.format, 1, limits, sample_bytes(primary.format)));
  return map;
}

}  // namespace

Result<std::optional<JpegGainMap>> find_gain_map(ByteView file, const JpegImage& primary, const UnpackLimits& limits,
                                                 std::vector<Notice>& notices) {
  const auto leave_out = [&](Error error) -> Result<std::optional<JpegGainMap>> {
    if (error.code == Errc::out_of_memory) {
      return error;
    }
    notices.push_back({Notice::Kind::metadata_dropped, text("the gain map is left out: ", error.message)});
    return std::optional<JpegGainMap>();
  };
  auto found = search(file, primary);
  if (!found.has_value()) {
    return leave_out(std::move(found).error());
  }
  if (!*found) {
    return std::optional<JpegGainMap>();
  }
  auto map = open_found(**found, primary, limits);
  if (!map.has_value()) {
    return leave_out(std::move(map).error());
  }
  return std::optional(std::move(*map));
}

Result<DecodedGainMap> decode_gain_map(const JpegGainMap& map, TaskPool& pool, const std::stop_token& stop) {
  DecodedGainMap decoded{
      .image = {}, .metadata = map.metadata, .alternate = map.alternate, .precision = RgbPrecision::bytes};
  IP_TRY(decoded.image.reset(map.image.format));
  IP_TRY(decode_jpeg_image(map.image, decoded.image.view(), pool, stop));
  if (map.code_of) {
    // Gray, as all of Apple's are; or with neutral chroma, which stays so.
    const MutableImageView view = decoded.image.view();
    const MutablePlane& plane = view.planes[0];
    const std::size_t row_bytes = plane_row_bytes(view.format.info(), 0, view.format.size);
    for (int y = 0; y < view.format.size.height; ++y) {
      const auto row = plane.bytes.subspan(static_cast<std::size_t>(y) * plane.stride_bytes, row_bytes);
      for (std::byte& code : row) {
        code = static_cast<std::byte>((*map.code_of)[std::to_integer<std::size_t>(code)]);
      }
    }
  }
  return decoded;
}

}  // namespace imagepacker::jpeg
