// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/jpeg_decoder.h"

#include <gtest/gtest.h>

#include <string>

#include "codec/jpeg/decoded_jpeg.h"
#include "codec/jpeg/libjpeg_file.h"
#include "codec/jpeg/quality_estimate.h"
#include "codec/jpeg/quantization.h"
#include "color/icc_profile.h"
#include "container/jpeg_metadata.h"
#include "imagepacker/metadata.h"
#include "metadata/exif_document.h"

namespace imagepacker::jpeg {
namespace {

struct Unpacked {
  ImageInfo info;
  DecodedPicture picture;
  std::vector<Notice> notices;
};

Result<Unpacked> unpack(ByteView file, const UnpackLimits& limits = {}, const std::stop_token& stop = {}) {
  auto decoder = JpegDecoder::open(file, limits);
  if (!decoder.has_value()) {
    return decoder.error();
  }
  Unpacked result{.info = (*decoder)->info(), .picture = {}, .notices = {}};
  TaskPool pool(2);
  auto picture = (*decoder)->decode({.pool = pool, .stop = stop, .notices = result.notices});
  if (!picture.has_value()) {
    return picture.error();
  }
  result.picture = std::move(*picture);
  return result;
}

int sample(const ImageView& view, int component, int x, int y) {
  const PixelComponent& at = view.format.info().components[static_cast<std::size_t>(component)];
  const Plane& plane = view.planes[at.plane];
  return std::to_integer<int>(plane.bytes[static_cast<std::size_t>(y) * plane.stride_bytes + at.offset_bytes +
                                          static_cast<std::size_t>(x) * at.step_bytes]);
}

/// Head of a file put before what stands behind SOI in `file`.
Bytes with_segments(const Bytes& file, ByteView segments) {
  Bytes result = file;
  result.insert(result.begin() + 2, segments.begin(), segments.end());
  return result;
}

Bytes bytes_of(const std::string& chars) {
  const ByteView view = std::as_bytes(std::span(chars));
  return {view.begin(), view.end()};
}

struct KindCase {
  std::string name;
  LibjpegFile file;
  PixelFormat layout;
};

class JpegKinds : public ::testing::TestWithParam<KindCase> {};

TEST_P(JpegKinds, GiveThePlanesOfTheFile) {
  for (const Size size : {Size{1, 1}, Size{2, 3}, Size{16, 16}, Size{17, 33}, Size{250, 131}}) {
    LibjpegFile file = GetParam().file;
    file.size = size;
    const Bytes bytes = write_with_libjpeg(file);
    const auto result = unpack(bytes);
    ASSERT_TRUE(result.has_value()) << result.error().message;
    const ImageView view = std::as_const(result->picture.main).view();
    ASSERT_EQ(view.format.layout, GetParam().layout);
    EXPECT_EQ(view.format, result->info.main);
    EXPECT_EQ(view.format.size, size);
    EXPECT_EQ(result->info.quality, file.quality);
    const DecodedJpeg expected = decode_jpeg(bytes);
    ASSERT_EQ(expected.error, "");
    // Where chroma is coarser, libjpeg's samples are filled up; luma can be compared everywhere.
    const int components = view.format.info().log2_chroma_w == 0 ? expected.components : 1;
    for (int c = 0; c < components; ++c) {
      for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
          ASSERT_EQ(sample(view, c, x, y),
                    expected.samples[static_cast<std::size_t>((y * size.width + x) * expected.components + c)])
              << c << " " << x << " " << y;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, JpegKinds,
    ::testing::Values(
        KindCase{"gray", {.components = 1}, PixelFormat::gray8},
        KindCase{"gray22", {.components = 1, .luma_sampling = {2, 2}}, PixelFormat::gray8},
        KindCase{"yuv444", {}, PixelFormat::y444}, KindCase{"yuv420", {.luma_sampling = {2, 2}}, PixelFormat::i420},
        KindCase{"yuv422", {.luma_sampling = {2, 1}}, PixelFormat::y42b},
        KindCase{"yuv411", {.luma_sampling = {4, 1}}, PixelFormat::y41b},
        KindCase{"yuv440", {.luma_sampling = {1, 2}}, PixelFormat::y444},
        KindCase{"yuv410", {.luma_sampling = {4, 2}}, PixelFormat::y444},
        KindCase{"progressive", {.luma_sampling = {2, 2}, .quality = 77, .progressive = true}, PixelFormat::i420},
        KindCase{"arithmetic", {.luma_sampling = {2, 1}, .arithmetic = true}, PixelFormat::y42b},
        KindCase{"rgb", {.keeps_colors = true}, PixelFormat::rgb}),
    [](const auto& test) { return test.param.name; });

TEST(JpegDecoder, FillsChromaSamplesOnTheirOwnGrid) {
  LibjpegFile file{.size = {64, 48}, .luma_sampling = {2, 2}};
  const auto result = unpack(write_with_libjpeg(file));
  ASSERT_TRUE(result.has_value());
  const ImageView view = std::as_const(result->picture.main).view();
  const auto rgb = smooth_samples(file.size, 3);
  for (int y = 0; y < 24; ++y) {
    for (int x = 0; x < 32; ++x) {
      double cb = 0;
      for (const int at : {0, 1, 64, 65}) {
        const auto pixel = static_cast<std::size_t>(((2 * y) * 64 + 2 * x + at) * 3);
        cb += 128 - 0.168736 * rgb[pixel] - 0.331264 * rgb[pixel + 1] + 0.5 * rgb[pixel + 2];
      }
      ASSERT_NEAR(sample(view, 1, x, y), cb / 4, 2.0);
    }
  }
}

TEST(JpegDecoder, TurnsInksIntoColors) {
  for (const bool is_cmyk : {true, false}) {
    for (const bool is_inverted : {true, false}) {
      // Without a marker of Adobe's, four components are CMYK.
      if (!is_cmyk && !is_inverted) {
        continue;
      }
      const LibjpegFile file{.components = 4, .keeps_colors = is_cmyk, .has_adobe_marker = is_inverted};
      const auto result = unpack(write_with_libjpeg(file));
      ASSERT_TRUE(result.has_value()) << result.error().message;
      const ImageView view = std::as_const(result->picture.main).view();
      ASSERT_EQ(view.format.layout, PixelFormat::rgb);
      EXPECT_EQ(view.format.color, ColorSpace{});
      EXPECT_EQ(result->notices.size(), 1U);
      const auto inks = smooth_samples(file.size, 4);
      for (std::size_t pixel = 0; pixel < inks.size() / 4; ++pixel) {
        for (std::size_t c = 0; c < 3; ++c) {
          const int ink = inks[4 * pixel + c];
          const int black = inks[4 * pixel + 3];
          const double expected = is_inverted ? ink * black / 255.0 : (255 - ink) * (255 - black) / 255.0;
          const int x = static_cast<int>(pixel) % file.size.width;
          const int y = static_cast<int>(pixel) / file.size.width;
          ASSERT_NEAR(sample(view, static_cast<int>(c), x, y), expected, 4);
        }
      }
    }
  }
}

TEST(JpegDecoder, HandsMetadataOut) {
  std::vector<Notice> notices;
  auto document = ExifDocument::create();
  ASSERT_TRUE(document.has_value() && document->set_orientation(Orientation::rotate_90).has_value());
  const auto exif = document->serialize();
  ASSERT_TRUE(exif.has_value());
  XmpEdit edit{.namespace_uri = "http://purl.org/dc/elements/1.1/", .prefix = "dc", .name = "title", .values = {}};
  edit.values = {std::string(200'000, 'x')};
  auto xmp = edit_xmp({}, std::span(&edit, 1), notices);
  ASSERT_TRUE(xmp.has_value());
  Bytes icc(150'000);
  for (std::size_t i = 0; i < icc.size(); ++i) {
    icc[i] = static_cast<std::byte>(i * 7 % 251);
  }
  JpegSegmentWriter segments;
  ASSERT_TRUE(append_jpeg_metadata({.exif = *exif, .xmp = *xmp}, icc, segments).has_value());
  const auto result = unpack(with_segments(write_with_libjpeg({}), segments.bytes()));
  ASSERT_TRUE(result.has_value()) << result.error().message;
  const Metadata& metadata = result->picture.metadata;
  EXPECT_EQ(metadata.exif, *exif);
  EXPECT_EQ(metadata.icc, icc);
  EXPECT_EQ(metadata.orientation, Orientation::rotate_90);
  EXPECT_EQ(result->info.orientation, Orientation::rotate_90);
  EXPECT_EQ(result->info.main.color.primaries, Primaries::unspecified);
  const std::string packet(reinterpret_cast<const char*>(metadata.xmp.data()), metadata.xmp.size());
  EXPECT_NE(packet.find(edit.values[0]), std::string::npos);
  EXPECT_EQ(packet.find("HasExtendedXMP"), std::string::npos);
  EXPECT_TRUE(result->notices.empty());
}

TEST(JpegDecoder, LeavesIncompleteMetadataOut) {
  JpegSegmentWriter icc;
  ASSERT_TRUE(append_jpeg_icc(Bytes(150'000), icc).has_value());
  const ByteView all = icc.bytes();
  const std::string main =
      "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
      "<rdf:Description xmlns:xmpNote='http://ns.adobe.com/xmp/note/' "
      "xmpNote:HasExtendedXMP='0123456789ABCDEF0123456789ABCDEF'/></rdf:RDF></x:xmpmeta>";
  JpegSegmentWriter segments;
  ASSERT_TRUE(append_jpeg_xmp(bytes_of(main), {}, segments).has_value());
  ASSERT_TRUE(segments
                  .application(1, "XMP", {"http://ns.adobe.com/xmp/extension/\0", 35},
                               bytes_of("0123456789ABCDEF0123456789ABCDEF" + std::string("\0\0\1\0\0\0\0\0<", 9)))
                  .has_value());
  Bytes file = with_segments(write_with_libjpeg({}), segments.bytes());
  file = with_segments(file, all.first(65537));
  const auto result = unpack(file);
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(result->picture.metadata.icc.empty());
  EXPECT_EQ(result->notices.size(), 2U);
  EXPECT_EQ(result->info.main.color.primaries, Primaries::bt709);
}

TEST(JpegDecoder, TellsThatItReadsNoIptc) {
  const auto with_photoshop_resource = [](const std::string& number) {
    JpegSegmentWriter segments;
    EXPECT_TRUE(segments
                    .application(13, "Photoshop", {"Photoshop 3.0\0", 14},
                                 bytes_of("8BIM" + number + std::string("\0\0\0\0\0\7\x1C\2\x78\0\2hi\0", 14)))
                    .has_value());
    return with_segments(write_with_libjpeg({}), segments.bytes());
  };
  const auto captioned = unpack(with_photoshop_resource("\x04\x04"));
  ASSERT_TRUE(captioned.has_value());
  ASSERT_EQ(captioned->notices.size(), 1U);
  EXPECT_NE(captioned->notices[0].message.find("IPTC"), std::string::npos) << captioned->notices[0].message;
  // A digest, a path, the settings of a printer.
  const auto other = unpack(with_photoshop_resource("\x04\x25"));
  ASSERT_TRUE(other.has_value());
  EXPECT_TRUE(other->notices.empty());
}

TEST(JpegDecoder, KnowsTheColorsOfCommonProfiles) {
  for (const ColorSpace& color : {ColorSpace{}, ColorSpace{.primaries = Primaries::smpte_eg432},
                                  ColorSpace{.primaries = Primaries::adobe_rgb, .transfer = Transfer::adobe_rgb},
                                  ColorSpace{.primaries = Primaries::bt2020, .transfer = Transfer::linear}}) {
    const auto icc = make_icc_profile(color, ColorModel::rgb);
    ASSERT_TRUE(icc.has_value());
    JpegSegmentWriter segments;
    ASSERT_TRUE(append_jpeg_icc(*icc, segments).has_value());
    const auto result = unpack(with_segments(write_with_libjpeg({}), segments.bytes()));
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->info.main.color.primaries, color.primaries);
    EXPECT_EQ(result->info.main.color.transfer, color.transfer);
    EXPECT_EQ(result->picture.metadata.icc, *icc);
  }
}

TEST(JpegDecoder, EstimatesEveryQuality) {
  for (int quality = 1; quality <= 100; ++quality) {
    const Bytes file = write_with_libjpeg({.size = {8, 8}, .quality = quality});
    const auto structure = parse_jpeg(file);
    ASSERT_TRUE(structure.has_value());
    const auto estimate = estimate_quality(structure->head);
    ASSERT_TRUE(estimate.has_value());
    EXPECT_EQ(standard_quant_tables(*estimate), standard_quant_tables(quality)) << quality;
  }
}

TEST(JpegDecoder, RefusesWhatIsCutShort) {
  for (const bool progressive : {false, true}) {
    const Bytes file = write_with_libjpeg({.size = {60, 40}, .progressive = progressive});
    for (std::size_t size = 0; size + 2 < file.size(); ++size) {
      const auto result = unpack(ByteView(file).first(size));
      if (result.has_value()) {
        // Up to seven padding bits and EOI can be missed.
        EXPECT_FALSE(progressive);
        EXPECT_GE(size + 4, file.size());
        continue;
      }
      EXPECT_EQ(result.error().code, Errc::corrupt_input) << size << ": " << result.error().message;
    }
    EXPECT_EQ(unpack(ByteView(file).first(file.size() - 2)).has_value(), !progressive);
  }
}

TEST(JpegDecoder, RefusesArithmeticCodesCutShort) {
  // Their decoder makes up bits without end, and says nothing.
  const Bytes file = write_with_libjpeg({.size = {60, 40}, .arithmetic = true});
  for (std::size_t size = file.size() / 2; size < file.size(); ++size) {
    const auto result = unpack(ByteView(file).first(size));
    ASSERT_FALSE(result.has_value()) << size << " of " << file.size();
    EXPECT_EQ(result.error().code, Errc::corrupt_input);
  }
}

TEST(JpegDecoder, KeepsToTheLimits) {
  const Bytes file = write_with_libjpeg({.size = {200, 100}});
  const auto refused = [&](const UnpackLimits& limits) {
    const auto result = unpack(file, limits);
    return !result.has_value() && result.error().code == Errc::limit_exceeded;
  };
  EXPECT_TRUE(refused({.max_pixels = 19'999}));
  EXPECT_FALSE(refused({.max_pixels = 20'000}));
  EXPECT_TRUE(refused({.max_memory_bytes = 59'999}));
  EXPECT_FALSE(refused({.max_memory_bytes = 60'000}));
}

TEST(JpegDecoder, RefusesBombs) {
  Bytes large = write_with_libjpeg({.size = {64, 64}, .quality = 50});
  const auto structure = parse_jpeg(large);
  ASSERT_TRUE(structure.has_value());
  for (const JpegSegment& segment : structure->head) {
    if (segment.marker == structure->frame.marker) {
      const auto at = static_cast<std::size_t>(segment.payload.data() - large.data());
      large[at + 1] = large[at + 3] = std::byte{0x3F};
    }
  }
  const auto result = unpack(large);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, Errc::corrupt_input);

  Bytes scans = write_with_libjpeg({.size = {64, 64}, .progressive = true});
  const auto begin = parse_jpeg(scans)->scan_begin;
  const Bytes one(scans.begin() + static_cast<std::ptrdiff_t>(begin), scans.end() - 2);
  for (int i = 0; i < 100; ++i) {
    scans.insert(scans.end() - 2, one.begin(), one.end());
  }
  const auto too_many = unpack(scans);
  ASSERT_FALSE(too_many.has_value());
  EXPECT_EQ(too_many.error().code, Errc::limit_exceeded);
}

TEST(JpegDecoder, SaysWhatItCannotRead) {
  Bytes file = write_with_libjpeg({});
  const auto structure = parse_jpeg(file);
  for (const JpegSegment& segment : structure->head) {
    if (segment.marker == structure->frame.marker) {
      file[static_cast<std::size_t>(segment.whole.data() - file.data()) + 1] = std::byte{0xC3};  // lossless
    }
  }
  const auto result = unpack(file);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, Errc::unsupported) << result.error().message;
}

TEST(JpegDecoder, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const auto result = unpack(write_with_libjpeg({}), {}, stop.get_token());
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, Errc::cancelled);
}

TEST(JpegDecoder, SurvivesEveryChangedByte) {
  for (const bool progressive : {false, true}) {
    Bytes file = write_with_libjpeg({.size = {24, 24}, .luma_sampling = {2, 2}, .progressive = progressive});
    for (std::byte& byte : file) {
      const std::byte before = byte;
      for (const int bits : {0x01, 0x80, 0xFF}) {
        byte = before ^ static_cast<std::byte>(bits);
        const auto result = unpack(file, {.max_pixels = 1 << 20});
        EXPECT_TRUE(result.has_value() || result.error().code != Errc::internal);
      }
      byte = before;
    }
  }
}

}  // namespace
}  // namespace imagepacker::jpeg
