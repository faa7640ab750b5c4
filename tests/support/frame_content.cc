// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/frame_content.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "support/color_math.h"
#include "support/decode.h"
#include "support/test_data.h"

namespace imagepacker::testing {
namespace {

std::size_t pixel_count(Size size) {
  return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
}

/// Codes of one pixel for R'G'B' in 0..1, Y Cb Cr or R G B, as real numbers of `depth` bits.
Triple codes_of(const Triple& rgb, ColorModel model, const ColorSpace& color, int depth) {
  const auto [luma_offset, luma_factor] = luma_scale(color.range, depth);
  if (model == ColorModel::rgb) {
    return {luma_offset + luma_factor * rgb[0], luma_offset + luma_factor * rgb[1], luma_offset + luma_factor * rgb[2]};
  }
  const Triple ypbpr = ypbpr_from_rgb(rgb, color.matrix);
  const auto [chroma_offset, chroma_factor] = chroma_scale(color.range, depth);
  return {luma_offset + luma_factor * ypbpr[0], chroma_offset + chroma_factor * ypbpr[1],
          chroma_offset + chroma_factor * ypbpr[2]};
}

std::uint16_t to_code(double value, int depth) {
  const double largest = std::ldexp(1.0, depth) - 1;
  return static_cast<std::uint16_t>(static_cast<unsigned>(std::lround(std::clamp(value, 0.0, largest)))
                                    << (16 - depth));
}

/// Walks 0 1 2 … n-1 n-1 … 1 0 0 1 …
int mirrored(int position, int length) {
  const int at = position % (2 * length);
  return at < length ? at : 2 * length - 1 - at;
}

}  // namespace

FrameContent noise(Size size, std::uint32_t seed) {
  std::mt19937 random(seed);
  FrameContent content{.size = size, .planes = {}};
  for (auto& plane : content.planes) {
    plane.resize(pixel_count(size));
    std::ranges::generate(plane, [&] { return static_cast<std::uint16_t>(random() >> 16); });
  }
  content.planes[3][0] = 0x5555;  // never opaque throughout, which the packer would drop
  return content;
}

FrameContent photograph(Size size, ColorModel model, const ColorSpace& color, bool opaque) {
  static const DecodedImage photo = decode_jpeg_rgb(read_test_data("coffee.jpg"));
  FrameContent content{.size = size, .planes = {}};
  for (auto& plane : content.planes) {
    plane.resize(pixel_count(size));
  }
  std::size_t i = 0;
  for (int y = 0; y < size.height; ++y) {
    const auto row = static_cast<std::size_t>(mirrored(y, photo.size.height) * photo.size.width);
    for (int x = 0; x < size.width; ++x, ++i) {
      const std::size_t from = row + static_cast<std::size_t>(mirrored(x, photo.size.width));
      const Triple rgb{photo.planes[0][from] / 255.0, photo.planes[1][from] / 255.0, photo.planes[2][from] / 255.0};
      const Triple codes = codes_of(rgb, model, color, 16);
      for (std::size_t c = 0; c < 3; ++c) {
        content.planes[c][i] = to_code(codes[c], 16);
      }
      content.planes[3][i] = to_code(opaque ? 65535 : 65535 - 32768.0 * (x + 1) / size.width, 16);
    }
  }
  return content;
}

FrameContent solid(Size size, ColorModel model, const ColorSpace& color, int depth, const std::array<double, 3>& rgb) {
  const Triple codes = codes_of(rgb, model, color, depth);
  FrameContent content{.size = size, .planes = {}};
  for (std::size_t c = 0; c < 3; ++c) {
    content.planes[c].assign(pixel_count(size), to_code(codes[c], depth));
  }
  content.planes[3].assign(pixel_count(size), 65535);
  return content;
}

}  // namespace imagepacker::testing
