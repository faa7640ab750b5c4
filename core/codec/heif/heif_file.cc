// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/heif_file.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/byte_writer.h"
#include "base/try.h"
#include "color/icc_profile.h"
#include "container/bmff_properties.h"
#include "hdr/gain_map_metadata.h"
#include "image/turn.h"

namespace imagepacker::heif {
namespace {

using bmff::Item;
using bmff::ItemFile;
using bmff::ItemId;
using bmff::PropertyUse;

constexpr std::string_view kAlphaUrn = "urn:mpeg:hevc:2015:auxid:1";

/// The brands that tell a reader which decoder it needs: 'heic' stands for Main and Main Still Picture, 'heix' for
/// Main 10 and the range extensions (ISO/IEC 23008-12 annex B.4). 'miaf' and 'mif1' are about the boxes.
std::vector<std::string> brands_for(const HevcStill& still) {
  constexpr int kMain = 1;
  constexpr int kMainStillPicture = 3;
  const int profile = profile_idc(still.sets.sps);
  return {profile == kMain || profile == kMainStillPicture ? "heic" : "heix", "mif1", "miaf"};
}

/// Adds a property to `item`. Essential are those without which pixels would come out wrong.
void use(ItemFile& file, Item& item, Bytes property, bool is_essential = false) {
  item.properties.push_back({file.add_property(std::move(property)), is_essential});
}

/// Size, depth and what turns the coded into the visible picture.
void describe_samples(ItemFile& file, Item& item, const ImageFormat& format, Size reconstructed) {
  use(file, item, bmff::image_spatial_extents(reconstructed));
  use(file, item, bmff::pixel_information(format.info().color_component_count(), format.info().depth));
}

/// A gray picture has no matrix; readers want one that is not RGB.
ColorSpace stated_color(const ImageFormat& format) {
  ColorSpace color = format.color;
  if (format.info().model == ColorModel::gray && (color.matrix == Matrix::rgb || color.matrix == Matrix::unspecified)) {
    color.matrix = Matrix::bt601;
  }
  return color;
}

Result<std::vector<PropertyUse>> describe_color(ItemFile& file, const ImageFormat& format, const Metadata& metadata) {
  Item item;
  use(file, item, bmff::color_nclx(stated_color(format)));
  const auto has_code = [](auto code) { return static_cast<int>(code) < kFirstNonH273Code; };
  if (!metadata.icc.empty()) {
    use(file, item, bmff::color_profile(metadata.icc));
  } else if (!has_code(format.color.primaries) || !has_code(format.color.transfer)) {
    IP_ASSIGN(const Bytes icc, make_icc_profile(format.color, format.info().model));
    use(file, item, bmff::color_profile(icc));
  }
  if (format.hdr.content_light_level) {
    use(file, item, bmff::content_light_level(*format.hdr.content_light_level));
  }
  if (format.hdr.mastering_display) {
    use(file, item, bmff::mastering_display(*format.hdr.mastering_display));
  }
  return std::move(item.properties);
}

/// How a reader of HEIF turns the stored pixels: first `quarter_turns` anti-clockwise, then the mirror.
struct ItemTurn {
  int quarter_turns;
  std::optional<bmff::Mirror> mirror;
};

ItemTurn item_turn(Orientation orientation) {
  const Turn turn = turn_of(orientation);
  // A quarter turn is a transposition and a mirroring in y after it, a half turn one in x and y.
  const bool mirrors_y = turn.mirrors_y != turn.transposes;
  const int quarter_turns = (turn.transposes ? 1 : 0) + (turn.mirrors_x && mirrors_y ? 2 : 0);
  if (turn.mirrors_x == mirrors_y) {
    return {quarter_turns, std::nullopt};
  }
  return {quarter_turns, mirrors_y ? bmff::Mirror::top_bottom : bmff::Mirror::left_right};
}

/// The transformative properties, which come after all descriptive ones: crop, rotate, mirror.
void transform(ItemFile& file, Item& item, Size reconstructed, Size visible, Orientation orientation) {
  if (reconstructed != visible) {
    use(file, item, bmff::clean_aperture(reconstructed, visible), true);
  }
  const ItemTurn turn = item_turn(orientation);
  if (turn.quarter_turns != 0) {
    use(file, item, bmff::rotation(turn.quarter_turns), true);
  }
  if (turn.mirror) {
    use(file, item, bmff::mirror(*turn.mirror), true);
  }
}

/// Adds one coded tile, without what is said of the whole image.
Item tile_item(ItemFile& file, HevcStill& still, Bytes configuration, const ImageFormat& format, Size size) {
  Item item{.type = "hvc1"};
  use(file, item, std::move(configuration), true);
  describe_samples(file, item, format, size);
  item.data = std::move(still.data);
  return item;
}

/// 'grid': ISO/IEC 23008-12 clause 6.6.2.3.2, with fields of 16 bit, which hold kMaxPictureDimension.
Bytes grid_payload(const Tiling& tiling) {
  ByteWriter payload;
  payload.u8(0)
      .u8(0)
      .u8(static_cast<std::uint8_t>(tiling.rows - 1))
      .u8(static_cast<std::uint8_t>(tiling.columns - 1))
      .u16be(static_cast<std::uint16_t>(tiling.picture.width))
      .u16be(static_cast<std::uint16_t>(tiling.picture.height));
  return payload.take();
}

void append(std::vector<PropertyUse>& properties, const std::vector<PropertyUse>& more) {
  properties.insert(properties.end(), more.begin(), more.end());
}

/// What is said of an image as a whole: `color` also of its tiles, `role` only of the image.
struct Description {
  std::vector<PropertyUse> color;
  std::vector<PropertyUse> role;
  Orientation orientation;
};

Result<ItemId> add_image(ItemFile& file, CodedImage image, const Description& description, bool is_hidden = false) {
  std::vector<ItemId> tiles;
  Item item{.type = "grid"};
  for (HevcStill& still : image.tiles) {
    IP_ASSIGN(Bytes configuration, decoder_configuration(still.sets, image.format.info()));
    Item tile = tile_item(file, still, std::move(configuration), image.format, image.tiling.tile);
    append(tile.properties, description.color);
    if (!image.tiling.is_grid()) {
      item = std::move(tile);
      break;
    }
    tile.hidden = true;
    IP_ASSIGN(const ItemId id, file.add_item(std::move(tile)));
    tiles.push_back(id);
  }
  if (image.tiling.is_grid()) {
    describe_samples(file, item, image.format, image.tiling.picture);
    append(item.properties, description.color);
    item.data = grid_payload(image.tiling);
  }
  append(item.properties, description.role);
  item.hidden = is_hidden;
  transform(file, item, image.tiling.picture, image.format.size, description.orientation);
  IP_ASSIGN(const ItemId id, file.add_item(std::move(item)));
  if (!tiles.empty()) {
    file.add_reference("dimg", id, std::move(tiles));
  }
  return id;
}

/// Exif as HEIF has it: the length of what precedes the TIFF header, then JPEG's prefix, which some readers insist on.
Bytes exif_payload(ByteView tiff) {
  constexpr std::array<char, 6> kPrefix = {'E', 'x', 'i', 'f', 0, 0};
  ByteWriter payload;
  payload.u32be(kPrefix.size()).append(std::string_view(kPrefix.data(), kPrefix.size())).append(tiff);
  return payload.take();
}

Status add_metadata(ItemFile& file, const Metadata& metadata, ItemId primary) {
  const auto add = [&](std::string type, std::string content_type, Bytes data) -> Status {
    Item item{.type = std::move(type), .content_type = std::move(content_type), .hidden = true};
    item.data = std::move(data);
    IP_ASSIGN(const ItemId id, file.add_item(std::move(item)));
    file.add_reference("cdsc", id, {primary});
    return {};
  };
  if (!metadata.exif.empty()) {
    IP_TRY(add("Exif", {}, exif_payload(metadata.exif)));
  }
  if (!metadata.xmp.empty()) {
    IP_TRY(add("mime", "application/rdf+xml", metadata.xmp));
  }
  return {};
}

/// Adds the map and the 'tmap' item that is derived from it and the primary image, ISO/IEC 23008-12 clause 6.6.2.4.
Status add_gain_map(ItemFile& file, GainMapContent content, const ImageFormat& base, Orientation orientation,
                    ItemId primary) {
  constexpr int kReconstructedBits = 10;
  ColorSpace data = content.image.format.color;
  data.primaries = Primaries::unspecified;
  data.transfer = Transfer::unspecified;
  const Description hidden{
      .color = {{file.add_property(bmff::color_nclx(data)), false}}, .role = {}, .orientation = orientation};
  IP_ASSIGN(const ItemId map, add_image(file, std::move(content.image), hidden, true));

  Item item{.type = "tmap"};
  Size size = base.size;
  if (swaps_sides(orientation)) {
    std::swap(size.width, size.height);
  }
  use(file, item, bmff::image_spatial_extents(size));
  use(file, item, bmff::pixel_information(3, kReconstructedBits));
  use(file, item, bmff::color_nclx(content.alternate));
  if (content.light_level.max_cll > 0) {
    use(file, item, bmff::content_light_level(content.light_level));
  }
  ByteWriter payload;
  payload.u8(0).append(write_iso21496(content.metadata));
  item.data = payload.take();
  IP_ASSIGN(const ItemId tone_map, file.add_item(std::move(item)));
  file.add_reference("dimg", tone_map, {primary, map});
  file.add_group("altr", {tone_map, primary});
  return {};
}

}  // namespace

Result<ItemFile> make_file(HeifContent content) {
  auto brands = brands_for(content.color.tiles.front());
  if (content.gain_map) {
    brands.emplace_back("tmap");
  }
  ItemFile file(std::move(brands));
  const ImageFormat base = content.color.format;
  Description description{.color = {}, .role = {}, .orientation = content.metadata.orientation};
  IP_ASSIGN(description.color, describe_color(file, content.color.format, content.metadata));
  IP_ASSIGN(const ItemId primary, add_image(file, std::move(content.color), description));
  file.set_primary(primary);
  if (content.alpha) {
    description.color.clear();
    description.role = {{file.add_property(bmff::auxiliary_type(kAlphaUrn)), true}};
    IP_ASSIGN(const ItemId alpha, add_image(file, std::move(*content.alpha), description));
    file.add_reference("auxl", alpha, {primary});
  }
  if (content.thumbnail) {
    // Not hidden: readers know by the reference that it is not to be shown beside the primary image, and cameras write
    // it so. Nothing of the primary image applies to it, so that it is turned by properties of its own.
    description.role.clear();
    IP_ASSIGN(description.color, describe_color(file, content.thumbnail->format, content.metadata));
    IP_ASSIGN(const ItemId thumbnail, add_image(file, std::move(*content.thumbnail), description));
    file.add_reference("thmb", thumbnail, {primary});
  }
  if (content.gain_map) {
    IP_TRY(add_gain_map(file, std::move(*content.gain_map), base, content.metadata.orientation, primary));
  }
  IP_TRY(add_metadata(file, content.metadata, primary));
  return file;
}

}  // namespace imagepacker::heif
