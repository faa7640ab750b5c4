// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/image_color.h"

#include <optional>

#include "base/text.h"
#include "base/try.h"
#include "codec/heif/coded_picture.h"
#include "color/h273_codes.h"
#include "color/profile_color.h"
#include "container/bmff_property_reading.h"

namespace imagepacker::heif {
namespace {

using bmff::StoredItem;
using bmff::StoredItems;

/// What the first tile's stream says of colour.
Result<StreamColor> stream_color(const StoredItems& items, const CodedTiles& tiles, const StreamColor& hevc) {
  const StoredItem& tile = *items.find(tiles.items.front());
  if (tile.type != "av01") {
    return hevc;
  }
  IP_ASSIGN(const Bytes data, bmff::read_item_data(items, tile, items.file.size()));
  return read_av1_color(data);
}

/// The matrix of H.273's code `stated`, or of the stream's where that says nothing that can be.
Result<Matrix> choose_matrix(int stated, const StreamColor& stream, int chroma_format_idc) {
  constexpr int k444 = 3;
  constexpr auto kRgb = static_cast<int>(Matrix::rgb);
  constexpr auto kUnspecified = static_cast<int>(Matrix::unspecified);
  const auto can_be = [=](int code) { return code != kUnspecified && (code != kRgb || chroma_format_idc == k444); };
  const int code = can_be(stated)               ? stated
                   : can_be(stream.matrix_code) ? stream.matrix_code
                                                : static_cast<int>(Matrix::bt601);
  if (const auto matrix = matrix_of_code(code)) {
    return *matrix;
  }
  if (chroma_format_idc == 0) {
    return Matrix::bt601;  // without effect
  }
  return make_error(Errc::unsupported,
                    text("the HEIF picture's colours are coded with matrix ", code,
                         " of H.273; RGB and those of BT.601, BT.709, BT.2020 (non-constant luminance), SMPTE 240M and "
                         "FCC can be read"));
}

}  // namespace

Result<ColorSpace> read_color(const StoredItems& items, const StoredItem& item, const CodedTiles& tiles,
                              const StreamColor& hevc, ByteView icc) {
  ColorSpace color{
      .primaries = Primaries::unspecified, .transfer = Transfer::unspecified, .matrix = Matrix::unspecified};
  IP_ASSIGN(const StreamColor stream, stream_color(items, tiles, hevc));
  int matrix_code = static_cast<int>(Matrix::unspecified);
  std::optional<ColorSpace> stated;
  for (const std::uint16_t index : item.properties) {
    const bmff::BoxView& property = items.properties[index];
    if (property.type == "colr" && !stated) {
      stated = bmff::parse_color_nclx(property.payload);
      matrix_code = bmff::parse_matrix_code(property.payload).value_or(matrix_code);
    }
  }
  if (stated) {
    color = *stated;
  } else if (stream.range) {
    color.range = *stream.range;
    color.primaries = icc.empty() ? stream.primaries : Primaries::unspecified;
    color.transfer = icc.empty() ? stream.transfer : Transfer::unspecified;
  }
  if (!icc.empty() && !is_hdr(color.transfer)) {
    // Some programs write the codes of sRGB beside every profile.
    const ProfileColor named = profile_color(icc);
    color.primaries = named.primaries != Primaries::unspecified ? named.primaries : color.primaries;
    color.transfer = named.transfer != Transfer::unspecified ? named.transfer : color.transfer;
  } else if (color.primaries == Primaries::unspecified && color.transfer == Transfer::unspecified) {
    color.primaries = Primaries::bt709;
    color.transfer = Transfer::srgb;
  }
  IP_ASSIGN(color.matrix, choose_matrix(matrix_code, stream, tiles.chroma_format_idc));
  if (tiles.chroma_format_idc == 1) {
    color.chroma_site = stream.chroma_site.value_or(ChromaSite::unspecified);
  }
  return color;
}

HdrInfo read_hdr(const StoredItems& items, const StoredItem& item) {
  HdrInfo hdr;
  if (const bmff::BoxView* const box = items.find_property(item, "clli")) {
    hdr.content_light_level = bmff::parse_content_light_level(box->payload);
  }
  if (const bmff::BoxView* const box = items.find_property(item, "mdcv")) {
    hdr.mastering_display = bmff::parse_mastering_display(box->payload);
  }
  return hdr;
}

Bytes read_icc(const StoredItems& items, const StoredItem& item) {
  for (const std::uint16_t index : item.properties) {
    const bmff::BoxView& box = items.properties[index];
    const auto profile = box.type == "colr" ? bmff::parse_color_profile(box.payload) : std::nullopt;
    if (profile) {
      return {profile->begin(), profile->end()};
    }
  }
  return {};
}

}  // namespace imagepacker::heif
