// SPDX-License-Identifier: LGPL-2.1-or-later

// Files and unpacked samples are the same on every CPU: whole pictures, all steps together, with the code for each SIMD
// target that this machine can run.

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <random>
#include <span>
#include <string>
#include <vector>

#include "color/test_picture.h"
#include "imagepacker/packer.h"
#include "imagepacker/unpacker.h"

namespace imagepacker {
namespace {

ImageFormat format_of(PixelFormat layout, Transfer transfer) {
  // Neither side is a multiple of a vector, nor of a block.
  ImageFormat format{.layout = layout, .size = {131, 75}};
  format.color.transfer = transfer;
  if (transfer == Transfer::pq) {
    format.color.primaries = Primaries::bt2020;
  }
  if (format.info().model == ColorModel::yuv) {
    format.color.matrix = transfer == Transfer::pq ? Matrix::bt2020_ncl : Matrix::bt709;
    format.color.range = Range::limited;
  }
  format.alpha = format.info().has_alpha ? Alpha::straight : Alpha::none;
  return format;
}

/// Shades, with a rectangle of noise in them.
void draw(TestPicture& picture) {
  std::minstd_rand random(5);
  const PixelFormatInfo& info = picture.view().format.info();
  const double unit = 1 << (info.depth - 8);
  for (int c = 0; c < 4; ++c) {
    if (c == 3 ? info.has_alpha : c < info.color_component_count()) {
      picture.draw(c, [&](int x, int y) {
        const bool is_noise = x > 20 && x < 50 && y > 10 && y < 40;
        return (is_noise ? static_cast<double>((random() >> 9) % 256) : 40.0 + c * 30 + x * 0.5 + y) * unit;
      });
    }
  }
}

Bytes packed(const TestPicture& picture, const PackingOptions& options) {
  TaskPool pool(1);
  const auto packer = Packer::create(picture.view().format, options, pool);
  EXPECT_TRUE(packer.has_value());
  VectorSink sink;
  if (packer.has_value()) {
    const Picture whole{.main = picture.as_const(), .gain_map = {}, .auxiliary = {}, .metadata = {}};
    EXPECT_TRUE(packer->pack(whole, sink).has_value());
  }
  return sink.take();
}

/// All rows of the picture in `file`.
Bytes unpacked(const Bytes& file, PixelFormat layout) {
  TaskPool pool(1);
  auto unpacker = Unpacker::create(file, {.layouts = std::span(&layout, 1)}, pool);
  EXPECT_TRUE(unpacker.has_value());
  if (!unpacker.has_value()) {
    return {};
  }
  const auto picture = unpacker->unpack();
  EXPECT_TRUE(picture.has_value());
  if (!picture.has_value()) {
    return {};
  }
  const ImageView& image = picture->picture.main;
  const PixelFormatInfo& info = image.format.info();
  Bytes rows;
  for (int p = 0; p < info.plane_count; ++p) {
    const Plane& plane = image.planes[static_cast<std::size_t>(p)];
    for (int y = 0; y < plane_height(info, p, image.format.size); ++y) {
      const auto row = plane.bytes.subspan(static_cast<std::size_t>(y) * plane.stride_bytes,
                                           plane_row_bytes(info, p, image.format.size));
      rows.insert(rows.end(), row.begin(), row.end());
    }
  }
  return rows;
}

class EveryCpu : public ::testing::TestWithParam<Format> {
 protected:
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }

  void expect_the_same(const ImageFormat& format, const PackingOptions& options) {
    TestPicture picture(format, 7);
    draw(picture);
    Bytes file;
    std::vector<Bytes> samples;
    for (const auto target : hwy::SupportedAndGeneratedTargets()) {
      SCOPED_TRACE(std::string(hwy::TargetName(target)) + ", " + std::string(format.info().name));
      hwy::SetSupportedTargetsForTest(target);
      const Bytes bytes = packed(picture, options);
      const std::vector<Bytes> pictures = {unpacked(bytes, PixelFormat::yuy2), unpacked(bytes, PixelFormat::rgba),
                                           unpacked(bytes, PixelFormat::i420_10le)};
      if (file.empty()) {
        file = bytes;
        samples = pictures;
      }
      EXPECT_TRUE(bytes == file);
      EXPECT_TRUE(pictures == samples);
    }
  }
};

TEST_P(EveryCpu, PacksAndUnpacksTheSame) {
  PackingOptions options{.format = GetParam(), .chroma_subsampling = {}};
  for (const int effort : {1, 4}) {
    for (const int max_width : {0, 61}) {
      SCOPED_TRACE(::testing::Message() << "effort " << effort << " max-width " << max_width);
      options.effort = effort;
      options.max_width = max_width;
      for (const PixelFormat layout : {PixelFormat::nv12, PixelFormat::rgb, PixelFormat::bgrx, PixelFormat::rgba,
                                       PixelFormat::a420, PixelFormat::gray8, PixelFormat::i422_10le}) {
        expect_the_same(format_of(layout, Transfer::srgb), options);
      }
      expect_the_same(format_of(PixelFormat::p010_10le, Transfer::pq), options);
    }
  }
}

std::vector<Format> formats() {
  std::vector<Format> result;
  for (const FormatInfo& info : supported_formats()) {
    result.push_back(info.format);
  }
  return result;
}

INSTANTIATE_TEST_SUITE_P(Packer, EveryCpu, ::testing::ValuesIn(formats()),
                         [](const auto& instance) { return std::string(format_info(instance.param)->name); });

}  // namespace
}  // namespace imagepacker
