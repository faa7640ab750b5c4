// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/decoded_heif.h"

#include <libheif/heif.h>

#include <memory>

namespace imagepacker::heif {
namespace {

struct Free {
  void operator()(heif_context* context) const { heif_context_free(context); }
  void operator()(heif_image_handle* handle) const { heif_image_handle_release(handle); }
  void operator()(heif_image* image) const { heif_image_release(image); }
  void operator()(heif_color_profile_nclx* profile) const { heif_nclx_color_profile_free(profile); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

DecodedPlane read_plane(const heif_image* image, heif_channel channel) {
  if (heif_image_has_channel(image, channel) == 0) {
    return {};
  }
  int stride = 0;
  const std::uint8_t* const rows = heif_image_get_plane_readonly(image, channel, &stride);
  return copy_plane(rows, stride, {heif_image_get_width(image, channel), heif_image_get_height(image, channel)},
                    heif_image_get_bits_per_pixel_range(image, channel));
}

Bytes read_metadata(const heif_image_handle* handle, const char* type) {
  heif_item_id id = 0;
  if (heif_image_handle_get_list_of_metadata_block_IDs(handle, type, &id, 1) != 1) {
    return {};
  }
  Bytes bytes(heif_image_handle_get_metadata_size(handle, id));
  if (heif_image_handle_get_metadata(handle, id, bytes.data()).code != heif_error_Ok) {
    return {};
  }
  return bytes;
}

void read_color(const heif_image_handle* handle, DecodedHeif& result) {
  heif_color_profile_nclx* nclx = nullptr;
  if (heif_image_handle_get_nclx_color_profile(handle, &nclx).code == heif_error_Ok) {
    const Owned<heif_color_profile_nclx> owner(nclx);
    result.has_nclx = true;
    result.primaries = nclx->color_primaries;
    result.transfer = nclx->transfer_characteristics;
    result.matrix = nclx->matrix_coefficients;
    result.is_full_range = nclx->full_range_flag != 0;
  }
  result.icc.resize(heif_image_handle_get_raw_color_profile_size(handle));
  if (!result.icc.empty()) {
    heif_image_handle_get_raw_color_profile(handle, result.icc.data());
  }
}

}  // namespace

DecodedHeif decode_heif(ByteView file) {
  DecodedHeif result;
  const auto failed = [&](const heif_error& error) {
    if (error.code != heif_error_Ok) {
      result.error = error.message;
    }
    return error.code != heif_error_Ok;
  };
  const Owned<heif_context> context(heif_context_alloc());
  if (failed(heif_context_read_from_memory_without_copy(context.get(), file.data(), file.size(), nullptr))) {
    return result;
  }
  heif_image_handle* raw_handle = nullptr;
  if (failed(heif_context_get_primary_image_handle(context.get(), &raw_handle))) {
    return result;
  }
  const Owned<heif_image_handle> handle(raw_handle);
  result.width = heif_image_handle_get_width(raw_handle);
  result.height = heif_image_handle_get_height(raw_handle);
  heif_image* raw_image = nullptr;
  if (failed(heif_decode_image(raw_handle, &raw_image, heif_colorspace_undefined, heif_chroma_undefined, nullptr))) {
    return result;
  }
  const Owned<heif_image> image(raw_image);
  // Whether RGB in HEVC's planes is RGB to libheif depends on its version.
  const std::array channels = heif_image_get_colorspace(raw_image) == heif_colorspace_RGB
                                  ? std::array{heif_channel_G, heif_channel_B, heif_channel_R, heif_channel_Alpha}
                                  : std::array{heif_channel_Y, heif_channel_Cb, heif_channel_Cr, heif_channel_Alpha};
  for (std::size_t p = 0; p < result.planes.size(); ++p) {
    result.planes[p] = read_plane(raw_image, channels[p]);
  }
  read_color(raw_handle, result);
  result.exif = read_metadata(raw_handle, "Exif");
  result.xmp = read_metadata(raw_handle, "mime");
  heif_content_light_level level{};
  if (heif_image_has_content_light_level(raw_image) != 0) {
    heif_image_get_content_light_level(raw_image, &level);
    result.max_cll = level.max_content_light_level;
    result.max_pall = level.max_pic_average_light_level;
  }
  return result;
}

}  // namespace imagepacker::heif
