// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/alpha_chunk.h"

#include <algorithm>
#include <memory>
#include <new>
#include <vector>

#include "base/try.h"
#include "codec/webp/vp8l_stream.h"

namespace imagepacker::webp {
namespace {

constexpr int kAlphaPlane = 3;
constexpr int kBandRows = 64;

/// Of the chunk's first byte: the horizontal filter, nothing rounded, and how the rest is coded.
constexpr std::byte kFiltered{1 << 2};
constexpr std::byte kFilteredLossless{1 << 2 | 1};

/// The signature, the size and the version, which the chunk leaves out (RFC 9649 clause 3.4).
constexpr std::size_t kVp8lHeaderBytes = 5;

/// What alpha differs by from its neighbour to the left, or above where there is none, as the green of opaque pixels,
/// which is where the chunk's stream has it. Edges of mattes are soft, so that this halves the bytes of the ones that
/// libwebp's fast methods find no predictors for, and the time of the others.
Result<std::vector<std::uint32_t>> read_filtered_alpha(const RowSource& image, const std::stop_token& stop) {
  const Size size = image.format().size;
  std::vector<std::uint32_t> pixels;
  pixels.reserve(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height));
  std::uint32_t above = 0;
  ImageBuffer scratch;
  for (int first = 0; first < size.height; first += kBandRows) {
    if (stop.stop_requested()) {
      return make_error(Errc::cancelled, "packing was cancelled");
    }
    IP_ASSIGN(const ImageView band, image.rows(first, std::min(kBandRows, size.height - first), scratch));
    const Plane& alpha = band.planes[kAlphaPlane];
    for (int y = 0; y < band.format.size.height; ++y) {
      const ByteView row =
          alpha.bytes.subspan(static_cast<std::size_t>(y) * alpha.stride_bytes, static_cast<std::size_t>(size.width));
      std::uint32_t expected = above;
      for (const std::byte byte : row) {
        const auto sample = std::to_integer<std::uint32_t>(byte);
        pixels.push_back(0xFF000000U | ((sample - expected) & 0xFF) << 8);
        expected = sample;
      }
      above = std::to_integer<std::uint32_t>(row.front());
    }
  }
  return pixels;
}

Bytes uncompressed(const std::vector<std::uint32_t>& pixels) {
  Bytes chunk = {kFiltered};
  chunk.reserve(1 + pixels.size());
  std::ranges::transform(pixels, std::back_inserter(chunk),
                         [](std::uint32_t pixel) { return static_cast<std::byte>(pixel >> 8 & 0xFF); });
  return chunk;
}

}  // namespace

Result<Bytes> make_alpha_chunk(const RowSource& image, const WebPConfig& config, const std::stop_token& stop) {
  IP_ASSIGN(std::vector<std::uint32_t> pixels, read_filtered_alpha(image, stop));
  WebPPicture picture;
  if (WebPPictureInit(&picture) == 0) {
    return make_error(Errc::codec_failed, "libwebp has another interface than the one this was built with");
  }
  const std::unique_ptr<WebPPicture, void (*)(WebPPicture*)> picture_guard(&picture, WebPPictureFree);
  const Size size = image.format().size;
  picture.width = size.width;
  picture.height = size.height;
  picture.use_argb = 1;
  picture.argb = pixels.data();
  picture.argb_stride = size.width;
  IP_ASSIGN(Bytes chunk, make_vp8l_stream(config, picture, stop));
  if (chunk.size() - kVp8lHeaderBytes >= pixels.size()) {
    return uncompressed(pixels);
  }
  chunk.erase(chunk.begin(), chunk.begin() + (kVp8lHeaderBytes - 1));
  chunk.front() = kFilteredLossless;
  return chunk;
}

}  // namespace imagepacker::webp
