// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/png_decoder.h"

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <utility>

#include "base/byte_writer.h"
#include "codec/png/png_header.h"
#include "codec/png/png_writing.h"
#include "color/icc_profile.h"
#include "container/png_chunks.h"
#include "metadata/exif_document.h"

namespace imagepacker {
namespace {

ByteView bytes_of(std::string_view chars) {
  return std::as_bytes(std::span(chars));
}

struct Opened {
  ImageInfo info;
  DecodedPicture picture;
  std::vector<Notice> notices;
  std::string error;
  Errc code = Errc::internal;
};

Opened open(ByteView file, const UnpackLimits& limits = {}) {
  Opened opened;
  auto decoder = open_png(file, limits);
  if (!decoder) {
    opened.error = decoder.error().message;
    opened.code = decoder.error().code;
    return opened;
  }
  opened.info = (*decoder)->info();
  TaskPool pool(1);
  auto picture = (*decoder)->decode({.pool = pool, .stop = {}, .notices = opened.notices});
  if (!picture) {
    opened.error = picture.error().message;
    opened.code = picture.error().code;
    return opened;
  }
  opened.picture = std::move(picture).value();
  return opened;
}

/// The samples of channel `channel` of a pixel as the file has them.
int stored_sample(const PngToWrite& png, int channels, int x, int y, int channel) {
  const std::size_t row_bits = static_cast<std::size_t>(png.size.width * channels * png.bit_depth);
  const std::uint8_t* const row = png.rows.data() + static_cast<std::size_t>(y) * ((row_bits + 7) / 8);
  const int index = x * channels + channel;
  if (png.bit_depth == 16) {
    return row[2 * index] << 8 | row[2 * index + 1];
  }
  const int per_byte = 8 / png.bit_depth;
  const int shift = (per_byte - 1 - index % per_byte) * png.bit_depth;
  return row[index / per_byte] >> shift & ((1 << png.bit_depth) - 1);
}

/// R, G, B, A (gray: three times) of a pixel in 8 or 16 bit, by the words of the standard.
std::array<int, 4> expected_pixel(const PngToWrite& png, int channels, int x, int y) {
  const int max = png.bit_depth == 16 ? 65535 : 255;
  if (png.color_type == 3) {
    const auto index = static_cast<std::size_t>(stored_sample(png, 1, x, y, 0));
    const bool has_alpha = index < png.palette_alpha.size();
    return {png.palette[3 * index], png.palette[3 * index + 1], png.palette[3 * index + 2],
            has_alpha ? png.palette_alpha[index] : max};
  }
  const bool is_color = (png.color_type & 2) != 0;
  std::array<int, 3> stored{};
  for (int c = 0; c < 3; ++c) {
    stored[c] = stored_sample(png, channels, x, y, is_color ? c : 0);
  }
  int alpha = max;
  if ((png.color_type & 4) != 0) {
    alpha = stored_sample(png, channels, x, y, channels - 1);
  } else if (!png.transparent.empty()) {
    const bool is_gone = stored[0] == png.transparent.front() &&
                         stored[1] == png.transparent[png.transparent.size() / 2] &&
                         stored[2] == png.transparent.back();
    alpha = is_gone ? 0 : max;
  }
  const int widening = png.bit_depth < 8 ? 255 / ((1 << png.bit_depth) - 1) : 1;
  return {stored[0] * widening, stored[1] * widening, stored[2] * widening, alpha};
}

int sample_at(const ImageView& image, int component, int x, int y) {
  const PixelComponent& where = image.format.info().components[component];
  const std::byte* const at = image.planes[where.plane].bytes.data() +
                              static_cast<std::size_t>(y) * image.planes[where.plane].stride_bytes +
                              where.offset_bytes + static_cast<std::size_t>(x) * where.step_bytes;
  const int first = std::to_integer<int>(at[0]);
  return where.bits == 16 ? first << 8 | std::to_integer<int>(at[1]) : first;
}

int channels_of(int color_type) {
  return color_type == 2 ? 3 : color_type == 4 ? 2 : color_type == 6 ? 4 : 1;
}

PngToWrite noise(int color_type, int bit_depth, bool is_interlaced, bool has_trns, Size size = {53, 21}) {
  PngToWrite png{.size = size, .bit_depth = bit_depth, .color_type = color_type, .is_interlaced = is_interlaced};
  const std::size_t row_bytes = static_cast<std::size_t>(size.width * channels_of(color_type) * bit_depth + 7) / 8;
  std::minstd_rand random(3);
  png.rows.resize(row_bytes * static_cast<std::size_t>(size.height));
  for (std::uint8_t& byte : png.rows) {
    byte = static_cast<std::uint8_t>(random() >> 9);
  }
  if (color_type == 3) {
    for (int i = 0; i < 3 << bit_depth; ++i) {
      png.palette.push_back(static_cast<std::uint8_t>(random() >> 9));
    }
    for (int i = 0; has_trns && i < (1 << bit_depth) - 1; ++i) {
      png.palette_alpha.push_back(static_cast<std::uint8_t>(random() >> 9));
    }
  } else if (has_trns) {
    for (int c = 0; c < (color_type == 2 ? 3 : 1); ++c) {
      png.transparent.push_back(static_cast<std::uint16_t>(stored_sample(png, channels_of(color_type), 5, 5, c)));
    }
  }
  return png;
}

using Kind = std::tuple<int, int>;
class EveryKind : public ::testing::TestWithParam<std::tuple<Kind, bool, bool>> {};

TEST_P(EveryKind, GivesTheSamplesThatWereWritten) {
  const auto [kind, is_interlaced, wants_trns] = GetParam();
  const auto [color_type, bit_depth] = kind;
  const bool has_trns = wants_trns && color_type < 4;  // not for pictures with an alpha channel
  for (const Size size : {Size{53, 21}, Size{1, 1}, Size{6, 3}}) {
    const PngToWrite png = noise(color_type, bit_depth, is_interlaced, has_trns && size.width > 10, size);
    const Opened opened = open(write_png(png));
    ASSERT_EQ(opened.error, "");
    const ImageView image = opened.picture.main.view();
    EXPECT_EQ(image.format, opened.info.main);
    EXPECT_EQ(image.format.size, size);
    EXPECT_EQ(image.format.info().depth, bit_depth == 16 ? 16 : 8);
    const bool has_alpha = color_type >= 4 || (has_trns && size.width > 10);
    EXPECT_EQ(image.format.has_alpha(), has_alpha);
    EXPECT_EQ(image.format.info().model, color_type == 0 && !has_alpha ? ColorModel::gray : ColorModel::rgb);
    const int colors = image.format.info().color_component_count();
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        const auto expected = expected_pixel(png, channels_of(color_type), x, y);
        for (int c = 0; c < 4; ++c) {
          if (c < colors || (c == 3 && has_alpha)) {
            ASSERT_EQ(sample_at(image, c, x, y), expected[c]) << x << "," << y << " component " << c;
          }
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Png, EveryKind,
                         ::testing::Combine(::testing::Values(Kind{0, 1}, Kind{0, 2}, Kind{0, 4}, Kind{0, 8},
                                                              Kind{0, 16}, Kind{2, 8}, Kind{2, 16}, Kind{3, 1},
                                                              Kind{3, 2}, Kind{3, 4}, Kind{3, 8}, Kind{4, 8},
                                                              Kind{4, 16}, Kind{6, 8}, Kind{6, 16}),
                                            ::testing::Bool(), ::testing::Bool()));

TEST(PngDecoder, ReadsColorHdrAndMetadataThatThePackerWrites) {
  ImageFormat format{.layout = PixelFormat::rgb48_be, .size = {1, 1}};
  format.color = {.primaries = Primaries::bt2020, .transfer = Transfer::pq};
  format.hdr.mastering_display =
      MasteringDisplay{{35400, 14600}, {8500, 39850}, {6550, 2300}, {15635, 16450}, 10000000, 50};
  format.hdr.content_light_level = ContentLightLevel{.max_cll = 1000, .max_fall = 203};
  auto document = ExifDocument::create();
  ASSERT_TRUE(document.has_value() && document->set_orientation(Orientation::rotate_90).has_value());
  Metadata metadata;
  metadata.exif = document->serialize().value();
  const ByteView xmp = bytes_of("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>");
  metadata.xmp.assign(xmp.begin(), xmp.end());
  const auto header = png_header(format, {16, 16}, metadata);
  ASSERT_TRUE(header.has_value());
  PngToWrite plain = noise(2, 16, false, false, {1, 1});
  const Bytes written = write_png(plain);
  ByteWriter file;
  file.append(*header).append(ByteView(written).subspan(33));
  const Opened opened = open(file.bytes());
  ASSERT_EQ(opened.error, "");
  EXPECT_EQ(opened.info.main, format);
  EXPECT_TRUE(opened.info.is_lossless);
  EXPECT_EQ(opened.info.orientation, Orientation::rotate_90);
  EXPECT_EQ(opened.picture.metadata.exif, metadata.exif);
  EXPECT_EQ(opened.picture.metadata.xmp, metadata.xmp);
  EXPECT_TRUE(opened.picture.metadata.icc.empty());
  EXPECT_TRUE(opened.notices.empty());
}

TEST(PngDecoder, GivesTheProfileAndWhatItStandsFor) {
  const ColorSpace color{.primaries = Primaries::adobe_rgb, .transfer = Transfer::adobe_rgb};
  Metadata metadata;
  metadata.icc = make_icc_profile(color, ColorModel::rgb).value();
  const auto header = png_header({.layout = PixelFormat::rgb, .size = {1, 1}, .color = color}, {8, 8}, metadata);
  ASSERT_TRUE(header.has_value());
  const Bytes written = write_png(noise(2, 8, false, false, {1, 1}));
  ByteWriter file;
  file.append(*header).append(ByteView(written).subspan(33));
  const Opened opened = open(file.bytes());
  EXPECT_EQ(opened.picture.metadata.icc, metadata.icc);
  EXPECT_EQ(opened.info.main.color, color);
}

TEST(PngDecoder, TakesTheBestStatementOfColor) {
  const Bytes plain = write_png(noise(2, 8, false, false));
  EXPECT_EQ(open(plain).info.main.color, ColorSpace{});
  const Bytes linear = with_chunk(plain, "gAMA", png_gama(100000));
  EXPECT_EQ(open(linear).info.main.color.transfer, Transfer::linear);
  EXPECT_EQ(open(with_chunk(plain, "gAMA", png_gama(31000))).info.main.color.transfer, Transfer::unspecified);
  const Bytes srgb = with_chunk(linear, "sRGB", Bytes(1));
  EXPECT_EQ(open(srgb).info.main.color.transfer, Transfer::srgb);
  const Bytes p3 = with_chunk(srgb, "cICP", png_cicp(Primaries::smpte_eg432, Transfer::srgb));
  EXPECT_EQ(open(p3).info.main.color.primaries, Primaries::smpte_eg432);
  const Bytes nothing = with_chunk(linear, "cICP", png_cicp(Primaries::unspecified, Transfer::unspecified));
  EXPECT_EQ(open(nothing).info.main.color.transfer, Transfer::linear);
  Bytes chromaticities = png_chrm_bt709();
  EXPECT_EQ(open(with_chunk(plain, "cHRM", chromaticities)).info.main.color.primaries, Primaries::bt709);
  chromaticities[10] ^= std::byte{0x40};
  EXPECT_EQ(open(with_chunk(plain, "cHRM", chromaticities)).info.main.color.primaries, Primaries::unspecified);
}

TEST(PngDecoder, ReadsNoMoreOfTextsAndProfilesThanIsSensible) {
  const Bytes zeros(std::size_t{100} << 20);
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
      libdeflate_alloc_compressor(1), libdeflate_free_compressor);
  Bytes stream(libdeflate_zlib_compress_bound(compressor.get(), zeros.size()));
  stream.resize(libdeflate_zlib_compress(compressor.get(), zeros.data(), zeros.size(), stream.data(), stream.size()));
  for (const auto& [type, begin] : {std::pair{"iCCP", std::string_view("a\0\0", 3)},
                                    {"iTXt", std::string_view("XML:com.adobe.xmp\0\1\0\0\0", 22)}}) {
    const ByteView head = bytes_of(begin);
    Bytes chunk(head.begin(), head.end());
    chunk.insert(chunk.end(), stream.begin(), stream.end());
    const Opened opened = open(with_chunk(write_png(noise(2, 8, false, false)), type, chunk));
    EXPECT_EQ(opened.error, "");
    ASSERT_EQ(opened.notices.size(), 1U) << type;
    EXPECT_NE(opened.notices[0].message.find("no more are read"), std::string::npos) << opened.notices[0].message;
    EXPECT_TRUE(opened.picture.metadata.icc.empty() && opened.picture.metadata.xmp.empty());
  }
}

TEST(PngDecoder, ReadsFilesWithLargeChunks) {
  // Some versions of libpng refuse them from 8 MB on unless told otherwise.
  constexpr std::size_t kBytes = 9000000;
  auto document = ExifDocument::create();
  ASSERT_TRUE(document.has_value());
  Bytes exif = document->serialize().value();
  exif.resize(kBytes);
  for (const bool is_interlaced : {false, true}) {
    const Bytes plain = write_png(noise(2, 8, is_interlaced, false));
    const Opened opened = open(with_chunk(with_chunk(plain, "eXIf", exif), "prIv", Bytes(kBytes)));
    EXPECT_EQ(opened.error, "");
    EXPECT_EQ(opened.picture.metadata.exif, exif);
  }
}

TEST(PngDecoder, LeavesOutBrokenMetadataWithANotice) {
  const Bytes plain = write_png(noise(2, 8, false, false));
  Bytes broken = with_chunk(plain, "eXIf", Bytes(20));
  broken[45] ^= std::byte{1};  // in the chunk's data, so that its checksum is wrong
  broken = with_chunk(broken, "iCCP", bytes_of(std::string_view("a\0\0no zlib stream", 17)));
  broken = with_chunk(broken, "iTXt", bytes_of(std::string_view("XML:com.adobe.xmp\0\0\0en", 22)));
  broken = with_chunk(broken, "cICP", Bytes(3));
  const Opened opened = open(broken);
  EXPECT_EQ(opened.error, "");
  EXPECT_EQ(opened.notices.size(), 4U);
  EXPECT_TRUE(opened.picture.metadata.exif.empty());
  EXPECT_TRUE(opened.picture.metadata.icc.empty());
  EXPECT_TRUE(opened.picture.metadata.xmp.empty());
}

/// `png` with a chunk more, right in front of the samples.
Bytes with_chunk_before_samples(const Bytes& png, std::string_view type, ByteView data) {
  const ByteView idat = bytes_of("IDAT");
  const auto at = std::search(png.begin(), png.end(), idat.begin(), idat.end()) - png.begin() - 4;
  ByteWriter longer;
  longer.append(ByteView(png).first(static_cast<std::size_t>(at)));
  EXPECT_TRUE(append_png_chunk(longer, type, data).has_value());
  longer.append(ByteView(png).subspan(static_cast<std::size_t>(at)));
  return longer.take();
}

TEST(PngDecoder, ShowsPicturesWithBrokenTransparencyOpaqueWithANotice) {
  const auto expect_opaque = [](const Bytes& file, const char* what) {
    const Opened opened = open(file);
    EXPECT_EQ(opened.error, "") << what;
    EXPECT_FALSE(opened.info.main.has_alpha()) << what;
    ASSERT_EQ(opened.notices.size(), 1U) << what;
    EXPECT_TRUE(opened.notices[0].message.starts_with("the PNG's tRNS is left out: ")) << opened.notices[0].message;
  };
  const Bytes gray = write_png(noise(0, 8, false, false));
  const Bytes rgb = write_png(noise(2, 16, false, false));
  const Bytes palette = write_png(noise(3, 4, true, false));
  expect_opaque(with_chunk_before_samples(gray, "tRNS", Bytes(3)), "gray, wrong length");
  expect_opaque(with_chunk_before_samples(rgb, "tRNS", Bytes(2)), "RGB, wrong length");
  expect_opaque(with_chunk_before_samples(palette, "tRNS", Bytes(17)), "more than the palette has");
  expect_opaque(with_chunk_before_samples(palette, "tRNS", {}), "nothing");
  expect_opaque(with_chunk(palette, "tRNS", Bytes(3)), "before the palette");
  Bytes damaged = with_chunk(rgb, "tRNS", Bytes(6));
  damaged[42] ^= std::byte{1};
  expect_opaque(damaged, "wrong checksum");
  const Bytes in_front = with_chunk_before_samples(with_chunk(rgb, "tRNS", Bytes(6)), "PLTE", Bytes(6));
  expect_opaque(in_front, "before the palette that RGB may have");
  expect_opaque(with_chunk_before_samples(in_front, "tRNS", Bytes(6)), "the second one doesn't count then");
  // The second one counts.
  const Opened opened = open(with_chunk_before_samples(damaged, "tRNS", Bytes(6)));
  EXPECT_EQ(opened.error, "");
  EXPECT_TRUE(opened.info.main.has_alpha());
  // Where there is an alpha channel, it says nothing.
  EXPECT_TRUE(open(with_chunk(write_png(noise(6, 8, false, false)), "tRNS", Bytes(6))).notices.empty());
}

TEST(PngDecoder, RefusesBombsBeforeItAsksForMemory) {
  Bytes bomb = write_png(noise(6, 16, false, false, {1, 1}));
  ByteWriter file;
  file.append(std::as_bytes(std::span(kPngSignature)));
  ASSERT_TRUE(append_png_chunk(file, "IHDR", png_ihdr({65535, 65535}, 16, PngColorType::rgba)).has_value());
  file.append(ByteView(bomb).subspan(33));
  Opened opened = open(file.bytes());
  EXPECT_EQ(opened.code, Errc::limit_exceeded);
  EXPECT_NE(opened.error.find("65535×65535"), std::string::npos) << opened.error;
  opened = open(file.bytes(), {.max_pixels = std::uint64_t{1} << 40, .max_memory_bytes = std::uint64_t{1} << 30});
  EXPECT_EQ(opened.code, Errc::limit_exceeded);
  opened = open(file.bytes(), {.max_pixels = std::uint64_t{1} << 40, .max_memory_bytes = std::uint64_t{1} << 40});
  EXPECT_EQ(opened.code, Errc::corrupt_input);
  EXPECT_NE(opened.error.find("too few"), std::string::npos) << opened.error;
}

TEST(PngDecoder, LimitsTheMemoryOfPicturesThatNoNumberCounts) {
  // Their samples take 2^64 bytes and 13,224 more.
  ByteWriter file;
  file.append(std::as_bytes(std::span(kPngSignature)));
  const Bytes header = png_ihdr({1519111591, 1517889155}, 16, PngColorType::rgba);
  ASSERT_TRUE(append_png_chunk(file, "IHDR", header).has_value());
  ASSERT_TRUE(append_png_chunk(file, "IDAT", Bytes(100)).has_value());
  const Opened opened = open(file.bytes(), {.max_pixels = std::uint64_t{1} << 62});
  EXPECT_EQ(opened.code, Errc::limit_exceeded);
  EXPECT_NE(opened.error.find("raise max-memory"), std::string::npos) << opened.error;
}

TEST(PngDecoder, GivesOneErrorForEveryCut) {
  const Bytes whole = write_png(noise(3, 4, true, true));
  for (std::size_t size = 0; size + 16 < whole.size(); ++size) {
    const Opened opened = open(ByteView(whole).first(size));
    EXPECT_EQ(opened.code, Errc::corrupt_input) << size;
    EXPECT_NE(opened.error, "") << size;
  }
}

TEST(PngDecoder, SurvivesEveryFlippedByte) {
  const Bytes whole = write_png(noise(3, 4, true, true));
  for (std::size_t position = 0; position < whole.size(); ++position) {
    for (const std::byte flip : {std::byte{1}, std::byte{0x80}, std::byte{0xFF}}) {
      Bytes broken = whole;
      broken[position] ^= flip;
      const Opened opened = open(broken, {.max_pixels = 1 << 20});
      EXPECT_TRUE(opened.error.empty() || opened.code != Errc::internal) << opened.error;
    }
  }
}

}  // namespace
}  // namespace imagepacker
