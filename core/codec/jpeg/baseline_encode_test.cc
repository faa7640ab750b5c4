// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/baseline_encode.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>

#include "codec/jpeg/decoded_jpeg.h"
#include "codec/jpeg/libjpeg_encode.h"
#include "codec/jpeg/strip_tokenizer.h"
#include "codec/jpeg/test_pictures.h"

namespace imagepacker::jpeg {
namespace {

Bytes encode(const ImageView& view, const QuantTables& tables, HuffmanTables huffman, unsigned threads = 2,
             Quantization quantization = Quantization::nearest) {
  const ViewRows rows(view);
  TaskPool pool(threads);
  VectorSink sink;
  JpegSegmentWriter head;
  head.start_of_image();
  const Metadata metadata;
  const Status status =
      encode_baseline({.quant_tables = tables, .quantization = quantization, .huffman_tables = huffman}, head,
                      {.image = rows, .metadata = metadata, .pool = pool, .stop = {}}, sink);
  EXPECT_TRUE(status.has_value()) << (status.has_value() ? "" : status.error().message);
  return sink.take();
}

/// The same picture by libjpeg, with our restart interval.
Bytes oracle(const ImageView& view, const QuantTables& tables, HuffmanTables huffman) {
  const JpegLayout layout = JpegLayout::of(view.format);
  const auto strips = cut_into_strips(layout);
  const ViewRows rows(view);
  auto body =
      encode_with_libjpeg({.quant_tables = tables,
                           .optimal_huffman = huffman == HuffmanTables::optimal,
                           .restart_interval = strips.size() == 1 ? 0 : strips[0].mcu_rows * layout.mcu_columns},
                          rows, {});
  EXPECT_TRUE(body.has_value());
  JpegSegmentWriter head;
  head.start_of_image();
  VectorSink file;
  EXPECT_TRUE(file.write(head.bytes()).has_value() && file.write(*body).has_value());
  return file.take();
}

/// Entropy-coded bytes: what stands behind the SOS segment.
std::string scan_of(const Bytes& bytes) {
  const std::string all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto sos = all.find("\xFF\xDA");
  return sos == std::string::npos ? "" : all.substr(sos);
}

void expect_equal_to_libjpeg(const ImageView& view, const QuantTables& tables) {
  const Bytes standard = encode(view, tables, HuffmanTables::standard);
  const Bytes expected = oracle(view, tables, HuffmanTables::standard);
  ASSERT_TRUE(scan_of(standard) == scan_of(expected)) << "the entropy-coded bytes differ";

  const Bytes optimal = encode(view, tables, HuffmanTables::optimal);
  const DecodedJpeg ours = decode_jpeg(optimal);
  const DecodedJpeg theirs = decode_jpeg(expected);
  ASSERT_EQ(ours.error, "");
  ASSERT_EQ(ours.restart_interval, theirs.restart_interval);
  ASSERT_TRUE(ours.blocks == theirs.blocks) << "coefficients differ";
  ASSERT_TRUE(ours.samples == theirs.samples) << "decoded samples differ";
  const Bytes libjpeg_optimal = oracle(view, tables, HuffmanTables::optimal);
  // No more bits than libjpeg's, but other ones: chance decides how many bytes are 0xFF and get stuffing.
  EXPECT_LE(scan_of(optimal).size(), scan_of(libjpeg_optimal).size() * 1.001 + 16);
}

struct Case {
  PixelFormat layout;
  Content content;
};

class BaselineEncode : public ::testing::TestWithParam<Case> {};

TEST_P(BaselineEncode, EqualsLibjpeg) {
  std::mt19937 random(17);
  for (const Size size : {Size{1, 1}, Size{2, 2}, Size{3, 5}, Size{8, 8}, Size{17, 13}, Size{16, 33}, Size{255, 9},
                          Size{261, 40}, Size{1030, 517}}) {
    for (const int quality : {10, 85, 100}) {
      if (size.width > 1000 && quality == 10) {
        continue;
      }
      const ImageBuffer picture = make_picture(GetParam().layout, size, GetParam().content, random());
      expect_equal_to_libjpeg(picture.view(), standard_quant_tables(quality));
      if (HasFatalFailure()) {
        FAIL() << size.width << "x" << size.height << " quality " << quality;
      }
    }
  }
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const PixelFormat layout : {PixelFormat::gray8, PixelFormat::i420, PixelFormat::y42b, PixelFormat::y444}) {
    for (const Content content : kAllContents) {
      cases.push_back({layout, content});
    }
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(All, BaselineEncode, ::testing::ValuesIn(all_cases()), [](const auto& each) {
  return std::string(pixel_format_info(each.param.layout).name) + "_" + std::string(name_of(each.param.content));
});

TEST(BaselineEncode, ReadsChromaInPairs) {
  for (const auto& [planar, pairs] : {std::pair{PixelFormat::i420, PixelFormat::nv12},
                                      {PixelFormat::i420, PixelFormat::nv21},
                                      {PixelFormat::y42b, PixelFormat::nv16},
                                      {PixelFormat::y444, PixelFormat::nv24}}) {
    for (const Size size : {Size{1, 1}, Size{17, 13}, Size{333, 217}}) {
      const ImageBuffer separate = make_picture(planar, size, Content::photo);
      ImageBuffer paired = make_picture(pairs, size, Content::photo);
      const ImageView from = separate.view();
      const MutableImageView to = paired.view();
      for (std::size_t c = 0; c < 3; ++c) {
        const PixelComponent& place = to.format.info().components[c];
        const auto width = plane_row_bytes(from.format.info(), static_cast<int>(c), size);
        for (int y = 0; y < plane_height(from.format.info(), static_cast<int>(c), size); ++y) {
          for (std::size_t x = 0; x < width; ++x) {
            to.planes[place.plane].bytes[static_cast<std::size_t>(y) * to.planes[place.plane].stride_bytes +
                                         x * place.step_bytes + place.offset_bytes] =
                from.planes[c].bytes[static_cast<std::size_t>(y) * from.planes[c].stride_bytes + x];
          }
        }
      }
      const QuantTables tables = standard_quant_tables(90);
      EXPECT_TRUE(encode(from, tables, HuffmanTables::optimal) ==
                  encode(std::as_const(paired).view(), tables, HuffmanTables::optimal))
          << to.format.info().name << " " << size.width << "x" << size.height;
    }
  }
}

TEST(BaselineEncode, BytesDoNotDependOnThreads) {
  const ImageBuffer picture = make_picture(PixelFormat::i420, {1919, 1079}, Content::photo);
  const QuantTables tables = standard_quant_tables(85);
  for (const HuffmanTables huffman : {HuffmanTables::optimal, HuffmanTables::standard}) {
    const Bytes one = encode(picture.view(), tables, huffman, 1);
    EXPECT_TRUE(one == encode(picture.view(), tables, huffman, 2));
    EXPECT_TRUE(one == encode(picture.view(), tables, huffman, 5));
  }
}

TEST(BaselineEncode, SpendsFewerBitsForLittleError) {
  const ImageBuffer picture = make_picture(PixelFormat::i420, {640, 480}, Content::photo);
  const QuantTables tables = standard_quant_tables(75);
  for (const HuffmanTables huffman : {HuffmanTables::optimal, HuffmanTables::standard}) {
    const Bytes nearest = encode(picture.view(), tables, huffman);
    const auto expected = decode_jpeg(nearest).samples;
    std::size_t bytes = nearest.size();
    for (const Quantization each : {Quantization::dead_zone, Quantization::rate_distortion}) {
      const Bytes fewer = encode(picture.view(), tables, huffman, 2, each);
      EXPECT_TRUE(fewer == encode(picture.view(), tables, huffman, 1, each)) << "bytes depend on threads";
      EXPECT_LT(fewer.size(), bytes * 0.98);
      bytes = fewer.size();
      const DecodedJpeg decoded = decode_jpeg(fewer);
      ASSERT_EQ(decoded.error, "");
      double squares = 0;
      for (std::size_t i = 0; i < expected.size(); ++i) {
        const double difference = expected[i] - decoded.samples[i];
        squares += difference * difference;
      }
      EXPECT_GT(10 * std::log10(255.0 * 255.0 * static_cast<double>(expected.size()) / squares), 36);
    }
  }
}

TEST(Strips, KeepToTheRestartInterval) {
  for (const PixelFormat layout : {PixelFormat::gray8, PixelFormat::i420, PixelFormat::y42b, PixelFormat::y444}) {
    for (const Size size : {Size{1, 1}, Size{65500, 1}, Size{1, 65500}, Size{65500, 65500}, Size{4000, 3000}}) {
      ImageFormat format{.layout = layout, .size = size, .color = {}, .alpha = Alpha::none, .hdr = {}};
      const JpegLayout jpeg = JpegLayout::of(format);
      const auto strips = cut_into_strips(jpeg);
      int row = 0;
      for (const Strip& strip : strips) {
        EXPECT_EQ(strip.first_mcu_row, row);
        EXPECT_LE(strip.mcu_rows, strips[0].mcu_rows);
        EXPECT_TRUE(strips.size() == 1 || strip.mcu_rows * jpeg.mcu_columns <= 65535);
        row += strip.mcu_rows;
      }
      EXPECT_EQ(row, jpeg.mcu_rows);
    }
  }
}

}  // namespace
}  // namespace imagepacker::jpeg
