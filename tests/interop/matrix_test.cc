// SPDX-License-Identifier: LGPL-2.1-or-later
// Every raw layout, in every output, at sizes that are small, odd and large, read back by decoders that are not ours.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ostream>
#include <string>
#include <vector>

#include "color/reference_conversion.h"
#include "imagepacker/imagepacker.h"
#include "support/decode.h"
#include "support/expected_pixels.h"
#include "support/frame_content.h"
#include "support/pixel_comparison.h"
#include "support/raw_frame.h"

namespace imagepacker::testing {
namespace {

/// Lossless codes are the nearest to the exact value, as far as single precision tells.
double rounding_of(int depth) {
  return 0.5 + 2e-7 * std::ldexp(1.0, depth);
}
constexpr double kLeastPsnr = 38;
constexpr int kLossyQuality = 95;

constexpr std::array<Size, 6> kSizes{{{1, 1}, {2, 2}, {3, 5}, {17, 13}, {640, 480}, {1919, 1079}}};

/// What YCbCr frames are declared as, in turn.
constexpr std::array<ColorSpace, 6> kYuvColors{{
    {Primaries::smpte170m, Transfer::bt601, Matrix::bt601, Range::limited, ChromaSite::left},
    {Primaries::bt709, Transfer::bt709, Matrix::bt709, Range::limited, ChromaSite::left},
    {Primaries::bt709, Transfer::srgb, Matrix::bt601, Range::full, ChromaSite::center},
    {Primaries::bt2020, Transfer::bt2020_10, Matrix::bt2020_ncl, Range::limited, ChromaSite::top_left},
    {Primaries::bt709, Transfer::bt709, Matrix::bt709, Range::full, ChromaSite::top},
    {Primaries::smpte170m, Transfer::bt601, Matrix::bt601, Range::limited, ChromaSite::bottom_left},
}};
constexpr std::array<ColorSpace, 3> kRgbColors{{
    {Primaries::bt709, Transfer::srgb, Matrix::rgb, Range::full, ChromaSite::unspecified},
    {Primaries::smpte_eg432, Transfer::srgb, Matrix::rgb, Range::full, ChromaSite::unspecified},
    {Primaries::bt709, Transfer::srgb, Matrix::rgb, Range::limited, ChromaSite::unspecified},
}};

struct Cell {
  Format output;
  PixelFormat layout;
  std::size_t size_index;

  [[nodiscard]] std::size_t turn() const { return static_cast<std::size_t>(layout) + size_index; }
};

void PrintTo(const Cell& cell, std::ostream* out) {
  *out << pixel_format_info(cell.layout).name;
}

std::vector<Cell> cells(Format output) {
  std::vector<Cell> result;
  if (format_info(output) == nullptr) {
    return result;
  }
  for (const PixelFormatInfo& info : all_pixel_formats()) {
    for (std::size_t size = 0; size < kSizes.size(); ++size) {
      result.push_back({output, info.format, size});
    }
  }
  return result;
}

std::string cell_name(const ::testing::TestParamInfo<Cell>& info) {
  const Size size = kSizes[info.param.size_index];
  return std::string(pixel_format_info(info.param.layout).name) + "_" + std::to_string(size.width) + "x" +
         std::to_string(size.height);
}

class Matrix : public ::testing::TestWithParam<Cell> {
 protected:
  Matrix() {
    const PixelFormatInfo& info = pixel_format_info(GetParam().layout);
    const std::size_t turn = GetParam().turn();
    format_ = {.layout = GetParam().layout,
               .size = kSizes[GetParam().size_index],
               .color = info.model == ColorModel::rgb ? kRgbColors[turn % kRgbColors.size()]
                                                      : kYuvColors[turn % kYuvColors.size()],
               .alpha = info.has_alpha ? Alpha::straight : Alpha::none};
    options_.format = GetParam().output;
    options_.effort = is_large() ? 0 : PackingOptions::kDefaultEffort;
  }

  [[nodiscard]] bool is_large() const { return format_.size.width > 17; }

  /// Packs `content` and reads it back.
  void round_trip(const FrameContent& content) {
    // Never the same stride, and never one that codecs could take for granted; samples stay aligned.
    const std::size_t padding_bytes = 4 + 4 * (GetParam().turn() % 9);
    frame_ = make_frame(content, format_, padding_bytes);
    auto packer = Packer::create(format_, options_, pool_);
    ASSERT_TRUE(packer.has_value()) << packer.error().message;
    packed_ = packer->info().format;
    VectorSink sink;
    const Status status = packer->pack({.main = frame_.view()}, sink);
    ASSERT_TRUE(status.has_value()) << status.error().message;
    decoded_ = decode(options_.format, sink.bytes(), options_.lossless);
    ASSERT_EQ("", describe_mismatch(decoded_, packed_));
  }

  /// The decoded samples are those of the library's own scalar reference.
  void expect_reference() const {
    const ImageView source = frame_.view();
    for (int c = 0; c < 4; ++c) {
      const auto& plane = decoded_.planes[static_cast<std::size_t>(c)];
      const Size size = component_size(packed_.info(), c, packed_.size);
      for (std::size_t i = 0; i < plane.size(); ++i) {
        const int x = static_cast<int>(i) % size.width;
        const int y = static_cast<int>(i) / size.width;
        const double value = reference_value(source, packed_, options_.background, c, x, y);
        ASSERT_NEAR(value, plane[i], rounding_of(decoded_.depth)) << "component " << c << " at " << x << "," << y;
      }
    }
  }

  ImageFormat format_;
  PackingOptions options_;
  TaskPool pool_{1};
  RawFrame frame_;
  ImageFormat packed_;
  DecodedImage decoded_;
};

class LosslessMatrix : public Matrix {};

TEST_P(LosslessMatrix, SamplesAreExact) {
  options_.lossless = true;
  const ColorModel model = format_.info().model;
  ASSERT_NO_FATAL_FAILURE(round_trip(is_large() ? photograph(format_.size, model, format_.color, false)
                                                : noise(format_.size, static_cast<std::uint32_t>(GetParam().turn()))));
  const WorstPixel worst = worst_pixel(decoded_, expected_pixels(frame_, packed_), packed_);
  EXPECT_LE(worst.distance, rounding_of(decoded_.depth)) << worst.place;
  if (!is_large()) {
    expect_reference();
  }
}

class LossyMatrix : public Matrix {};

TEST_P(LossyMatrix, PhotographStaysCloseAtQuality95) {
  options_.quality = kLossyQuality;
  if (options_.format != Format::webp) {
    options_.chroma_subsampling = ChromaSubsampling::yuv444;
  }
  ASSERT_NO_FATAL_FAILURE(round_trip(photograph(format_.size, format_.info().model, format_.color, false)));
  EXPECT_GE(psnr_of_luma(decoded_, expected_pixels(frame_, packed_)), kLeastPsnr);
}

INSTANTIATE_TEST_SUITE_P(Webp, LosslessMatrix, ::testing::ValuesIn(cells(Format::webp)), cell_name);
INSTANTIATE_TEST_SUITE_P(Png, LosslessMatrix, ::testing::ValuesIn(cells(Format::png)), cell_name);
INSTANTIATE_TEST_SUITE_P(Heif, LosslessMatrix, ::testing::ValuesIn(cells(Format::heif)), cell_name);
INSTANTIATE_TEST_SUITE_P(Jpeg, LossyMatrix, ::testing::ValuesIn(cells(Format::jpeg)), cell_name);
INSTANTIATE_TEST_SUITE_P(Webp, LossyMatrix, ::testing::ValuesIn(cells(Format::webp)), cell_name);
INSTANTIATE_TEST_SUITE_P(Heif, LossyMatrix, ::testing::ValuesIn(cells(Format::heif)), cell_name);

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LosslessMatrix);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LossyMatrix);

}  // namespace
}  // namespace imagepacker::testing
