// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/decoded_webp.h"

#include <webp/decode.h>

#include <memory>

namespace imagepacker::webp {
namespace {

using Samples = std::unique_ptr<std::uint8_t, void (*)(void*)>;

void append_plane(const std::uint8_t* plane, int stride, Size size, std::vector<std::uint8_t>& out) {
  for (int y = 0; y < size.height; ++y) {
    const std::uint8_t* const row = plane + static_cast<std::ptrdiff_t>(y) * stride;
    out.insert(out.end(), row, row + size.width);
  }
}

bool decode_yuv(const std::uint8_t* data, std::size_t bytes, DecodedWebp& result) {
  Size size;
  std::uint8_t* u = nullptr;
  std::uint8_t* v = nullptr;
  int stride = 0;
  int uv_stride = 0;
  const Samples y(WebPDecodeYUV(data, bytes, &size.width, &size.height, &u, &v, &stride, &uv_stride), WebPFree);
  if (y == nullptr) {
    return false;
  }
  const Size chroma{(size.width + 1) / 2, (size.height + 1) / 2};
  append_plane(y.get(), stride, size, result.yuv[0]);
  append_plane(u, uv_stride, chroma, result.yuv[1]);
  append_plane(v, uv_stride, chroma, result.yuv[2]);
  return true;
}

}  // namespace

DecodedWebp decode_webp(ByteView file) {
  DecodedWebp result;
  const auto* const data = reinterpret_cast<const std::uint8_t*>(file.data());
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(data, file.size(), &features) != VP8_STATUS_OK) {
    result.error = "libwebp finds no WebP file";
    return result;
  }
  result.has_alpha = features.has_alpha != 0;
  result.is_lossless = features.format == 2;
  if (!result.is_lossless && !decode_yuv(data, file.size(), result)) {
    result.error = "libwebp can't decode to YUV";
    return result;
  }
  const Samples bgra(WebPDecodeBGRA(data, file.size(), &result.size.width, &result.size.height), WebPFree);
  if (bgra == nullptr) {
    result.error = "libwebp can't decode to BGRA";
    return result;
  }
  append_plane(bgra.get(), result.size.width * 4, {result.size.width * 4, result.size.height}, result.bgra);
  return result;
}

}  // namespace imagepacker::webp
