// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/image_color.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "base/byte_writer.h"
#include "codec/heif/heif_test_files.h"
#include "codec/heif/libheif_avif.h"
#include "codec/heif/packed_heif.h"
#include "codec/heif/test_pictures.h"
#include "color/icc_profile.h"

namespace imagepacker::heif {
namespace {

using PF = PixelFormat;

ReadProperty nclx(int primaries, int transfer, int matrix) {
  ByteWriter payload;
  payload.append("nclx");
  for (const int code : {primaries, transfer, matrix}) {
    payload.u16be(static_cast<std::uint16_t>(code));
  }
  return {.type = "colr", .essential = false, .payload = payload.u8(0x80).take()};
}

ReadProperty profile(const ColorSpace& color) {
  const auto icc = make_icc_profile(color, ColorModel::rgb);
  EXPECT_TRUE(icc.has_value());
  return {.type = "colr", .essential = false, .payload = ByteWriter().append("prof").append(*icc).take()};
}

/// A picture that says of its colours what `stated` does.
Opened open_with(PF layout, const std::vector<ReadProperty>& stated) {
  ReadItem item = primary_of(packed(format_of(layout, {32, 24})));
  std::erase_if(item.properties, [](const ReadProperty& property) { return property.type == "colr"; });
  item.properties.insert(item.properties.end(), stated.begin(), stated.end());
  return open(file_of(item));
}

TEST(HeifImageColor, MatricesWithoutNameAreRefused) {
  for (const int code : {8, 10, 14, 200}) {  // YCgCo, constant luminance, ICtCp, none
    const Opened opened = open_with(PF::y444, {nclx(9, 16, code)});
    EXPECT_EQ(opened.code, Errc::unsupported) << code;
    EXPECT_NE(opened.error.find("matrix " + std::to_string(code)), std::string::npos) << opened.error;
    EXPECT_EQ(open_with(PF::gray8, {nclx(1, 13, code)}).error, "") << "gray has no matrix";
  }
  EXPECT_EQ(open_with(PF::y444, {nclx(1, 13, 1)}).info.main.color.matrix, Matrix::bt709);
  EXPECT_EQ(open_with(PF::i420, {nclx(1, 13, 0)}).info.main.color.matrix, Matrix::bt601) << "RGB is never subsampled";
}

/// heif-enc of libheif 1.15 writes 1/13/6 beside any profile.
TEST(HeifImageColor, AProfileOutranksTheCodesBesideIt) {
  const ColorSpace p3{.primaries = Primaries::smpte_eg432, .transfer = Transfer::srgb};
  const ColorSpace color = open_with(PF::i420, {nclx(1, 13, 6), profile(p3)}).info.main.color;
  EXPECT_EQ(color.primaries, Primaries::smpte_eg432);
  EXPECT_EQ(color.transfer, Transfer::srgb);
  EXPECT_EQ(color.matrix, Matrix::bt601);
  const ColorSpace hdr = open_with(PF::i420, {profile(p3), nclx(9, 16, 9)}).info.main.color;
  EXPECT_EQ(hdr.primaries, Primaries::bt2020) << "what profiles say beside HDR is for readers without HDR";
  EXPECT_EQ(hdr.transfer, Transfer::pq);
  EXPECT_EQ(open_with(PF::i420, {profile(p3)}).info.main.color.primaries, Primaries::smpte_eg432);
}

TEST(HeifImageColor, Av1SaysItItselfWhereNoBoxDoes) {
  ImageFormat format = format_of(PF::i420, {64, 48});
  format.color = {Primaries::bt2020, Transfer::bt709, Matrix::bt709, Range::limited, ChromaSite::unspecified};
  const TestPicture picture(format);
  const Bytes file = avif_of(picture.view());
  if (file.empty() || open(file).code == Errc::unsupported) {
    GTEST_SKIP() << "no AV1 here";
  }
  EXPECT_EQ(open(file).info.main.color.range, Range::limited);
  ReadItem item = primary_of(file);
  EXPECT_GT(std::erase_if(item.properties, [](const ReadProperty& property) { return property.type == "colr"; }), 0U);
  const Opened opened = open(file_of(item));
  ASSERT_EQ(opened.error, "");
  EXPECT_EQ(opened.info.main.color.primaries, format.color.primaries);
  EXPECT_EQ(opened.info.main.color.transfer, format.color.transfer);
  EXPECT_EQ(opened.info.main.color.matrix, format.color.matrix);
  EXPECT_EQ(opened.info.main.color.range, format.color.range);
}

}  // namespace
}  // namespace imagepacker::heif
