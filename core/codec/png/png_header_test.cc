// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/png_header.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/byte_writer.h"
#include "codec/codec_list.h"
#include "codec/png/png_reading.h"
#include "color/icc_profile.h"

namespace imagepacker {
namespace {

Bytes bytes_of(std::string_view chars) {
  const auto bytes = std::as_bytes(std::span(chars));
  return {bytes.begin(), bytes.end()};
}

/// A picture of one black pixel.
struct Pixel {
  ImageFormat format;
  Metadata metadata;

  explicit Pixel(PixelFormat layout = PixelFormat::rgb) {
    format.layout = layout;
    format.size = {1, 1};
    format.alpha = format.info().has_alpha ? Alpha::straight : Alpha::none;
  }

  /// Its PNG, or empty with `error` set.
  Bytes pack() {
    const auto encoder = find_codec(Format::png)->create_encoder(format, {.format = Format::png}).value();
    ImageView view{.format = encoder->input(), .planes = {}};
    const std::array<std::byte, 8> black{};
    view.planes[0] = {.bytes = black, .stride_bytes = black.size()};
    const ViewRows rows(view);
    TaskPool pool(1);
    VectorSink sink;
    Status status = encoder->encode({.image = rows, .metadata = metadata, .pool = pool, .stop = {}}, sink);
    if (!status.has_value()) {
      error = status.error();
      return {};
    }
    return sink.take();
  }

  Error error;
};

/// A profile that is a header and nothing else but is what it says: `space` is "RGB " or "GRAY".
Bytes bare_profile(std::string_view space, std::size_t size = 256) {
  Bytes profile(size);
  ByteWriter length;
  length.u32be(static_cast<std::uint32_t>(size));
  std::memcpy(profile.data(), length.bytes().data(), 4);
  std::memcpy(profile.data() + 16, space.data(), 4);
  std::memcpy(profile.data() + 36, "acsp", 4);
  return profile;
}

TEST(PngHeader, SaysSrgbWhereThatIsWhatIsShown) {
  for (const Transfer transfer : {Transfer::srgb, Transfer::bt709}) {
    Pixel pixel;
    pixel.format.color.transfer = transfer;
    const Bytes png = pixel.pack();
    EXPECT_EQ(chunk_types(png), "IHDR sRGB gAMA cHRM IDAT IEND");
    EXPECT_EQ(read_png(png).complaints, "");
  }
}

TEST(PngHeader, SaysHdrByCicpAlone) {
  Pixel pixel(PixelFormat::rgb48_be);
  pixel.format.color.primaries = Primaries::bt2020;
  pixel.format.color.transfer = Transfer::pq;
  EXPECT_EQ(chunk_types(pixel.pack()), "IHDR cICP IDAT IEND");
  EXPECT_EQ(chunk_data(pixel.pack(), "cICP"), bytes_of({"\x09\x10\x00\x01", 4}));

  pixel.format.color.transfer = Transfer::hlg;
  pixel.format.hdr.mastering_display = MasteringDisplay{.red = {35400, 14600}};
  pixel.format.hdr.content_light_level = ContentLightLevel{.max_cll = 1000};
  EXPECT_EQ(chunk_types(pixel.pack()), "IHDR cICP mDCV cLLI IDAT IEND");
  EXPECT_EQ(chunk_data(pixel.pack(), "cICP"), bytes_of({"\x09\x12\x00\x01", 4}));
  EXPECT_EQ(read_png(pixel.pack()).complaints, "");
}

TEST(PngHeader, SaysOtherGamutsByCicpAndProfile) {
  Pixel pixel;
  pixel.format.color.primaries = Primaries::smpte_eg432;
  const auto profile = make_icc_profile(pixel.format.color, ColorModel::rgb);
  const Bytes png = pixel.pack();
  EXPECT_EQ(chunk_types(png), profile.has_value() ? "IHDR cICP iCCP IDAT IEND" : "IHDR cICP IDAT IEND");
  EXPECT_EQ(read_png(png).complaints, "");
  if (profile.has_value()) {
    EXPECT_EQ(read_png(png).icc, *profile);
  }
}

TEST(PngHeader, HasNoCicpForWhatH273DoesNotKnow) {
  Pixel pixel;
  pixel.format.color.primaries = Primaries::adobe_rgb;
  pixel.format.color.transfer = Transfer::adobe_rgb;
  EXPECT_TRUE(chunk_data(pixel.pack(), "cICP").empty());
}

TEST(PngHeader, LetsTheOwnProfileSpeak) {
  Pixel pixel;
  pixel.metadata.icc = bare_profile("RGB ");
  EXPECT_EQ(chunk_types(pixel.pack()), "IHDR iCCP IDAT IEND");
  pixel.format.color.primaries = Primaries::smpte_eg432;
  EXPECT_EQ(chunk_types(pixel.pack()), "IHDR iCCP IDAT IEND");
  pixel.format.color.transfer = Transfer::pq;
  EXPECT_EQ(chunk_types(pixel.pack()), "IHDR cICP iCCP sBIT IDAT IEND");
  Pixel gray(PixelFormat::gray8);
  gray.metadata.icc = bare_profile("GRAY");
  EXPECT_EQ(chunk_types(gray.pack()), "IHDR iCCP IDAT IEND");
}

TEST(PngHeader, KeepsMetadataByteForByte) {
  Pixel pixel;
  pixel.metadata.exif = bytes_of({"II*\0\x08\0\0\0\0\0\0\0\0\0", 14});
  pixel.metadata.xmp = bytes_of("<?xpacket begin='\xEF\xBB\xBF'?><x:xmpmeta xmlns:x='adobe:ns:meta/'/>");
  const Bytes png = pixel.pack();
  EXPECT_EQ(chunk_types(png), "IHDR sRGB gAMA cHRM eXIf iTXt IDAT IEND");
  const ReadPng read = read_png(png);
  EXPECT_EQ(read.complaints, "");
  EXPECT_EQ(read.exif, pixel.metadata.exif);
  EXPECT_EQ(bytes_of(read.xmp), pixel.metadata.xmp);
}

TEST(PngHeader, KeepsHugeMetadata) {
  Pixel pixel;
  pixel.metadata.exif = bytes_of({"MM\0*\0\0\0\x08\0\0\0\0\0\0", 14});
  pixel.metadata.exif.resize(3000000);
  pixel.metadata.xmp = Bytes(5000000, std::byte{' '});
  const ReadPng read = read_png(pixel.pack());
  EXPECT_EQ(read.complaints, "");
  EXPECT_EQ(read.exif, pixel.metadata.exif);
  EXPECT_EQ(read.xmp.size(), pixel.metadata.xmp.size());
}

TEST(PngHeader, RefusesMetadataThatReadersWould) {
  Pixel exif;
  exif.metadata.exif = bytes_of("Exif");
  EXPECT_TRUE(exif.pack().empty());
  EXPECT_EQ(exif.error.code, Errc::invalid_argument);
  Pixel xmp;
  xmp.metadata.xmp = bytes_of({"<x>\0</x>", 8});
  EXPECT_TRUE(xmp.pack().empty());
  EXPECT_EQ(xmp.error.code, Errc::invalid_argument);
}

TEST(PngHeader, TellsHowManyBitsAreTheSources) {
  Pixel gray(PixelFormat::gray10_le16);
  EXPECT_EQ(chunk_data(gray.pack(), "sBIT"), bytes_of("\x0A"));
  Pixel rgb(PixelFormat::gbr_12le);
  EXPECT_EQ(chunk_data(rgb.pack(), "sBIT"), bytes_of("\x0C\x0C\x0C"));
  Pixel rgba(PixelFormat::rgb10a2_le);
  EXPECT_EQ(chunk_data(rgba.pack(), "sBIT"), bytes_of("\x0A\x0A\x0A\x02"));
  Pixel bytes(PixelFormat::rgba);
  EXPECT_TRUE(chunk_data(bytes.pack(), "sBIT").empty());
  EXPECT_EQ(read_png(rgba.pack()).complaints, "");
}

}  // namespace
}  // namespace imagepacker
