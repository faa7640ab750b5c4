// SPDX-License-Identifier: LGPL-2.1-or-later
// HDR pictures out of gain-map HEIFs against ISO 21496-1 in double precision, with no rounding on the way.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "color/matrix.h"
#include "color/primaries.h"
#include "color/transfer.h"
#include "image/image_buffer.h"
#include "imagepacker/packer.h"
#include "imagepacker/unpacker.h"

namespace imagepacker {
namespace {

constexpr Size kSize{64, 48};
constexpr Size kMapSize{32, 24};

/// Slopes in every component, of full-range 4:2:0 with chroma in the middle of its pixels.
void fill(ImageBuffer& buffer, Size size, Primaries primaries, int step) {
  const ImageFormat format{.layout = PixelFormat::i420,
                           .size = size,
                           .color = {.primaries = primaries,
                                     .matrix = Matrix::bt601,
                                     .range = Range::full,
                                     .chroma_site = ChromaSite::center},
                           .alpha = {},
                           .hdr = {}};
  ASSERT_TRUE(buffer.reset(format).has_value());
  const MutableImageView view = buffer.view();
  for (int p = 0; p < 3; ++p) {
    const MutablePlane& plane = view.planes[static_cast<std::size_t>(p)];
    for (int y = 0; y < plane_height(format.info(), p, size); ++y) {
      for (int x = 0; x < static_cast<int>(plane_row_bytes(format.info(), p, size)); ++x) {
        plane.bytes[static_cast<std::size_t>(y) * plane.stride_bytes + static_cast<std::size_t>(x)] =
            static_cast<std::byte>(p == 0 ? 20 + x * step / 2 + y * 2 : 112 + (x * 3 * p + y * 5) % 33);
      }
    }
  }
}

int sample(const ImageView& view, std::size_t plane, int x, int y) {
  const Plane& at = view.planes[plane];
  return std::to_integer<int>(at.bytes[static_cast<std::size_t>(y) * at.stride_bytes + static_cast<std::size_t>(x)]);
}

/// `value_at` between the centres of `samples`, linearly, at a place of the larger grid `size`.
template <class ValueAt>
double interpolated(Size samples, Size size, int x, int y, const ValueAt& value_at) {
  const double px = std::clamp((x + 0.5) * samples.width / size.width - 0.5, 0.0, samples.width - 1.0);
  const double py = std::clamp((y + 0.5) * samples.height / size.height - 0.5, 0.0, samples.height - 1.0);
  const int x0 = static_cast<int>(px);
  const int y0 = static_cast<int>(py);
  const int x1 = std::min(x0 + 1, samples.width - 1);
  const int y1 = std::min(y0 + 1, samples.height - 1);
  const double above = value_at(x0, y0) + (px - x0) * (value_at(x1, y0) - value_at(x0, y0));
  const double below = value_at(x0, y1) + (px - x0) * (value_at(x1, y1) - value_at(x0, y1));
  return above + (py - y0) * (below - above);
}

/// R'G'B' of a pixel of full-range BT.601 in 8 bit.
Vector3 rgb_of(const ImageView& view, int x, int y) {
  const PixelFormatInfo& info = view.format.info();
  const Size size = view.format.size;
  const Size chroma{size.width >> info.log2_chroma_w, size.height >> info.log2_chroma_h};
  const auto chroma_at = [&](std::size_t plane) {
    return interpolated(chroma, size, x, y, [&](int cx, int cy) { return sample(view, plane, cx, cy); }) - 128;
  };
  const double luma = sample(view, 0, x, y);
  const double cb = chroma_at(1);
  const double cr = chroma_at(2);
  const double red = luma + 1.402 * cr;
  const double blue = luma + 1.772 * cb;
  const double green = (luma - 0.299 * red - 0.114 * blue) / 0.587;
  Vector3 rgb{red, green, blue};
  for (double& value : rgb) {
    value = std::clamp(value / 255, 0.0, 1.0);
  }
  return rgb;
}

/// Stronger than cameras' maps, and without offsets, so that the rounding of codes would show.
GainMapMetadata strong_gain() {
  GainMapMetadata metadata;
  for (std::size_t c = 0; c < 3; ++c) {
    metadata.channels[c] = {.gain_min = -0.25,
                            .gain_max = 5.5 - 0.5 * static_cast<double>(c),
                            .gamma = 1.25,
                            .base_offset = 0,
                            .alternate_offset = 0};
  }
  metadata.alternate_hdr_headroom = 5.5;
  metadata.use_base_color_space = false;
  return metadata;
}

/// PQ codes of 0..1 in BT.2020 for a pixel.
Vector3 exact_pixel(const ImageView& base, const ImageView& map, const GainMapMetadata& metadata, int x, int y) {
  Vector3 light = rgb_of(base, x, y);
  for (double& value : light) {
    value = sdr_to_linear(Transfer::srgb, value);
  }
  light = rgb_to_rgb(base.format.color.primaries, Primaries::bt2020) * light;
  for (std::size_t c = 0; c < 3; ++c) {
    const GainMapMetadata::Channel& channel = metadata.channels[c];
    const double gain =
        interpolated(map.format.size, base.format.size, x, y, [&](int mx, int my) { return rgb_of(map, mx, my)[c]; });
    const double stops = channel.gain_min + (channel.gain_max - channel.gain_min) * std::pow(gain, 1 / channel.gamma);
    light[c] = pq_inverse_eotf(std::max(light[c], 0.0) * std::exp2(stops) * kSdrWhiteNits);
  }
  return light;
}

TEST(HdrPrecision, OfHeifIsThatOfTheResult) {
  if (format_info(Format::heif) == nullptr) {
    GTEST_SKIP() << "this build has no HEIF";
  }
  ImageBuffer base;
  ImageBuffer map;
  fill(base, kSize, Primaries::smpte_eg432, 3);
  fill(map, kMapSize, Primaries::bt2020, 8);
  Picture picture;
  picture.main = std::as_const(base).view();
  picture.gain_map = GainMap{.image = std::as_const(map).view(), .metadata = strong_gain()};
  TaskPool pool(2);
  const auto packer = Packer::create(picture.main.format, {.format = Format::heif, .lossless = true}, pool);
  ASSERT_TRUE(packer.has_value()) << packer.error().message;
  VectorSink sink;
  const Status packed = packer->pack(picture, sink);
  ASSERT_TRUE(packed.has_value()) << packed.error().message;
  const Bytes file = sink.take();

  // What stands in the file; that these planes are right is tested elsewhere.
  auto stored = Unpacker::create(file, {}, pool);
  ASSERT_TRUE(stored.has_value());
  const auto planes = stored->unpack();
  ASSERT_TRUE(planes.has_value() && planes->picture.gain_map.has_value());
  ASSERT_EQ(planes->picture.main.format.layout, PixelFormat::i420);
  const GainMap& gain = *planes->picture.gain_map;
  ASSERT_EQ(gain.image.format.info().model, ColorModel::yuv) << "the map was rounded to R'G'B'";
  ASSERT_EQ(gain.image.format.color.primaries, Primaries::bt2020);

  auto unpacker = Unpacker::create(file, {.dynamic_range = DynamicRange::hdr}, pool);
  ASSERT_TRUE(unpacker.has_value());
  const auto made = unpacker->unpack();
  ASSERT_TRUE(made.has_value()) << made.error().message;
  const ImageView& view = made->picture.main;
  ASSERT_EQ(view.format.layout, PixelFormat::gbr_12le);
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      const Vector3 expected = exact_pixel(planes->picture.main, gain.image, gain.metadata, x, y);
      for (std::size_t c = 0; c < 3; ++c) {
        const std::size_t plane = view.format.info().components[c].plane;
        const int code = sample(view, plane, 2 * x, y) | sample(view, plane, 2 * x + 1, y) << 8;
        // Half a code of 12 bit is the rounding of the result itself.
        ASSERT_NEAR(code, expected[c] * 4095, 0.55) << x << " " << y << " " << c;
      }
    }
  }
}

}  // namespace
}  // namespace imagepacker
