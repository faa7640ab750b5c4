// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pack/opacity.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "image/image_buffer.h"

namespace imagepacker {
namespace {

std::vector<PixelFormatInfo> formats_with_alpha() {
  std::vector<PixelFormatInfo> formats;
  for (const PixelFormatInfo& info : all_pixel_formats()) {
    if (info.has_alpha) {
      formats.push_back(info);
    }
  }
  return formats;
}

class EveryAlphaFormat : public ::testing::TestWithParam<PixelFormatInfo> {
 protected:
  void SetUp() override {
    ImageFormat format{.layout = GetParam().format, .size = {37, 131}, .alpha = Alpha::straight};
    if (GetParam().model == ColorModel::yuv) {
      format.color.matrix = Matrix::bt709;
    }
    ASSERT_TRUE(buffer_.reset(format).has_value());
    for (int p = 0; p < GetParam().plane_count; ++p) {
      const auto bytes = buffer_.view().planes[p].bytes;
      std::memset(bytes.data(), 0, bytes.size());
    }
    for (int y = 0; y < format.size.height; ++y) {
      for (int x = 0; x < format.size.width; ++x) {
        set_alpha_bits(x, y, (1U << GetParam().components[3].bits) - 1);
      }
    }
  }

  /// Stores `value` as the alpha of a pixel, and zeros in the other bits of its word.
  void set_alpha_bits(int x, int y, std::uint32_t value) {
    const PixelComponent& alpha = GetParam().components[3];
    const MutablePlane plane = buffer_.view().planes[alpha.plane];
    std::byte* const at = plane.bytes.data() + y * plane.stride_bytes + alpha.offset_bytes +
                          static_cast<std::size_t>(x) * alpha.step_bytes;
    const std::uint32_t word = value << alpha.shift;
    const int word_bytes = GetParam().packing == Packing::bytes ? 1 : GetParam().packing == Packing::dwords_le ? 4 : 2;
    for (int i = 0; i < word_bytes; ++i) {
      const int significance = GetParam().packing == Packing::words_be ? word_bytes - 1 - i : i;
      at[i] = static_cast<std::byte>(word >> (8 * significance));
    }
  }

  bool is_opaque_image() {
    TaskPool pool(2);
    const auto result = is_opaque(std::as_const(buffer_).view(), pool);
    EXPECT_TRUE(result.has_value());
    return result.has_value() && result.value();
  }

  ImageBuffer buffer_;
};

TEST_P(EveryAlphaFormat, IsOpaqueWhenEveryAlphaIsTheLargest) {
  EXPECT_TRUE(is_opaque_image());
}

TEST_P(EveryAlphaFormat, IsNotOpaqueWhenOnePixelIsOneStepBelow) {
  const std::uint32_t almost = (1U << GetParam().components[3].bits) - 2;
  for (const auto& [x, y] : {std::pair{0, 0}, std::pair{36, 130}, std::pair{17, 70}}) {
    set_alpha_bits(x, y, almost);
    EXPECT_FALSE(is_opaque_image()) << x << "," << y;
    set_alpha_bits(x, y, almost + 1);
    EXPECT_TRUE(is_opaque_image());
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryAlphaFormat, ::testing::ValuesIn(formats_with_alpha()),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace imagepacker
