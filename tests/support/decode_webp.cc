// SPDX-License-Identifier: LGPL-2.1-or-later
#include <webp/decode.h>

#include <algorithm>

#include "support/decode.h"

namespace imagepacker::testing {
namespace {

const std::uint8_t* data_of(ByteView file) {
  return reinterpret_cast<const std::uint8_t*>(file.data());
}

std::vector<std::uint16_t> plane_of(const std::uint8_t* samples, int stride, int width, int height, int step = 1) {
  std::vector<std::uint16_t> plane;
  plane.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      plane.push_back(samples[static_cast<std::ptrdiff_t>(y) * stride + static_cast<std::ptrdiff_t>(x) * step]);
    }
  }
  return plane;
}

/// The ICCP chunk, found by walking the RIFF container.
Bytes icc_of(ByteView file) {
  std::size_t position = 12;
  while (position + 8 <= file.size()) {
    const std::uint8_t* const chunk = data_of(file) + position;
    const std::size_t length = chunk[4] | chunk[5] << 8 | chunk[6] << 16 | static_cast<std::size_t>(chunk[7]) << 24;
    if (std::equal(chunk, chunk + 4, "ICCP") && position + 8 + length <= file.size()) {
      const ByteView profile = file.subspan(position + 8, length);
      return {profile.begin(), profile.end()};
    }
    position += 8 + length + length % 2;
  }
  return {};
}

DecodedImage decode_webp(ByteView file, WEBP_CSP_MODE mode) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config) || WebPGetFeatures(data_of(file), file.size(), &config.input) != VP8_STATUS_OK) {
    return {.error = "WebPGetFeatures failed"};
  }
  config.output.colorspace = mode;
  if (const VP8StatusCode status = WebPDecode(data_of(file), file.size(), &config); status != VP8_STATUS_OK) {
    return {.error = "WebPDecode failed with " + std::to_string(status)};
  }
  const int width = config.output.width;
  const int height = config.output.height;
  DecodedImage image{.size = {width, height}, .has_alpha = config.input.has_alpha != 0, .icc = icc_of(file)};
  if (mode == MODE_RGBA) {
    const WebPRGBABuffer& rgba = config.output.u.RGBA;
    for (int c = 0; c < (image.has_alpha ? 4 : 3); ++c) {
      image.planes[static_cast<std::size_t>(c)] = plane_of(rgba.rgba + c, rgba.stride, width, height, 4);
    }
  } else {
    const WebPYUVABuffer& yuva = config.output.u.YUVA;
    image.model = ColorModel::yuv;
    image.log2_chroma_w = image.log2_chroma_h = 1;
    image.planes[0] = plane_of(yuva.y, yuva.y_stride, width, height);
    image.planes[1] = plane_of(yuva.u, yuva.u_stride, (width + 1) / 2, (height + 1) / 2);
    image.planes[2] = plane_of(yuva.v, yuva.v_stride, (width + 1) / 2, (height + 1) / 2);
    if (image.has_alpha) {
      image.planes[3] = plane_of(yuva.a, yuva.a_stride, width, height);
    }
  }
  WebPFreeDecBuffer(&config.output);
  return image;
}

}  // namespace

DecodedImage decode_webp_rgb(ByteView file) {
  return decode_webp(file, MODE_RGBA);
}

DecodedImage decode_webp_yuv(ByteView file) {
  return decode_webp(file, MODE_YUVA);
}

}  // namespace imagepacker::testing
