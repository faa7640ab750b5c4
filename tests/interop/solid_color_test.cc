// SPDX-License-Identifier: LGPL-2.1-or-later
// Plain colours in every matrix, range and depth that cameras and video have, through every output, in decoders that
// are not ours.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ostream>
#include <string>

#include "imagepacker/imagepacker.h"
#include "support/color_math.h"
#include "support/decode.h"
#include "support/frame_content.h"
#include "support/pixel_comparison.h"
#include "support/raw_frame.h"

namespace imagepacker::testing {
namespace {

struct NamedColor {
  const char* name;
  Triple rgb;
};
constexpr std::array<NamedColor, 6> kColors{{
    {"White", {1, 1, 1}},
    {"Black", {0, 0, 0}},
    {"Red", {1, 0, 0}},
    {"Green", {0, 1, 0}},
    {"Blue", {0, 0, 1}},
    {"Gray", {0.5, 0.5, 0.5}},
}};

struct NamedSpace {
  const char* name;
  ColorSpace color;
};
constexpr std::array<NamedSpace, 3> kSpaces{{
    {"Bt601", {Primaries::smpte170m, Transfer::bt601, Matrix::bt601, Range::limited, ChromaSite::left}},
    {"Bt709", {Primaries::bt709, Transfer::bt709, Matrix::bt709, Range::limited, ChromaSite::left}},
    {"Bt2020", {Primaries::bt2020, Transfer::bt2020_10, Matrix::bt2020_ncl, Range::limited, ChromaSite::top_left}},
}};

using Case = std::tuple<Format, NamedColor, NamedSpace, Range, PixelFormat>;

std::string case_name(const ::testing::TestParamInfo<Case>& instance) {
  const auto& [format, color, space, range, layout] = instance.param;
  return std::string(format_info(format)->name) + "_" + color.name + "_" + space.name +
         (range == Range::full ? "_full_" : "_limited_") + std::string(pixel_format_info(layout).name);
}

std::vector<Format> formats_that(bool FormatInfo::*can) {
  std::vector<Format> formats;
  for (const FormatInfo& info : supported_formats()) {
    if (info.*can) {
      formats.push_back(info.format);
    }
  }
  return formats;
}

class SolidColor : public ::testing::TestWithParam<Case> {
 protected:
  /// Packs a frame of the colour and decodes it as R G B where the format means R G B, else as planes.
  void round_trip(bool lossless) {
    const auto& [output, color, space, range, layout] = GetParam();
    ImageFormat format{.layout = layout, .size = {33, 21}, .color = space.color};
    format.color.range = range;
    const RawFrame frame =
        make_frame(solid(format.size, ColorModel::yuv, format.color, format.info().depth, color.rgb), format, 8);
    auto packer = Packer::create(format, {.format = output, .quality = 95, .lossless = lossless}, pool_);
    ASSERT_TRUE(packer.has_value()) << packer.error().message;
    VectorSink sink;
    const Status status = packer->pack({.main = frame.view()}, sink);
    ASSERT_TRUE(status.has_value()) << status.error().message;
    switch (output) {
      case Format::jpeg:
        decoded_ = decode_jpeg_rgb(sink.bytes());
        break;
      case Format::webp:
        decoded_ = decode_webp_rgb(sink.bytes());
        break;
      default:
        decoded_ = decode(output, sink.bytes(), lossless);
    }
    ASSERT_EQ("", decoded_.error);
    ASSERT_EQ(format.size, decoded_.size);
    packed_ = packer->info().format;
  }

  /// The exact value of component `c` in the decoded picture.
  [[nodiscard]] double exact(std::size_t c) const {
    const Triple& rgb = std::get<NamedColor>(GetParam()).rgb;
    if (decoded_.model == ColorModel::rgb) {
      const auto [offset, scale] = luma_scale(Range::full, decoded_.depth);
      return offset + scale * rgb[c];
    }
    const Triple ypbpr = ypbpr_from_rgb(rgb, packed_.color.matrix);
    const auto [offset, scale] =
        c == 0 ? luma_scale(packed_.color.range, decoded_.depth) : chroma_scale(packed_.color.range, decoded_.depth);
    return std::min(offset + scale * ypbpr[c], std::ldexp(1.0, decoded_.depth) - 1);
  }

  /// Every decoded sample is within `distance`, in steps of 8 bits.
  void expect_within(double distance) {
    for (std::size_t c = 0; c < 3; ++c) {
      ASSERT_FALSE(decoded_.planes[c].empty());
      const auto [low, high] = std::ranges::minmax(decoded_.planes[c]);
      const double allowed = std::ldexp(distance, decoded_.depth - 8);
      EXPECT_GE(low, exact(c) - allowed) << "component " << c;
      EXPECT_LE(high, exact(c) + allowed) << "component " << c;
    }
  }

  TaskPool pool_{1};
  DecodedImage decoded_;
  ImageFormat packed_;
};

class SolidColorLossy : public SolidColor {};

TEST_P(SolidColorLossy, ComesBackWithin2) {
  ASSERT_NO_FATAL_FAILURE(round_trip(false));
  expect_within(2);
}

class SolidColorLossless : public SolidColor {};

TEST_P(SolidColorLossless, ComesBackWithin1) {
  ASSERT_NO_FATAL_FAILURE(round_trip(true));
  expect_within(1);
}

/// All cases with the formats that can.
auto cases(bool FormatInfo::*can) {
  return ::testing::Combine(::testing::ValuesIn(formats_that(can)), ::testing::ValuesIn(kColors),
                            ::testing::ValuesIn(kSpaces), ::testing::Values(Range::limited, Range::full),
                            ::testing::Values(PixelFormat::i420, PixelFormat::i420_10le));
}

INSTANTIATE_TEST_SUITE_P(All, SolidColorLossy, cases(&FormatInfo::can_lossy), case_name);
INSTANTIATE_TEST_SUITE_P(All, SolidColorLossless, cases(&FormatInfo::can_lossless), case_name);

}  // namespace
}  // namespace imagepacker::testing
