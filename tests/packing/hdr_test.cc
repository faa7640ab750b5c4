// SPDX-License-Identifier: LGPL-2.1-or-later
// HDR pictures through the packer.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "imagepacker/packer.h"
#include "imagepacker/unpacker.h"
#include "support/decode.h"
#include "support/gain_map_file.h"

namespace imagepacker::testing {
namespace {

constexpr double kWhite = 203;

double pq_code(double nits) {
  const double p = std::pow(nits / 10000, 2610.0 / 16384);
  return std::pow((3424.0 / 4096 + 2413.0 / 128 * p) / (1 + 2392.0 / 128 * p), 2523.0 / 32);
}

double srgb_light(double code) {
  return code <= 0.04045 ? code / 12.92 : std::pow((code + 0.055) / 1.055, 2.4);
}

/// A gray P010 picture in BT.2020, whose 10-bit luma is code_at(x, y).
class Frame {
 public:
  Frame(Size size, Transfer transfer, const std::function<int(int, int)>& code_at) {
    const int chroma_rows = (size.height + 1) / 2;
    const int words = (size.width + 1) / 2 * 2;
    samples_.assign(static_cast<std::size_t>(words) * static_cast<std::size_t>(size.height + chroma_rows), 512 << 6);
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        samples_[static_cast<std::size_t>(y * words + x)] = static_cast<std::uint16_t>(code_at(x, y) << 6);
      }
    }
    const auto bytes = std::as_bytes(std::span(samples_));
    const auto stride = static_cast<std::size_t>(words) * 2;
    picture_.main.format = {.layout = PixelFormat::p010_10le,
                            .size = size,
                            .color = {.primaries = Primaries::bt2020,
                                      .transfer = transfer,
                                      .matrix = Matrix::bt2020_ncl,
                                      .range = Range::limited}};
    picture_.main.planes[0] = {bytes.first(stride * static_cast<std::size_t>(size.height)), stride};
    picture_.main.planes[1] = {bytes.subspan(stride * static_cast<std::size_t>(size.height)), stride};
  }

  [[nodiscard]] Picture& picture() { return picture_; }

 private:
  std::vector<std::uint16_t> samples_;
  Picture picture_;
};

int luma_of(double nits) {
  return static_cast<int>(std::lround(64 + 876 * pq_code(nits)));
}

Bytes pack(const Picture& picture, PackingOptions options = {}) {
  TaskPool pool(2);
  const auto packer = Packer::create(picture.main.format, options, pool);
  EXPECT_TRUE(packer.has_value()) << (packer ? "" : packer.error().message);
  VectorSink sink;
  if (packer) {
    const Status status = packer->pack(picture, sink);
    EXPECT_TRUE(status.has_value()) << (status ? "" : status.error().message);
  }
  return sink.take();
}

double mean_of(const std::vector<std::uint16_t>& plane, int width, int x0, int x1, int rows) {
  double sum = 0;
  for (int y = 0; y < rows; ++y) {
    for (int x = x0; x < x1; ++x) {
      sum += plane[static_cast<std::size_t>(y * width + x)];
    }
  }
  return sum / ((x1 - x0) * rows);
}

TEST(HdrJpeg, HoldsBothKindsOfMetadataAndTheySayTheSame) {
  Frame frame({640, 64}, Transfer::pq, [](int x, int) { return luma_of(x < 320 ? 100 : 1500); });
  const Bytes file = pack(frame.picture());
  const GainMapFile parts = read_gain_map_file(file);
  ASSERT_NE(parts.base.find(0xE2, kIsoSignature), nullptr);
  EXPECT_EQ(parts.base.find(0xE2, kIsoSignature)->payload.size(), kIsoSignature.size() + 4);
  EXPECT_NE(parts.base.find(0xE2, "ICC_PROFILE"), nullptr);
  const Gain iso = iso_gain(parts.map);
  const Gain xmp = xmp_gain(parts.map);
  EXPECT_NEAR(iso.alternate_headroom, std::log2(1500 / kWhite), 0.01);
  for (double Gain::*const value : {&Gain::min, &Gain::max, &Gain::gamma, &Gain::base_offset, &Gain::alternate_offset,
                                    &Gain::base_headroom, &Gain::alternate_headroom}) {
    EXPECT_DOUBLE_EQ(iso.*value, xmp.*value);
  }
  const Segment* const packet = parts.base.find(0xE1, kXmpSignature);
  ASSERT_NE(packet, nullptr);
  EXPECT_NE(text_of(packet->payload).find("Item:Length=\"" + std::to_string(parts.map.size) + "\""),
            std::string_view::npos);
}

TEST(HdrJpeg, BaseAndGainGiveBackTheLight) {
  for (const Transfer transfer : {Transfer::pq, Transfer::hlg}) {
    constexpr int kPatch = 64;
    const std::vector<double> nits = {5, 50, 150, 300, 600, 980};
    const auto hlg_code = [](double display) {
      const double scene = std::pow(display / 1000, 1 / 1.2);
      return scene <= 1.0 / 12 ? std::sqrt(3 * scene) : 0.17883277 * std::log(12 * scene - 0.28466892) + 0.55991073;
    };
    Frame frame({kPatch * 6, kPatch}, transfer, [&](int x, int) {
      const double level = nits[static_cast<std::size_t>(x / kPatch)];
      return transfer == Transfer::pq ? luma_of(level) : static_cast<int>(std::lround(64 + 876 * hlg_code(level)));
    });
    for (const int scale : {1, 2, 4}) {
      const Bytes file = pack(frame.picture(), {.quality = 95, .gain_map_scale = scale});
      const GainMapFile parts = read_gain_map_file(file);
      const DecodedImage base = decode_jpeg_rgb(parts.base_bytes);
      const DecodedImage map = decode_jpeg_ycbcr(parts.map_bytes);
      ASSERT_TRUE(base.error.empty() && map.error.empty()) << base.error << map.error;
      EXPECT_EQ(map.size, (Size{kPatch * 6 / scale, kPatch / scale}));
      EXPECT_EQ(map.model, ColorModel::gray);
      const Gain gain = iso_gain(parts.map);
      for (std::size_t patch = 0; patch < nits.size(); ++patch) {
        const int x = static_cast<int>(patch) * kPatch;
        const double light = srgb_light(mean_of(base.planes[1], base.size.width, x + 16, x + 48, kPatch) / 255);
        const double code = mean_of(map.planes[0], map.size.width, (x + 16) / scale, (x + 48) / scale, kPatch / scale);
        const double log_gain = gain.min + (gain.max - gain.min) * std::pow(code / 255, 1 / gain.gamma);
        const double made = ((light + gain.base_offset) * std::exp2(log_gain) - gain.alternate_offset) * kWhite;
        EXPECT_NEAR(made, nits[patch], 0.03 * nits[patch] + 0.3) << "scale " << scale;
      }
    }
  }
}

TEST(HdrJpeg, AnySizeAndAnyLight) {
  for (const Size size : {Size{1, 1}, Size{2, 1}, Size{3, 5}, Size{17, 13}, Size{8193, 3}}) {
    for (const int code : {0, 64, 500, 940, 1023}) {
      for (const Transfer transfer : {Transfer::pq, Transfer::hlg}) {
        Frame frame(size, transfer, [code](int, int) { return code; });
        for (const int scale : {1, 4}) {
          const Bytes file = pack(frame.picture(), {.gain_map_scale = scale});
          const GainMapFile parts = read_gain_map_file(file);
          const DecodedImage base = decode_jpeg_rgb(parts.base_bytes);
          EXPECT_EQ(base.size, size) << base.error;
          const Gain gain = iso_gain(parts.map);
          EXPECT_GT(gain.alternate_headroom, 0);
          EXPECT_LE(gain.max, std::log2(10000 / kWhite) + 1e-6);
          if (transfer == Transfer::pq && code == 940) {
            EXPECT_NEAR(gain.max, std::log2(10000 / kWhite), 1e-6);
            EXPECT_GE(base.planes[0][0], 254);
          }
        }
      }
    }
  }
}

TEST(HdrLayers, AnySizeAndAnyLight) {
  for (const Format format : {Format::png, Format::heif}) {
    if (format_info(format) == nullptr) {
      continue;
    }
    for (const Size size : {Size{1, 1}, Size{3, 5}, Size{17, 13}, Size{8193, 3}}) {
      for (const int code : {0, 64, 940, 1023}) {
        Frame frame(size, Transfer::pq, [code](int, int) { return code; });
        for (const HdrLayout layout : {HdrLayout::single, HdrLayout::gain_map}) {
          const Bytes file = pack(frame.picture(), {.format = format, .hdr_layout = layout});
          const DecodedImage image = decode(format, file, false);
          ASSERT_EQ("", image.error);
          EXPECT_EQ(image.size, size);
          if (code == 64 || code == 940) {
            // PQ and the base alike: black is black, and 10000 cd/m² everywhere is white.
            const bool is_limited = format == Format::heif && layout == HdrLayout::single;
            const int highest = (1 << image.depth) - 1;
            const int wanted = is_limited ? code : code == 64 ? 0 : highest;
            EXPECT_NEAR(mean_of(image.planes[0], size.width, 0, size.width, size.height), wanted,
                        2 << (image.depth - 8));
          }
        }
      }
    }
  }
}

TEST(HdrJpeg, BytesDoNotDependOnThreads) {
  Frame frame({1200, 700}, Transfer::pq, [](int x, int y) { return 64 + (x * 3 + y * 5) % 800; });
  const auto packed = [&](unsigned threads) {
    TaskPool pool(threads);
    const auto packer = Packer::create(frame.picture().main.format, {}, pool);
    VectorSink sink;
    EXPECT_TRUE(packer.has_value() && packer->pack(frame.picture(), sink).has_value());
    return sink.take();
  };
  const Bytes one = packed(1);
  EXPECT_EQ(packed(2), one);
  EXPECT_EQ(packed(5), one);
}

TEST(HdrJpeg, TheDirectoryJoinsThePicturesXmp) {
  Frame frame({64, 64}, Transfer::pq, [](int, int) { return 800; });
  const std::string packet =
      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
      "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" dc:source=\"a meadow\"/>"
      "</rdf:RDF></x:xmpmeta>";
  const auto bytes = std::as_bytes(std::span(packet));
  frame.picture().metadata.xmp.assign(bytes.begin(), bytes.end());
  const Bytes file = pack(frame.picture());
  const auto parts = read_gain_map_file(file);
  const Segment* const segment = parts.base.find(0xE1, kXmpSignature);
  ASSERT_NE(segment, nullptr);
  EXPECT_NE(text_of(segment->payload).find("a meadow"), std::string_view::npos);
  EXPECT_NE(text_of(segment->payload).find("Container:Directory"), std::string_view::npos);
}

TEST(HdrHeif, WithGainMapIsAnSdrPictureWithAnAlternative) {
  if (format_info(Format::heif) == nullptr) {
    GTEST_SKIP();
  }
  Frame frame({130, 67}, Transfer::pq, [](int x, int) { return luma_of(x < 64 ? 100 : 1500); });
  const Bytes file = pack(frame.picture(), {.format = Format::heif, .quality = 95, .hdr_layout = HdrLayout::gain_map});
  const std::string_view text = text_of(file);
  for (const std::string_view box : {"tmap", "altr", "dimg", "clli"}) {
    EXPECT_NE(text.find(box), std::string_view::npos) << box;
  }
  const DecodedImage base = decode_heif(file);
  ASSERT_TRUE(base.error.empty()) << base.error;
  EXPECT_EQ(base.depth, 8);
  EXPECT_EQ(base.size, (Size{130, 67}));
  EXPECT_EQ(base.stated_color, (StatedColor{12, 13, 6, true}));
  EXPECT_NEAR(mean_of(base.planes[0], 130, 90, 120, 60), 255, 3);
}

/// Gray patches of 16-bit linear light, 32×32 pixels each.
class LinearFrame {
 public:
  explicit LinearFrame(const std::vector<double>& nits) {
    const int width = 32 * static_cast<int>(nits.size());
    for (int i = 0; i < width * 32; ++i) {
      const double level = nits[static_cast<std::size_t>(i % width / 32)];
      samples_.insert(samples_.end(), 3, static_cast<std::uint16_t>(std::lround(level / 10000 * 65535)));
      samples_.push_back(65535);
    }
    picture_.main.format = {.layout = PixelFormat::rgba64_le,
                            .size = {width, 32},
                            .color = {.primaries = Primaries::bt2020, .transfer = Transfer::linear_hdr}};
    picture_.main.planes[0] = {std::as_bytes(std::span(samples_)), static_cast<std::size_t>(width) * 8};
  }

  [[nodiscard]] const Picture& picture() const { return picture_; }

 private:
  std::vector<std::uint16_t> samples_;
  Picture picture_;
};

TEST(LinearLight, BecomesPq) {
  // The first is a code of its own: steps are of 0.15 cd/m².
  const std::vector<double> nits = {100000.0 / 65535, 30, 203, 1000, 4000};
  const LinearFrame frame(nits);
  for (const Format format : {Format::png, Format::heif}) {
    if (format_info(format) == nullptr) {
      continue;
    }
    const Bytes file = pack(frame.picture(), {.format = format, .quality = 95});
    const DecodedImage image = decode(format, file, false);
    ASSERT_TRUE(image.error.empty()) << image.error;
    ASSERT_TRUE(image.stated_color.has_value());
    EXPECT_EQ(image.stated_color->primaries, 9);
    EXPECT_EQ(image.stated_color->transfer, 16);
    const double highest = (1 << image.depth) - 1;
    for (std::size_t patch = 0; patch < nits.size(); ++patch) {
      const int x = 32 * static_cast<int>(patch);
      const double code = mean_of(image.planes[0], image.size.width, x + 8, x + 24, 32) / highest;
      EXPECT_NEAR(code, pq_code(nits[patch]), format == Format::png ? 0.0015 : 0.004) << nits[patch];
    }
  }
}

TEST(LinearLight, IsInTheGainMap) {
  const std::vector<double> nits = {20, 150, 203, 1000, 4000};
  const LinearFrame frame(nits);
  const Bytes file = pack(frame.picture(), {.quality = 95, .gain_map_scale = 1});
  const GainMapFile parts = read_gain_map_file(file);
  const DecodedImage base = decode_jpeg_rgb(parts.base_bytes);
  const DecodedImage map = decode_jpeg_ycbcr(parts.map_bytes);
  ASSERT_TRUE(base.error.empty() && map.error.empty()) << base.error << map.error;
  const Gain gain = iso_gain(parts.map);
  EXPECT_NEAR(gain.alternate_headroom, std::log2(4000 / kWhite), 0.01);
  for (std::size_t patch = 0; patch < nits.size(); ++patch) {
    const int x = 32 * static_cast<int>(patch);
    const double light = srgb_light(mean_of(base.planes[1], base.size.width, x + 8, x + 24, 32) / 255);
    const double stops = gain.max * mean_of(map.planes[0], map.size.width, x + 8, x + 24, 32) / 255;
    EXPECT_NEAR(light * std::exp2(stops) * kWhite, nits[patch], 0.03 * nits[patch]);
  }
}

TEST(HdrLayers, SayHowBrightThePictureIs) {
  Frame frame({64, 64}, Transfer::pq, [](int, int) { return luma_of(600); });
  for (const Format format : {Format::png, Format::heif}) {
    if (format_info(format) == nullptr) {
      continue;
    }
    const Bytes file = pack(frame.picture(), {.format = format});
    const bool is_png = format == Format::png;
    const std::size_t at = text_of(file).find(is_png ? "cLLI" : "clli");
    ASSERT_NE(at, std::string_view::npos);
    EXPECT_NEAR(is_png ? number(file, at + 4, 4) / 10000.0 : number(file, at + 4, 2), 600, 8);
    const std::size_t display = text_of(file).find("mdcv");
    if (!is_png) {
      ASSERT_NE(display, std::string_view::npos);
      EXPECT_EQ(number(file, display + 4 + 8, 2), 35400U);  // x of red, the last of three
      EXPECT_NEAR(number(file, display + 4 + 16, 4) / 10000.0, 600, 8);
      EXPECT_EQ(number(file, display + 4 + 20, 4), 50U);
    }
    EXPECT_NEAR(is_png ? number(file, at + 8, 4) / 10000.0 : number(file, at + 6, 2), 600, 8);
  }
}

/// 64×64 gray pixels of 16 bit in PQ: half of each row of `nits` under an alpha of 0.5, half of 4000 cd/m² that nobody
/// sees.
class TransparentFrame {
 public:
  TransparentFrame(double nits, Alpha alpha) {
    const double seen = pq_code(nits) * (alpha == Alpha::premultiplied ? 0.5 : 1) * 65535;
    const double hidden = alpha == Alpha::premultiplied ? 0 : pq_code(4000) * 65535;
    for (int i = 0; i < 64 * 64; ++i) {
      const bool is_seen = i % 64 < 32;
      samples_.insert(samples_.end(), 3, static_cast<std::uint16_t>(std::lround(is_seen ? seen : hidden)));
      samples_.push_back(is_seen ? 32768 : 0);
    }
    picture_.main.format = {.layout = PixelFormat::rgba64_le,
                            .size = {64, 64},
                            .color = {.primaries = Primaries::bt2020, .transfer = Transfer::pq},
                            .alpha = alpha,
                            .hdr = {}};
    picture_.main.planes[0] = {std::as_bytes(std::span(samples_)), 64 * 8};
  }

  [[nodiscard]] const Picture& picture() const { return picture_; }

 private:
  std::vector<std::uint16_t> samples_;
  Picture picture_;
};

TEST(HdrAlpha, LightIsThatOfWhatTheFileHolds) {
  for (const Alpha alpha : {Alpha::straight, Alpha::premultiplied}) {
    const TransparentFrame frame(100, alpha);
    const Bytes file = pack(frame.picture(), {.format = Format::png});
    const std::size_t at = text_of(file).find("cLLI");
    ASSERT_NE(at, std::string_view::npos);
    EXPECT_NEAR(number(file, at + 4, 4) / 10000.0, 100, 2);
    EXPECT_NEAR(number(file, at + 8, 4) / 10000.0, 50, 2);
  }
}

TEST(HdrAlpha, GainIsThatOfTheColor) {
  if (format_info(Format::heif) == nullptr) {
    GTEST_SKIP();
  }
  TaskPool pool(1);
  for (const Alpha alpha : {Alpha::straight, Alpha::premultiplied}) {
    const TransparentFrame frame(1000, alpha);
    const Bytes file =
        pack(frame.picture(), {.format = Format::heif, .quality = 98, .hdr_layout = HdrLayout::gain_map});
    auto unpacker = Unpacker::create(file, {.limits = {}, .dynamic_range = DynamicRange::hdr, .layouts = {}}, pool);
    ASSERT_TRUE(unpacker.has_value()) << unpacker.error().message;
    const auto owned = unpacker->unpack({}, nullptr);
    ASSERT_TRUE(owned.has_value()) << owned.error().message;
    const ImageView& view = owned->picture.main;
    ASSERT_EQ(view.format.layout, PixelFormat::gbra_12le);
    const std::size_t at = 20 * view.planes[0].stride_bytes + 2 * 12;
    const int code = std::to_integer<int>(view.planes[0].bytes[at]) | std::to_integer<int>(view.planes[0].bytes[at + 1])
                                                                          << 8;
    EXPECT_NEAR(code / 4095.0, pq_code(1000), 0.01);
  }
}

}  // namespace
}  // namespace imagepacker::testing
