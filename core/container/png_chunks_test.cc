// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/png_chunks.h"

#include <gtest/gtest.h>

#include <string>

namespace imagepacker {
namespace {

std::string hex(ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string result;
  for (const std::byte byte : bytes) {
    result += kDigits[static_cast<std::uint8_t>(byte) >> 4];
    result += kDigits[static_cast<std::uint8_t>(byte) & 15];
  }
  return result;
}

ByteView bytes_of(std::string_view chars) {
  return std::as_bytes(std::span(chars));
}

TEST(PngChunks, FramesTheEndChunkAsTheStandardShowsIt) {
  ByteWriter png;
  ASSERT_TRUE(append_png_chunk(png, "IEND", {}).has_value());
  EXPECT_EQ(hex(png.bytes()), "0000000049454e44ae426082");
}

TEST(PngChunks, ContinuesTheCrc) {
  EXPECT_EQ(png_crc32(bytes_of("123456789")), 0xCBF43926U);
  EXPECT_EQ(png_crc32(bytes_of("6789"), png_crc32(bytes_of("12345"))), 0xCBF43926U);
}

TEST(PngChunks, LaysOutTheHeader) {
  EXPECT_EQ(hex(png_ihdr({0x10203, 4}, 16, PngColorType::rgba)), "00010203000000041006000000");
}

TEST(PngChunks, LaysOutHdrMetadataOfBt2020) {
  EXPECT_EQ(hex(png_cicp(Primaries::bt2020, Transfer::pq)), "09100001");
  const MasteringDisplay display{.red = {35400, 14600},
                                 .green = {8500, 39850},
                                 .blue = {6550, 2300},
                                 .white = {15635, 16450},
                                 .max_luminance = 10000000,
                                 .min_luminance = 50};
  EXPECT_EQ(hex(png_mdcv(display)), "8a48390821349baa199608fc3d1340420098968000000032");
  EXPECT_EQ(hex(png_clli({.max_cll = 1000, .max_fall = 400})), "00989680003d0900");
}

TEST(PngChunks, KeepsTheLargestLightLevel) {
  const MasteringDisplay beyond{.max_luminance = 0xFFFFFFFF, .min_luminance = 0x80000000};
  EXPECT_EQ(hex(png_mdcv(beyond)).substr(32), "7fffffff7fffffff");
  EXPECT_EQ(hex(png_clli({.max_cll = 65535, .max_fall = 65535})), "270fd8f0270fd8f0");
}

TEST(PngChunks, RefusesNulInXmp) {
  EXPECT_EQ(hex(png_xmp_itxt(bytes_of("<x/>")).value()), hex(bytes_of({"XML:com.adobe.xmp\0\0\0\0\0<x/>", 26})));
  const auto refused = png_xmp_itxt(bytes_of({"a\0b", 3}));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace imagepacker
