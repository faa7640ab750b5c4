// SPDX-License-Identifier: LGPL-2.1-or-later
#include <libheif/heif.h>

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "codec/heif/heif_reading.h"
#include "support/decode.h"

namespace imagepacker::testing {
namespace {

struct Release {
  void operator()(heif_context* context) const { heif_context_free(context); }
  void operator()(heif_image_handle* handle) const { heif_image_handle_release(handle); }
  void operator()(heif_image* image) const { heif_image_release(image); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;

/// Empty when libheif, on which most viewers stand, opens `file` as a picture of `size`, and decodes it.
std::string refused_by_libheif(ByteView file, Size size, bool can_decode) {
  const Owned<heif_context> context(heif_context_alloc());
  heif_error error = heif_context_read_from_memory_without_copy(context.get(), file.data(), file.size(), nullptr);
  if (error.code != heif_error_Ok) {
    return error.message;
  }
  heif_image_handle* raw_handle = nullptr;
  error = heif_context_get_primary_image_handle(context.get(), &raw_handle);
  if (error.code != heif_error_Ok) {
    return error.message;
  }
  const Owned<heif_image_handle> handle(raw_handle);
  const Size seen{heif_image_handle_get_width(raw_handle), heif_image_handle_get_height(raw_handle)};
  const Size turned{size.height, size.width};  // by the file's orientation
  if (seen != size && seen != turned) {
    return text("libheif sees ", seen.width, "x", seen.height, ", the planes are ", size.width, "x", size.height);
  }
  if (!can_decode) {
    return "";
  }
  heif_image* raw_image = nullptr;
  error = heif_decode_image(raw_handle, &raw_image, heif_colorspace_undefined, heif_chroma_undefined, nullptr);
  const Owned<heif_image> image(raw_image);
  return error.code == heif_error_Ok ? "" : error.message;
}

int number16(const Bytes& bytes, std::size_t at) {
  return std::to_integer<int>(bytes[at]) << 8 | std::to_integer<int>(bytes[at + 1]);
}

/// ISO/IEC 14496-12 clause 12.1.5.
void read_color(const heif::ReadItem& item, DecodedImage& image) {
  for (const heif::ReadProperty& property : item.properties) {
    const Bytes& payload = property.payload;
    if (property.type != "colr" || payload.size() < 4) {
      continue;
    }
    if (payload.size() == 11 && std::to_integer<char>(payload[0]) == 'n') {
      image.stated_color = StatedColor{number16(payload, 4), number16(payload, 6), number16(payload, 8),
                                       (std::to_integer<int>(payload[10]) & 0x80) != 0};
    } else {
      image.icc.assign(payload.begin() + 4, payload.end());
    }
  }
}

int log2_ratio(int large, int small) {
  return small > 0 && small < large ? 1 : 0;
}

void take_colors(const std::array<heif::DecodedPlane, 3>& planes, DecodedImage& image) {
  image.size = {planes[0].width, planes[0].height};
  image.depth = planes[0].bits;
  image.model = planes[1].samples.empty() ? ColorModel::gray : ColorModel::yuv;
  image.log2_chroma_w = log2_ratio(planes[0].width, planes[1].width);
  image.log2_chroma_h = log2_ratio(planes[0].height, planes[1].height);
  for (std::size_t c = 0; c < planes.size(); ++c) {
    image.planes[c] = planes[c].samples;
  }
  if (image.stated_color && image.stated_color->matrix == 0 && image.model == ColorModel::yuv) {
    image.model = ColorModel::rgb;  // G, B, R as Y, Cb, Cr: H.273 equations 41 to 43
    std::swap(image.planes[0], image.planes[2]);
    std::swap(image.planes[1], image.planes[2]);
  }
}

}  // namespace

DecodedImage decode_heif(ByteView file) {
  const heif::ReadHeif structure = heif::read_heif(file);
  const heif::ReadItem* const primary = structure.find(structure.primary);
  if (!structure.error.empty() || primary == nullptr) {
    return {.error = structure.error.empty() ? "no primary item" : structure.error};
  }
  DecodedImage image;
  read_color(*primary, image);
  take_colors(heif::decode_item(structure, *primary), image);
  if (const heif::ReadItem* const alpha = structure.find_referring("auxl", primary->id)) {
    image.has_alpha = true;
    image.planes[3] = heif::decode_item(structure, *alpha)[0].samples;
  }
  const bool is_mirrored = primary->find("imir") != nullptr;
  const bool can_decode = !is_mirrored || image.depth == 8;  // libheif 1.15 mirrors pictures of 8 bits only
  image.error = refused_by_libheif(file, image.size, can_decode);
  return image;
}

}  // namespace imagepacker::testing
