// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/libheif_avif.h"

#include <libheif/heif.h>

#include <cstring>
#include <memory>

namespace imagepacker::heif {

Bytes avif_of(const ImageView& picture) {
  const std::unique_ptr<heif_context, void (*)(heif_context*)> context(heif_context_alloc(), heif_context_free);
  heif_encoder* encoder = nullptr;
  if (heif_context_get_encoder_for_format(context.get(), heif_compression_AV1, &encoder).code != heif_error_Ok) {
    return {};
  }
  heif_encoder_set_lossy_quality(encoder, 90);
  const bool is_gray = picture.format.info().model == ColorModel::gray;
  const Size size = picture.format.size;
  heif_image* image = nullptr;
  heif_image_create(size.width, size.height, is_gray ? heif_colorspace_monochrome : heif_colorspace_YCbCr,
                    is_gray ? heif_chroma_monochrome : heif_chroma_420, &image);
  const ColorSpace& color = picture.format.color;
  heif_color_profile_nclx* const nclx = heif_nclx_color_profile_alloc();
  nclx->color_primaries = static_cast<heif_color_primaries>(color.primaries);
  nclx->transfer_characteristics = static_cast<heif_transfer_characteristics>(color.transfer);
  nclx->matrix_coefficients = static_cast<heif_matrix_coefficients>(color.matrix);
  nclx->full_range_flag = color.range == Range::full ? 1 : 0;
  heif_image_set_nclx_color_profile(image, nclx);
  heif_nclx_color_profile_free(nclx);
  for (int p = 0; p < picture.format.info().plane_count; ++p) {
    const auto channel = static_cast<heif_channel>(p);  // Y, Cb, Cr
    const int width = static_cast<int>(plane_row_bytes(picture.format.info(), p, size));
    const int height = plane_height(picture.format.info(), p, size);
    heif_image_add_plane(image, channel, width, height, 8);
    int stride = 0;
    std::uint8_t* const rows = heif_image_get_plane(image, channel, &stride);
    for (int y = 0; y < height; ++y) {
      std::memcpy(rows + static_cast<std::ptrdiff_t>(y) * stride,
                  picture.planes[static_cast<std::size_t>(p)].bytes.data() +
                      static_cast<std::size_t>(y) * picture.planes[static_cast<std::size_t>(p)].stride_bytes,
                  static_cast<std::size_t>(width));
    }
  }
  const bool is_encoded =
      heif_context_encode_image(context.get(), image, encoder, nullptr, nullptr).code == heif_error_Ok;
  heif_image_release(image);
  heif_encoder_release(encoder);
  Bytes file;
  if (!is_encoded) {
    return file;
  }
  heif_writer writer{.writer_api_version = 1,
                     .write = [](heif_context*, const void* data, std::size_t bytes, void* into) {
                       const auto* const first = static_cast<const std::byte*>(data);
                       static_cast<Bytes*>(into)->assign(first, first + bytes);
                       return heif_error{heif_error_Ok, heif_suberror_Unspecified, ""};
                     }};
  heif_context_write(context.get(), &writer, &file);
  return file;
}

}  // namespace imagepacker::heif
