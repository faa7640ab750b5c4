// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/png_structure.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/byte_writer.h"
#include "container/png_chunks.h"

namespace imagepacker {
namespace {

ByteView bytes_of(std::string_view chars) {
  return std::as_bytes(std::span(chars));
}

Bytes file_of(std::initializer_list<std::pair<std::string_view, ByteView>> chunks, int depth = 8,
              PngColorType type = PngColorType::rgb) {
  ByteWriter file;
  file.append(std::as_bytes(std::span(kPngSignature)));
  const Bytes header = png_ihdr({3, 2}, depth, type);
  static_cast<void>(append_png_chunk(file, "IHDR", header).has_value());
  for (const auto& [name, data] : chunks) {
    static_cast<void>(append_png_chunk(file, name, data).has_value());
  }
  return file.take();
}

TEST(PngStructure, KeepsTheFirstOfEveryKind) {
  const auto file = file_of({{"cICP", bytes_of("abcd")},
                             {"cICP", bytes_of("efgh")},
                             {"tRNS", bytes_of("123456")},
                             {"IDAT", bytes_of("12345")},
                             {"IDAT", bytes_of("678")},
                             {"iTXt", bytes_of("Comment")},
                             {"IEND", {}},
                             {"eXIf", bytes_of("behind the end")}});
  const auto found = read_png_structure(file);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->header.size, (Size{3, 2}));
  EXPECT_EQ(found->header.channels(), 3);
  EXPECT_EQ(found->idat_bytes, 8U);
  EXPECT_TRUE(found->has_transparency);
  EXPECT_EQ(found->cicp.size(), 4U);
  EXPECT_EQ(found->cicp[0], std::byte{'a'});
  EXPECT_TRUE(found->xmp.empty());
  EXPECT_TRUE(found->exif.empty());
  EXPECT_TRUE(found->left_out.empty());
}

TEST(PngStructure, LeavesOutColorBehindPaletteOrSamples) {
  for (const std::string_view first : {"PLTE", "IDAT"}) {
    const auto file = file_of(
        {{first, bytes_of("123")}, {"gAMA", bytes_of("1234")}, {"eXIf", bytes_of("MM")}, {"IDAT", bytes_of("1")}});
    const auto found = read_png_structure(file);
    ASSERT_TRUE(found.has_value());
    EXPECT_TRUE(found->gama.empty()) << first;
    EXPECT_FALSE(found->exif.empty()) << first;
    ASSERT_EQ(found->left_out.size(), 1U);
    EXPECT_EQ(found->left_out[0], "the PNG's gAMA is left out: it stands behind the palette or the samples");
  }
}

TEST(PngStructure, RefusesHeadersThatCannotBe) {
  EXPECT_FALSE(read_png_structure({}).has_value());
  EXPECT_FALSE(read_png_structure(file_of({})).has_value());
  EXPECT_FALSE(read_png_structure(file_of({{"IEND", {}}, {"IDAT", bytes_of("1")}})).has_value());
  EXPECT_FALSE(read_png_structure(file_of({{"IDAT", bytes_of("1")}}, 4)).has_value());
  EXPECT_FALSE(read_png_structure(file_of({{"IDAT", bytes_of("1")}}, 3, PngColorType::gray)).has_value());
  EXPECT_TRUE(read_png_structure(file_of({{"IDAT", bytes_of("1")}}, 4, PngColorType::gray)).has_value());
}

TEST(PngStructure, EndsAtLengthsThatNoChunkHas) {
  Bytes file = file_of({{"IDAT", bytes_of("123")}, {"eXIf", bytes_of("1234567")}, {"eXIf", bytes_of("89")}});
  const std::size_t length_at = kPngSignature.size() + 25 + 15;
  for (const std::byte high : {std::byte{0x80}, std::byte{0xFF}}) {
    std::fill_n(file.begin() + static_cast<std::ptrdiff_t>(length_at), 4, high);
    const auto found = read_png_structure(file);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->idat_bytes, 3U);
    EXPECT_TRUE(found->exif.empty());
  }
}

TEST(PngStructure, SplitsProfilesAndPackets) {
  const Bytes iccp = png_iccp("name", bytes_of("stream"));
  ASSERT_TRUE(split_iccp(iccp).has_value());
  EXPECT_EQ(split_iccp(iccp)->bytes.size(), 6U);
  EXPECT_FALSE(split_iccp(ByteView(iccp).first(5)).has_value());
  EXPECT_FALSE(split_iccp(Bytes(100, std::byte{'x'})).has_value());
  EXPECT_FALSE(split_iccp({}).has_value());
  const auto itxt = png_xmp_itxt(bytes_of("packet"));
  ASSERT_TRUE(itxt.has_value() && split_xmp_itxt(*itxt).has_value());
  EXPECT_EQ(split_xmp_itxt(*itxt)->bytes.size(), 6U);
  EXPECT_FALSE(split_xmp_itxt(*itxt)->is_compressed);
  Bytes other_method = *itxt;
  other_method[19] = std::byte{1};
  EXPECT_TRUE(split_xmp_itxt(other_method).has_value());
  other_method[18] = std::byte{1};
  EXPECT_FALSE(split_xmp_itxt(other_method).has_value());
  for (std::size_t size = 0; size < 22; ++size) {
    EXPECT_FALSE(split_xmp_itxt(ByteView(*itxt).first(size)).has_value());
  }
}

TEST(PngStructure, ReadsHdrMetadataAsTheyAreWritten) {
  const MasteringDisplay display{{35400, 14600}, {8500, 39850}, {6550, 2300}, {15635, 16450}, 10000000, 50};
  EXPECT_EQ(parse_png_mdcv(png_mdcv(display)), display);
  const ContentLightLevel level{.max_cll = 4000, .max_fall = 65535};
  EXPECT_EQ(parse_png_clli(png_clli(level)), level);
}

}  // namespace
}  // namespace imagepacker
