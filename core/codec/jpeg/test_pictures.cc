// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/test_pictures.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace imagepacker::jpeg {
namespace {

class Painter {
 public:
  Painter(Content content, std::uint32_t seed) : content_(content), random_(seed) {
    for (auto& each : pattern_) {
      each = random_();
    }
  }

  int sample(int x, int y) {
    switch (content_) {
      case Content::photo: {
        const double gradient = 110 + 90 * std::sin(x * 0.031) * std::cos(y * 0.017);
        const double edge = (x / 23 + y / 31) % 5 == 0 ? 45 : 0;
        return static_cast<int>(gradient + edge) + static_cast<int>(random_() % 9) - 4;
      }
      case Content::noise:
        return static_cast<int>(random_() % 256);
      case Content::extremes:
        return random_() % 2 == 0 ? 0 : 255;
      case Content::blocks: {
        // The signs of a basis function: its coefficient becomes as large as any can.
        const std::uint32_t which = pattern_[static_cast<std::size_t>((x / 8 * 7 + y / 8 * 13) % 16)];
        const auto cosine = [](int at, int frequency) { return std::cos((2 * at + 1) * frequency * M_PI / 16); };
        const double value = cosine(x % 8, which % 8) * cosine(y % 8, which / 8 % 8);
        return (value > 0) == (which / 64 % 2 == 0) ? 255 : 0;
      }
      case Content::flat:
        return 77;
    }
    return 0;
  }

 private:
  Content content_;
  std::mt19937 random_;
  std::uint32_t pattern_[16];
};

}  // namespace

std::string_view name_of(Content content) {
  constexpr std::string_view kNames[] = {"photo", "noise", "extremes", "blocks", "flat"};
  return kNames[static_cast<int>(content)];
}

ImageBuffer make_picture(PixelFormat layout, Size size, Content content, std::uint32_t seed) {
  const ImageFormat format{.layout = layout,
                           .size = size,
                           .color = {.matrix = Matrix::bt601, .range = Range::full, .chroma_site = ChromaSite::center},
                           .alpha = Alpha::none,
                           .hdr = {}};
  ImageBuffer buffer;
  if (!buffer.reset(format).has_value()) {
    std::abort();
  }
  const MutableImageView view = buffer.view();
  for (int p = 0; p < format.info().plane_count; ++p) {
    Painter painter(content, seed + static_cast<std::uint32_t>(p));
    const auto row_bytes = static_cast<int>(plane_row_bytes(format.info(), p, size));
    for (int y = 0; y < plane_height(format.info(), p, size); ++y) {
      std::byte* const row = view.planes[static_cast<std::size_t>(p)].bytes.data() +
                             static_cast<std::size_t>(y) * view.planes[static_cast<std::size_t>(p)].stride_bytes;
      for (int x = 0; x < row_bytes; ++x) {
        row[x] = static_cast<std::byte>(std::clamp(painter.sample(x, y), 0, 255));
      }
    }
  }
  return buffer;
}

}  // namespace imagepacker::jpeg
