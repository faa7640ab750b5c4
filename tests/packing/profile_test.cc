// SPDX-License-Identifier: LGPL-2.1-or-later
// ICC profiles of a picture's own, read back by decoders that are not ours.
#include <gtest/gtest.h>

#include <cstddef>
#include <random>
#include <span>
#include <vector>

#include "color/icc_profile.h"
#include "imagepacker/packer.h"
#include "support/decode.h"

namespace imagepacker::testing {
namespace {

constexpr ColorSpace kDisplayP3{Primaries::smpte_eg432, Transfer::srgb, Matrix::rgb, Range::full,
                                ChromaSite::unspecified};

/// A profile of `size` bytes, most of which no packing makes smaller.
Bytes profile_of(std::size_t size, ColorModel model) {
  Bytes profile = make_icc_profile(kDisplayP3, model).value();
  std::mt19937 random(static_cast<unsigned>(size));
  while (profile.size() < size) {
    profile.push_back(static_cast<std::byte>(random()));
  }
  for (std::size_t i = 0; i < 4; ++i) {
    profile[i] = static_cast<std::byte>(profile.size() >> (24 - 8 * i));
  }
  return profile;
}

Bytes pack(const Picture& picture, Format format, std::vector<Notice>& notices) {
  TaskPool pool(2);
  VectorSink sink;
  const auto packer = Packer::create(picture.main.format, {.format = format}, pool);
  EXPECT_TRUE(packer.has_value()) << (packer ? "" : packer.error().message);
  if (packer) {
    const Status status = packer->pack(picture, sink, {}, &notices);
    EXPECT_TRUE(status.has_value()) << (status ? "" : status.error().message);
  }
  return sink.take();
}

Picture picture_of(const std::vector<std::byte>& samples, PixelFormat layout) {
  Picture picture;
  picture.main.format = {.layout = layout, .size = {16, 16}, .color = kDisplayP3, .alpha = Alpha::none, .hdr = {}};
  picture.main.planes[0] = {samples, samples.size() / 16};
  return picture;
}

TEST(Profile, ComesBackByteForByte) {
  constexpr std::size_t kMoreThanOneJpegSegment = 70000;
  constexpr std::size_t kFourJpegSegments = 200000;
  for (const PixelFormat layout : {PixelFormat::rgb, PixelFormat::gray8}) {
    const ColorModel model = pixel_format_info(layout).model;
    const std::vector<std::byte> samples(16 * 16 * (model == ColorModel::rgb ? 3 : 1), std::byte{0x60});
    Picture picture = picture_of(samples, layout);
    for (const FormatInfo& format : supported_formats()) {
      for (const std::size_t size : {std::size_t{0}, kMoreThanOneJpegSegment, kFourJpegSegments}) {
        // WebP has no gray pictures.
        const bool is_gray = model == ColorModel::gray && format.format != Format::webp;
        picture.metadata.icc = profile_of(size, is_gray ? ColorModel::gray : ColorModel::rgb);
        std::vector<Notice> notices;
        const DecodedImage decoded = decode(format.format, pack(picture, format.format, notices), false);
        EXPECT_EQ(decoded.error, "");
        EXPECT_TRUE(notices.empty()) << format.name << ": " << notices.front().message;
        EXPECT_TRUE(decoded.icc == picture.metadata.icc)
            << format.name << ": " << decoded.icc.size() << " of " << picture.metadata.icc.size() << " bytes";
      }
    }
  }
}

TEST(Profile, StaysWhenThePictureShrinksOrTurns) {
  const std::vector<std::byte> samples(16 * 16 * 3, std::byte{0x60});
  Picture picture = picture_of(samples, PixelFormat::rgb);
  picture.metadata.icc = profile_of(0, ColorModel::rgb);
  TaskPool pool(1);
  for (const FormatInfo& format : supported_formats()) {
    VectorSink sink;
    const PackingOptions options{.format = format.format, .max_width = 8, .apply_orientation = Orientation::rotate_90};
    ASSERT_TRUE(Packer::create(picture.main.format, options, pool)->pack(picture, sink).has_value());
    EXPECT_TRUE(decode(format.format, sink.take(), false).icc == picture.metadata.icc) << format.name;
  }
}

}  // namespace
}  // namespace imagepacker::testing
