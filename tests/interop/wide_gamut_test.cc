// SPDX-License-Identifier: LGPL-2.1-or-later
// SDR of more than 8 bit and of wide gamuts through every output: what colour-managed viewers show, by decoders that
// are not ours and Little CMS, against the source.
#include <gtest/gtest.h>
#include <lcms2.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "imagepacker/imagepacker.h"
#include "support/color_math.h"
#include "support/decode.h"
#include "support/frame_content.h"
#include "support/raw_frame.h"

namespace imagepacker::testing {
namespace {

using Profile = std::unique_ptr<void, cmsBool (*)(cmsHPROFILE)>;

// H.273 table 2 and Adobe RGB (1998); all have the white of D65.
cmsCIExyYTRIPLE chromaticities_of(Primaries primaries) {
  switch (primaries) {
    case Primaries::bt2020:
      return {{0.708, 0.292, 1}, {0.170, 0.797, 1}, {0.131, 0.046, 1}};
    case Primaries::smpte_eg432:
      return {{0.680, 0.320, 1}, {0.265, 0.690, 1}, {0.150, 0.060, 1}};
    case Primaries::adobe_rgb:
      return {{0.64, 0.33, 1}, {0.21, 0.71, 1}, {0.15, 0.06, 1}};
    default:
      return {{0.640, 0.330, 1}, {0.300, 0.600, 1}, {0.150, 0.060, 1}};
  }
}

cmsToneCurve* curve_of(Transfer transfer) {
  switch (transfer) {
    case Transfer::linear:
      return cmsBuildGamma(nullptr, 1);
    case Transfer::adobe_rgb:
      return cmsBuildGamma(nullptr, 563.0 / 256);
    default: {
      // Camera curves are shown as sRGB.
      const cmsFloat64Number srgb[] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
      return cmsBuildParametricToneCurve(nullptr, 4, srgb);
    }
  }
}

Profile profile_of(Primaries primaries, Transfer transfer) {
  const cmsCIExyY white{0.3127, 0.3290, 1};
  const cmsCIExyYTRIPLE colorants = chromaticities_of(primaries);
  cmsToneCurve* const curve = curve_of(transfer);
  cmsToneCurve* const curves[] = {curve, curve, curve};
  Profile profile(cmsCreateRGBProfile(&white, &colorants, curves), cmsCloseProfile);
  cmsFreeToneCurve(curve);
  return profile;
}

cmsCIELab lab_of(const Profile& profile, const Triple& rgb) {
  const Profile lab(cmsCreateLab4Profile(nullptr), cmsCloseProfile);
  const cmsHTRANSFORM transform =
      cmsCreateTransform(profile.get(), TYPE_RGB_DBL, lab.get(), TYPE_Lab_DBL, INTENT_RELATIVE_COLORIMETRIC,
                         cmsFLAGS_NOOPTIMIZE | cmsFLAGS_NOCACHE);
  cmsCIELab result{};
  cmsDoTransform(transform, rgb.data(), &result, 1);
  cmsDeleteTransform(transform);
  return result;
}

/// What a colour-managed viewer takes the file's numbers for.
Profile profile_of(const DecodedImage& image) {
  if (!image.icc.empty()) {
    return {cmsOpenProfileFromMem(image.icc.data(), static_cast<cmsUInt32Number>(image.icc.size())), cmsCloseProfile};
  }
  if (image.stated_color) {
    return profile_of(static_cast<Primaries>(image.stated_color->primaries),
                      static_cast<Transfer>(image.stated_color->transfer));
  }
  return profile_of(Primaries::bt709, Transfer::srgb);
}

/// R'G'B' of the picture's middle.
Triple middle_of(const DecodedImage& image) {
  Triple value{};
  const Range range = image.stated_color && !image.stated_color->full_range ? Range::limited : Range::full;
  for (std::size_t c = 0; c < 3; ++c) {
    const int shift_x = c == 0 ? 0 : image.log2_chroma_w;
    const int shift_y = c == 0 ? 0 : image.log2_chroma_h;
    const int width = (image.size.width + (1 << shift_x) - 1) >> shift_x;
    const int at = (image.size.height / 2 >> shift_y) * width + (image.size.width / 2 >> shift_x);
    const bool is_chroma = image.model == ColorModel::yuv && c > 0;
    const auto [offset, scale] = is_chroma ? chroma_scale(range, image.depth) : luma_scale(range, image.depth);
    value[c] = (image.planes[c][static_cast<std::size_t>(at)] - offset) / scale;
  }
  if (image.model == ColorModel::yuv) {
    value = rgb_from_ypbpr(value, static_cast<Matrix>(image.stated_color->matrix));
  }
  for (double& component : value) {
    component = std::clamp(component, 0.0, 1.0);
  }
  return value;
}

struct Source {
  const char* name;
  PixelFormat layout;
  ColorSpace color;
};

constexpr Source kSources[] = {
    {"Bt709_10",
     PixelFormat::i422_10le,
     {Primaries::bt709, Transfer::bt709, Matrix::bt709, Range::limited, ChromaSite::left}},
    {"Bt2020_10",
     PixelFormat::p010_10le,
     {Primaries::bt2020, Transfer::bt2020_10, Matrix::bt2020_ncl, Range::limited, ChromaSite::left}},
    {"Bt2020_12",
     PixelFormat::y444_12le,
     {Primaries::bt2020, Transfer::bt2020_12, Matrix::bt2020_ncl, Range::full, ChromaSite::unspecified}},
    {"P3_8",
     PixelFormat::nv12,
     {Primaries::smpte_eg432, Transfer::srgb, Matrix::bt709, Range::limited, ChromaSite::left}},
    {"P3_16", PixelFormat::rgba64_le, {Primaries::smpte_eg432, Transfer::srgb}},
    {"AdobeRgb_16", PixelFormat::argb64_le, {Primaries::adobe_rgb, Transfer::adobe_rgb}},
    {"Linear_16", PixelFormat::rgba64_le, {Primaries::bt2020, Transfer::linear}},
};

constexpr Triple kColors[] = {{1, 0, 0},     {0, 1, 0},       {0, 0, 1},       {0, 1, 1},
                              {1, 0, 1},     {1, 1, 0},       {1, 1, 1},       {0.78, 0.57, 0.46},
                              {0, 0.3, 0.9}, {0.5, 0.5, 0.5}, {0.2, 0.7, 0.1}, {0.25, 0.1, 0.1}};

class WideGamut : public ::testing::TestWithParam<std::tuple<Format, Source>> {};

TEST_P(WideGamut, LooksAsTheSourceDoes) {
  const auto& [output, source] = GetParam();
  const ImageFormat format{.layout = source.layout, .size = {48, 48}, .color = source.color};
  TaskPool pool(1);
  const auto packer = Packer::create(format, {.format = output, .quality = 95}, pool);
  ASSERT_TRUE(packer.has_value()) << packer.error().message;
  // Half a step of the fewest bits on the way, and what lossy coding adds.
  const int depth = std::min(format.info().depth, packer->info().format.info().depth);
  const double allowed = depth == 8 ? 0.8 : 0.2;
  double worst = 0;
  for (const Triple& rgb : kColors) {
    const RawFrame frame =
        make_frame(solid(format.size, format.info().model, format.color, format.info().depth, rgb), format, 8);
    VectorSink sink;
    ASSERT_TRUE(packer->pack({.main = frame.view()}, sink).has_value());
    const DecodedImage image = output == Format::jpeg   ? decode_jpeg_rgb(sink.bytes())
                               : output == Format::webp ? decode_webp_rgb(sink.bytes())
                                                        : decode(output, sink.bytes(), false);
    ASSERT_EQ("", image.error);
    const cmsCIELab wanted = lab_of(profile_of(source.color.primaries, source.color.transfer), rgb);
    const cmsCIELab found = lab_of(profile_of(image), middle_of(image));
    const double distance = cmsCIE2000DeltaE(&wanted, &found, 1, 1, 1);
    worst = std::max(worst, distance);
    EXPECT_LE(distance, allowed) << rgb[0] << " " << rgb[1] << " " << rgb[2];
  }
  RecordProperty("worst", std::to_string(worst));
}

std::vector<Format> formats() {
  std::vector<Format> formats;
  for (const FormatInfo& info : supported_formats()) {
    formats.push_back(info.format);
  }
  return formats;
}

INSTANTIATE_TEST_SUITE_P(All, WideGamut,
                         ::testing::Combine(::testing::ValuesIn(formats()), ::testing::ValuesIn(kSources)),
                         [](const auto& instance) {
                           return std::string(format_info(std::get<0>(instance.param))->name) + "_" +
                                  std::get<1>(instance.param).name;
                         });

}  // namespace
}  // namespace imagepacker::testing
