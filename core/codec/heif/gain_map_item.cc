// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/gain_map_item.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/byte_reader.h"
#include "base/text.h"
#include "base/try.h"
#include "codec/heif/image_decoding.h"
#include "color/conversion.h"
#include "container/apple_gain_map_reading.h"
#include "hdr/apple_gain_map.h"
#include "hdr/gain_map_image.h"
#include "hdr/gain_map_metadata.h"
#include "imagepacker/options.h"
#include "metadata/xmp_packet.h"

namespace imagepacker::heif {
namespace {

using bmff::StoredItem;
using bmff::StoredItems;

/// A version byte and the payload; with room for what later versions may append.
constexpr std::size_t kMaxToneMapBytes = 4096;

/// The 'tmap' item made of `primary` and a map, and that map's id.
struct ToneMap {
  const StoredItem* item = nullptr;
  std::uint32_t map_id = 0;
};

ToneMap find_tone_map(const StoredItems& items, std::uint32_t primary) {
  for (const StoredItem* const item : items.referring("dimg", primary)) {
    const auto inputs = items.referred("dimg", item->id);
    if (item->type == "tmap" && inputs.size() == 2 && inputs[0] == primary && inputs[1] != primary) {
      return {.item = item, .map_id = inputs[1]};
    }
  }
  return {};
}

Result<GainMapMetadata> read_tone_map(const StoredItems& items, const StoredItem& item) {
  IP_ASSIGN(const Bytes data, bmff::read_item_data(items, item, kMaxToneMapBytes));
  ByteReader reader(data);
  if (const int version = reader.u8(); !reader.ok() || version != 0) {
    return make_error(Errc::unsupported, text("its 'tmap' has version ", version, "; known is 0"));
  }
  IP_ASSIGN(const GainMapMetadata metadata, parse_iso21496(reader.rest()));
  if (metadata.base_hdr_headroom > metadata.alternate_hdr_headroom) {
    return make_error(Errc::unsupported, "its base rendition is the HDR one");
  }
  return metadata;
}

/// What the 'tmap' item says of the HDR rendition, over the base's colour.
ColorSpace alternate_color(const StoredItems& items, const StoredItem& item, ColorSpace color) {
  for (const std::uint16_t index : item.properties) {
    const auto stated =
        items.properties[index].type == "colr" ? bmff::parse_color_nclx(items.properties[index].payload) : std::nullopt;
    if (stated && stated->primaries != Primaries::unspecified) {
      color.primaries = stated->primaries;
    }
    if (stated && stated->transfer != Transfer::unspecified) {
      color.transfer = stated->transfer;
    }
  }
  return color;
}

/// The auxiliary image that Apple's cameras have written since 2020, or nullptr.
const StoredItem* find_apple_map(const StoredItems& items, std::uint32_t primary) {
  constexpr std::string_view kUrn = "urn:com:apple:photo:2020:aux:hdrgainmap";
  for (const StoredItem* const item : items.referring("auxl", primary)) {
    const bmff::BoxView* const box = items.find_property(*item, "auxC");
    if (box != nullptr && bmff::parse_auxiliary_type(box->payload) == kUrn) {
      return item;
    }
  }
  return nullptr;
}

/// True when the stored pixels of `map` lie on those of `primary`, so that one turn serves both.
bool lies_on(const ImageItem& map, const ImageItem& primary) {
  if (map.geometry.orientation == primary.geometry.orientation) {
    return true;
  }
  // A map without a turn may be meant to be turned with its picture: the shape tells.
  return map.geometry.orientation == Orientation::normal &&
         (!swaps_sides(primary.geometry.orientation) || has_shape_of(map.format.size, primary.format.size));
}

/// The packet that describes `item`, or an empty one.
Result<XmpPacket> packet_of(const StoredItems& items, const StoredItem& item) {
  for (const StoredItem* const describing : items.referring("cdsc", item.id)) {
    if (describing->content_type == "application/rdf+xml") {
      IP_ASSIGN(const Bytes data, bmff::read_item_data(items, *describing, kMaxXmpBytes));
      return XmpPacket::parse(data);
    }
  }
  return XmpPacket::create();
}

Status read_apple_map(const StoredItems& items, const StoredItem& item, const Metadata& metadata, GainMapItem& map) {
  IP_ASSIGN(const XmpPacket packet, packet_of(items, item));
  const auto headroom = read_apple_headroom(packet, metadata.exif);
  if (!headroom) {
    return make_error(Errc::corrupt_input, "neither its XMP nor the camera's Exif states the headroom");
  }
  IP_ASSIGN(const AppleGainMap converted, convert_apple_gain_map(*headroom));
  map.metadata = converted.metadata;
  map.code_of = converted.code_of;
  return {};
}

/// True when both chroma planes say gray everywhere, give or take a code: the map has one channel, coded as a colour
/// picture because everybody can decode those.
bool is_neutral(const ImageView& view) {
  const PixelFormatInfo& info = view.format.info();
  const int neutral = 1 << (info.depth - 1);
  const int step = info.depth > 8 ? 2 : 1;
  for (int p = 1; p < 3; ++p) {
    const auto row_bytes = static_cast<int>(plane_row_bytes(info, p, view.format.size));
    for (int y = 0; y < plane_height(info, p, view.format.size); ++y) {
      const std::byte* const row = view.planes[static_cast<std::size_t>(p)].bytes.data() +
                                   static_cast<std::size_t>(y) * view.planes[static_cast<std::size_t>(p)].stride_bytes;
      for (int x = 0; x < row_bytes; x += step) {
        const int value = std::to_integer<int>(row[x]) | (step == 2 ? std::to_integer<int>(row[x + 1]) << 8 : 0);
        if (value < neutral - 1 || value > neutral + 1) {
          return false;
        }
      }
    }
  }
  return true;
}

/// `view` as a gray picture, of its depth and range or of 8 bit in full range; its numbers only.
Result<ImageBuffer> gray_of(ImageView view, bool as_bytes) {
  const int depth = view.format.info().depth;
  view.format.alpha = Alpha::none;
  view.format.hdr = {};
  ImageFormat target = view.format;
  target.layout = depth == 8 || as_bytes ? PixelFormat::gray8
                  : depth == 10          ? PixelFormat::gray10_le16
                                         : PixelFormat::gray12_le16;
  target.color.matrix = view.format.color.matrix == Matrix::rgb ? Matrix::bt601 : view.format.color.matrix;
  target.color.range = as_bytes ? Range::full : view.format.color.range;
  target.color.chroma_site = ChromaSite::unspecified;
  IP_ASSIGN(const ConversionPlan plan, ConversionPlan::create(view.format, target, PackingOptions{}.background));
  ImageBuffer result;
  IP_TRY(result.reset(target));
  IP_TRY(plan.convert(view, 0, target.size.height, result.view()));
  return result;
}

/// Replaces every sample.
void translate(const std::array<std::uint8_t, 256>& code_of, const MutableImageView& view) {
  const std::size_t row_bytes = plane_row_bytes(view.format.info(), 0, view.format.size);
  for (int y = 0; y < view.format.size.height; ++y) {
    for (std::byte& sample :
         view.planes[0].bytes.subspan(static_cast<std::size_t>(y) * view.planes[0].stride_bytes, row_bytes)) {
      sample = static_cast<std::byte>(code_of[std::to_integer<std::size_t>(sample)]);
    }
  }
}

}  // namespace

std::unique_ptr<GainMapItem> find_gain_map(const StoredItems& items, const ImageItem& primary, const Metadata& metadata,
                                           const UnpackLimits& limits, std::vector<Notice>& notices) {
  auto map = std::make_unique<GainMapItem>();
  const auto describe = [&](std::uint32_t id) -> Status {
    IP_ASSIGN(map->image, describe_image(items, id, limits));
    if (!lies_on(map->image, primary)) {
      return make_error(Errc::unsupported, "it is not turned as its picture is");
    }
    return {};
  };
  const auto find = [&]() -> Result<bool> {
    const ToneMap tone_map = find_tone_map(items, primary.id);
    map->alternate = primary.format.color;
    if (tone_map.item != nullptr) {
      IP_ASSIGN(map->metadata, read_tone_map(items, *tone_map.item));
      IP_TRY(describe(tone_map.map_id));
      map->alternate = alternate_color(items, *tone_map.item, primary.format.color);
      return true;
    }
    const StoredItem* const apple = find_apple_map(items, primary.id);
    if (apple == nullptr) {
      return false;
    }
    IP_TRY(read_apple_map(items, *apple, metadata, *map));
    IP_TRY(describe(apple->id));
    return true;
  };
  const Result<bool> found = find();
  if (!found) {
    notices.push_back(
        {Notice::Kind::metadata_dropped, text("the HEIF file's gain map is left out: ", found.error().message)});
  }
  return found && *found ? std::move(map) : nullptr;
}

Result<DecodedGainMap> decode_gain_map(const StoredItems& items, const GainMapItem& map, TaskPool& pool,
                                       const std::stop_token& stop) {
  DecodedGainMap decoded{.image = {}, .metadata = map.metadata, .alternate = map.alternate};
  ImageBuffer samples;
  IP_TRY(decode_image(items, map.image, pool, stop, samples));
  const ImageView view = std::as_const(samples).view();
  if (map.code_of) {
    IP_ASSIGN(decoded.image, gray_of(view, true));
    translate(*map.code_of, decoded.image.view());
  } else if (view.format.info().model == ColorModel::yuv && is_single_channel(map.metadata) && is_neutral(view)) {
    IP_ASSIGN(decoded.image, gray_of(view, false));
  } else {
    decoded.image = std::move(samples);
  }
  return decoded;
}

}  // namespace imagepacker::heif
