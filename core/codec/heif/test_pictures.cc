// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/test_pictures.h"

#include <cmath>
#include <cstdlib>
#include <cstring>

namespace imagepacker::heif {
namespace {

std::uint16_t sample(int plane, int x, int y, int bits) {
  const auto mixed = [](int value, std::uint32_t prime) { return static_cast<std::uint32_t>(value) * prime; };
  const auto hash = (mixed(x, 73856093u) ^ mixed(y, 19349663u) ^ mixed(plane, 83492791u)) * 2654435761u;
  const double noise = static_cast<double>(hash >> 24) / 255.0 * 0.03;
  const double wave = 0.5 + 0.3 * std::sin(x * 0.031 + plane) + 0.15 * std::cos(y * 0.043 - plane);
  const double edge = (x / 37 + y / 23) % 5 == 0 ? -0.1 : 0.0;
  const double value = std::fmin(std::fmax(wave + edge + noise, 0.0), 1.0);
  return static_cast<std::uint16_t>(std::lround(value * ((1 << bits) - 1)));
}

int component_of(const PixelFormatInfo& info, int plane) {
  for (int c = 0; c < 4; ++c) {
    if (info.components[c].step_bytes != 0 && info.components[c].plane == plane) {
      return c;
    }
  }
  return 0;
}

}  // namespace

TestPicture::TestPicture(const ImageFormat& format) {
  if (!buffer_.reset(format)) {
    std::abort();
  }
  const PixelFormatInfo& info = format.info();
  const MutableImageView target = buffer_.view();
  for (int p = 0; p < info.plane_count; ++p) {
    const std::size_t unit = info.components[component_of(info, p)].step_bytes;
    const auto columns = static_cast<int>(plane_row_bytes(info, p, format.size) / unit);
    for (int y = 0; y < plane_height(info, p, format.size); ++y) {
      std::byte* const row =
          target.planes[p].bytes.data() + static_cast<std::size_t>(y) * target.planes[p].stride_bytes;
      for (int x = 0; x < columns; ++x) {
        const std::uint16_t value = sample(p, x, y, info.depth);
        std::memcpy(row + static_cast<std::size_t>(x) * unit, &value, unit);
      }
    }
  }
}

std::array<DecodedPlane, 4> TestPicture::planes() const {
  return planes_of(view());
}

std::array<DecodedPlane, 4> planes_of(const ImageView& source) {
  const PixelFormatInfo& info = source.format.info();
  std::array<DecodedPlane, 4> result;
  for (int p = 0; p < info.plane_count; ++p) {
    const int c = component_of(info, p);
    const std::size_t unit = info.components[c].step_bytes;
    // Gray pictures have no second plane; alpha is always the fourth.
    result[c == 3 ? 3 : p] = copy_plane(reinterpret_cast<const std::uint8_t*>(source.planes[p].bytes.data()),
                                        static_cast<std::ptrdiff_t>(source.planes[p].stride_bytes),
                                        {static_cast<int>(plane_row_bytes(info, p, source.format.size) / unit),
                                         plane_height(info, p, source.format.size)},
                                        info.depth);
  }
  return result;
}

double psnr(const DecodedPlane& a, const DecodedPlane& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.samples.size(); ++i) {
    const double difference = static_cast<double>(a.samples[i]) - b.samples[i];
    sum += difference * difference;
  }
  if (sum == 0) {
    return 999;
  }
  const double peak = (1 << a.bits) - 1;
  return 10 * std::log10(peak * peak * static_cast<double>(a.samples.size()) / sum);
}

}  // namespace imagepacker::heif
