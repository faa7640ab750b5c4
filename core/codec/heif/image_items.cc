// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/image_items.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "base/byte_reader.h"
#include "base/text.h"
#include "base/try.h"
#include "codec/heif/heif_layout.h"
#include "codec/heif/hevc_reading.h"
#include "codec/heif/image_color.h"

namespace imagepacker::heif {
namespace {

using bmff::StoredItem;
using bmff::StoredItems;

constexpr std::array<std::string_view, 3> kAlphaUrns = {"urn:mpeg:hevc:2015:auxid:1", "urn:mpeg:avc:2015:auxid:1",
                                                        "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"};

/// How many decoded pictures stand in memory at once: the decoder's, with what it notes of every block, and ours.
constexpr int kFramesHeld = 3;

/// Edges of tiles, and codecs' least sizes, are decoded besides what is shown.
constexpr std::uint64_t kSpareSamples = std::uint64_t{1} << 20;

Error broken(const StoredItem& item, std::string_view what) {
  return make_error(Errc::corrupt_input, text("the HEIF file is broken: item ", item.id, " ", what));
}

std::uint64_t area(Size size) {
  return static_cast<std::uint64_t>(size.width) * static_cast<std::uint64_t>(size.height);
}

/// The payload of the item's first property of that type; empty when it has none.
ByteView payload_of(const StoredItems& items, const StoredItem& item, std::string_view type) {
  const bmff::BoxView* const box = items.find_property(item, type);
  return box == nullptr ? ByteView() : box->payload;
}

/// What a coded item, or the tiles of a grid, are made of.
struct Coded {
  Size size;                  ///< of the whole
  std::uint64_t samples = 0;  ///< luma, that the decoder makes
  CodedTiles tiles;
  StreamColor color;  ///< of HEVC
};

Result<Coded> describe_hevc(const StoredItems& items, const StoredItem& item) {
  const auto configuration = parse_hvcc(payload_of(items, item, "hvcC"));
  const auto sps = configuration ? parse_sps(configuration->sps) : std::nullopt;
  if (!sps) {
    return broken(item, "has no sound HEVC configuration");
  }
  if (sps->has_separate_planes || (sps->chroma_format_idc != 0 && sps->luma_depth != sps->chroma_depth)) {
    return make_error(
        Errc::unsupported,
        text("HEIF item ", item.id, " codes its planes apart, or with different depths; ", "that can't be decoded"));
  }
  // The parameter sets in the data must not outgrow the stated ones.
  IP_ASSIGN(const Bytes data, bmff::read_item_data(items, item, items.file.size()));
  const std::uint64_t largest =
      std::max(configuration->largest_picture, largest_picture_in(data, configuration->length_bytes));
  return Coded{.size = sps->shown,
               .samples = largest,
               .tiles = {.items = {item.id},
                         .tile = sps->shown,
                         .chroma_format_idc = sps->chroma_format_idc,
                         .depth = sps->luma_depth},
               .color = sps->color};
}

/// 'av1C', AV1 Codec ISO Media File Format Binding clause 2.3.
Result<Coded> describe_av1(const StoredItems& items, const StoredItem& item) {
  const ByteView configuration = payload_of(items, item, "av1C");
  const auto size = bmff::parse_spatial_extents(payload_of(items, item, "ispe"));
  constexpr int kMaxSide = 65536;
  if (configuration.size() < 4 || !size || std::max(size->width, size->height) > kMaxSide) {
    return broken(item, text("has no sound AV1 configuration, or no size of 1 to ", kMaxSide, " pixels a side"));
  }
  const int flags = std::to_integer<int>(configuration[2]);
  enum : int { kHighDepth = 0x40, kTwelveBit = 0x20, kMonochrome = 0x10, kHalfWidth = 0x08, kHalfHeight = 0x04 };
  CodedTiles tiles{.items = {item.id}, .tile = *size};
  tiles.depth = (flags & kHighDepth) == 0 ? 8 : (flags & kTwelveBit) != 0 ? 12 : 10;
  tiles.chroma_format_idc = (flags & kMonochrome) != 0   ? 0
                            : (flags & kHalfHeight) != 0 ? 1
                            : (flags & kHalfWidth) != 0  ? 2
                                                         : 3;
  return Coded{.size = *size, .samples = area(*size), .tiles = std::move(tiles), .color = {}};
}

/// ISO/IEC 23008-12 clause 6.5.1: an item is not to be shown without those of its properties that are essential.
Status check_essential(const StoredItems& items, const StoredItem& item) {
  // The last two choose among AV1's layers. dav1d gives the highest, and one of another size is refused later.
  constexpr std::array<std::string_view, 13> kKnown = {"hvcC", "av1C", "ispe", "pixi", "colr", "clap", "irot",
                                                       "imir", "auxC", "clli", "mdcv", "a1op", "lsel"};
  for (const std::uint16_t index : item.essential) {
    const std::string_view type = items.properties[index].type;
    if (std::ranges::find(kKnown, type) == kKnown.end()) {
      return make_error(Errc::unsupported, text("HEIF item ", item.id, " can't be decoded: its property '", type,
                                                "' is not known, but stated as essential"));
    }
  }
  return {};
}

Result<Coded> describe_coded(const StoredItems& items, const StoredItem& item) {
  IP_TRY(check_essential(items, item));
  if (item.type == "hvc1") {
    return describe_hevc(items, item);
  }
  if (item.type == "av01") {
    return describe_av1(items, item);
  }
  return make_error(Errc::unsupported, text("HEIF item ", item.id, " is of type '", item.type,
                                            "'; only HEVC and AV1 pictures and grids of them can be decoded"));
}

/// An image whose alpha has alpha, or whose tiles have, may go round in circles.
Status check_without_alpha(const StoredItems& items, std::uint32_t id);

struct Grid {
  int rows = 0, columns = 0;
  Size size;
};

/// ISO/IEC 23008-12 clause 6.6.2.3.2.
Result<Grid> read_grid(const StoredItems& items, const StoredItem& item) {
  constexpr std::size_t kMaxGridBytes = 64;
  IP_ASSIGN(const Bytes data, bmff::read_item_data(items, item, kMaxGridBytes));
  ByteReader reader(data);
  reader.u8();  // version
  const bool is_wide = (reader.u8() & 1) != 0;
  Grid grid;
  grid.rows = reader.u8() + 1;
  grid.columns = reader.u8() + 1;
  const std::uint32_t width = is_wide ? reader.u32be() : reader.u16be();
  const std::uint32_t height = is_wide ? reader.u32be() : reader.u16be();
  constexpr std::uint32_t kMaxSide = 65535;
  if (!reader.ok() || width == 0 || height == 0 || width > kMaxSide || height > kMaxSide) {
    return broken(item, "has no sound grid");
  }
  grid.size = {static_cast<int>(width), static_cast<int>(height)};
  return grid;
}

Result<Coded> describe_grid(const StoredItems& items, const StoredItem& item) {
  IP_TRY(check_essential(items, item));
  IP_ASSIGN(const Grid grid, read_grid(items, item));
  const auto tiles = items.referred("dimg", item.id);
  if (tiles.size() != static_cast<std::size_t>(grid.rows) * static_cast<std::size_t>(grid.columns)) {
    return broken(item, text("has a grid of ", grid.rows, "×", grid.columns, " tiles, but refers to ", tiles.size()));
  }
  std::optional<Coded> whole;
  std::uint64_t data_bytes = 0;
  for (const std::uint32_t id : tiles) {
    const StoredItem* const tile = items.find(id);
    if (tile == nullptr) {
      return broken(item, text("has a tile ", id, " that is not there"));
    }
    // Tiles that share their bytes would make little data much work. Real configurations are shared and short.
    constexpr std::size_t kUsualBytes = 1024;
    const std::size_t configuration_bytes = payload_of(items, *tile, "hvcC").size();
    data_bytes += bmff::item_data_bytes(items, *tile) + (configuration_bytes > kUsualBytes ? configuration_bytes : 0);
    if (data_bytes > items.file.size()) {
      return broken(item, "has tiles with more data than the file");
    }
    IP_TRY(check_without_alpha(items, id));
    IP_ASSIGN(const Coded coded, describe_coded(items, *tile));
    if (!whole) {
      whole = coded;
      whole->tiles.columns = grid.columns;
      continue;
    }
    if (coded.size != whole->size || coded.tiles.chroma_format_idc != whole->tiles.chroma_format_idc ||
        coded.tiles.depth != whole->tiles.depth) {
      return broken(item, "has tiles of different kinds");
    }
    whole->samples += coded.samples;
    whole->tiles.items.push_back(id);
  }
  const auto covers = [](int tile, int count, int side) { return std::int64_t{tile} * count >= side; };
  if (!covers(whole->size.width, grid.columns, grid.size.width) ||
      !covers(whole->size.height, grid.rows, grid.size.height)) {
    return broken(item, "has tiles that do not cover its grid");
  }
  // A chroma sample on the seam of two tiles would belong to both.
  const int chroma = whole->tiles.chroma_format_idc;
  if ((grid.columns > 1 && (chroma == 1 || chroma == 2) && whole->size.width % 2 != 0) ||
      (grid.rows > 1 && chroma == 1 && whole->size.height % 2 != 0)) {
    return make_error(Errc::unsupported, text("HEIF item ", item.id, " has tiles with odd sides and halved chroma"));
  }
  whole->size = grid.size;
  return *whole;
}

/// What the decoder makes may be more than what is shown, by a factor of two and a little.
Status check_limits(const StoredItem& item, const Coded& coded, const UnpackLimits& limits) {
  if (coded.samples / 2 > limits.max_pixels + kSpareSamples) {
    return make_error(Errc::limit_exceeded, text("HEIF item ", item.id, " codes ", coded.samples, " pixels; at most ",
                                                 limits.max_pixels, " are allowed; raise max-pixels to read it"));
  }
  constexpr std::array<std::uint64_t, 4> kHalfSamplesPerPixel = {2, 3, 4, 6};  // by chroma_format_idc
  const std::uint64_t bytes = coded.samples *
                              kHalfSamplesPerPixel[static_cast<std::size_t>(coded.tiles.chroma_format_idc)] / 2 *
                              (coded.tiles.depth > 8 ? 2 : 1);
  if (bytes / 2 > limits.max_memory_bytes / kFramesHeld + kSpareSamples) {
    return make_error(Errc::limit_exceeded, text("HEIF item ", item.id, " decodes to ", bytes, " bytes, ", kFramesHeld,
                                                 " times at once; at most ", limits.max_memory_bytes,
                                                 " are allowed; raise max-memory to read it"));
  }
  return {};
}

Result<Coded> describe_samples(const StoredItems& items, const StoredItem& item, const UnpackLimits& limits) {
  IP_ASSIGN(Coded coded, item.type == "grid" ? describe_grid(items, item) : describe_coded(items, item));
  IP_TRY(check_limits(item, coded, limits));
  return coded;
}

/// The auxiliary image that is alpha of `id`, or nullptr.
const StoredItem* find_alpha(const StoredItems& items, std::uint32_t id) {
  for (const StoredItem* const item : items.referring("auxl", id)) {
    const auto urn = bmff::parse_auxiliary_type(payload_of(items, *item, "auxC"));
    if (urn && std::ranges::find(kAlphaUrns, *urn) != kAlphaUrns.end()) {
      return item;
    }
  }
  return nullptr;
}

Status check_without_alpha(const StoredItems& items, std::uint32_t id) {
  if (const StoredItem* const alpha = find_alpha(items, id)) {
    return make_error(Errc::unsupported, text("HEIF item ", alpha->id, " is alpha of item ", id,
                                              ", a tile or itself alpha; only whole images can have alpha"));
  }
  return {};
}

bool is_premultiplied(const StoredItems& items, std::uint32_t id, std::uint32_t alpha_id) {
  const auto alphas = items.referred("prem", id);
  return std::ranges::find(alphas, alpha_id) != alphas.end();
}

/// Checks the alpha image and enters it.
Status describe_alpha(const StoredItems& items, const UnpackLimits& limits, Size decoded, ImageItem& image) {
  const StoredItem* const alpha = find_alpha(items, image.id);
  if (alpha == nullptr) {
    return {};
  }
  IP_TRY(check_without_alpha(items, alpha->id));
  IP_ASSIGN(Coded coded, describe_samples(items, *alpha, limits));
  if (coded.size != decoded) {
    return make_error(Errc::unsupported, text("the HEIF file's alpha has ", coded.size.width, "×", coded.size.height,
                                              " pixels, its picture ", decoded.width, "×", decoded.height,
                                              "; only alpha of the same size can be read"));
  }
  image.alpha = std::move(coded.tiles);
  image.format.alpha = is_premultiplied(items, image.id, alpha->id) ? Alpha::premultiplied : Alpha::straight;
  return {};
}

}  // namespace

Result<ImageItem> describe_image(const StoredItems& items, std::uint32_t id, const UnpackLimits& limits) {
  const StoredItem* const item = items.find(id);
  if (item == nullptr) {
    return make_error(Errc::corrupt_input, text("the HEIF file is broken: it has no item ", id));
  }
  IP_ASSIGN(const Coded coded, describe_samples(items, *item, limits));
  ImageItem image{.id = id,
                  .color = coded.tiles,
                  .alpha = {},
                  .format = {},
                  .geometry = {.size = coded.size},
                  .icc = read_icc(items, *item)};
  for (const std::uint16_t index : item->properties) {
    const bmff::BoxView& property = items.properties[index];
    if (!image.geometry.apply(property.type, property.payload)) {
      return broken(*item, text("has a broken '", property.type, "' property"));
    }
  }
  IP_TRY(describe_alpha(items, limits, coded.size, image));
  image.format.size = image.geometry.size;
  IP_ASSIGN(image.format.color, read_color(items, *item, coded.tiles, coded.color, image.icc));
  image.format.hdr = read_hdr(items, *item);
  const auto layout = coded_layout(image.color.chroma_format_idc, image.format.color.matrix == Matrix::rgb,
                                   image.color.depth, !image.alpha.items.empty());
  if (!layout) {
    return make_error(Errc::unsupported,
                      text("the HEIF picture has ", image.color.depth, " bits per sample; at most 12 can be read"));
  }
  image.format.layout = *layout;
  ImageFormat decoded = image.format;
  decoded.size = coded.size;
  IP_TRY(check_unpack_limits(decoded, kFramesHeld, limits));
  return image;
}

}  // namespace imagepacker::heif
