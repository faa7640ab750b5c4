// SPDX-License-Identifier: LGPL-2.1-or-later
#include "metadata/exif_scan.h"

#include <gtest/gtest.h>

#include <string>

#include "base/byte_writer.h"
#include "base/try.h"
#include "metadata/exif_document.h"

namespace imagepacker {
namespace {

/// Exif with a value in each directory that is too long to stand in its entry.
Bytes full_exif() {
  auto document = ExifDocument::create();
  EXPECT_TRUE(document.has_value());
  for (const char* const key : {"Exif.Image.Artist", "Exif.Photo.LensModel"}) {
    EXPECT_TRUE(document->set(key, "a long enough text").has_value());
  }
  EXPECT_TRUE(document->set("Exif.GPSInfo.GPSLatitude", "1 2 3").has_value());
  auto bytes = document->serialize();
  EXPECT_TRUE(bytes.has_value());
  return *bytes;
}

TEST(ExifScan, EverythingIsThere) {
  EXPECT_EQ(count_unreadable_tags(full_exif()), 0);
  EXPECT_EQ(count_unreadable_tags({}), 0);
}

TEST(ExifScan, BothByteOrdersAreRead) {
  const Bytes artist = ByteWriter()
                           .append(std::string_view("MM\0*", 4))
                           .u32be(8)
                           .u16be(1)
                           .u16be(0x13B)
                           .u16be(2)
                           .u32be(5)
                           .u32be(26)
                           .u32be(0)
                           .append(std::string_view("name\0", 5))
                           .take();
  EXPECT_EQ(count_unreadable_tags(artist), 0);
  EXPECT_EQ(count_unreadable_tags(ByteView(artist).first(artist.size() - 1)), 1);
}

// Of each prefix, the document and the count together know all three tags.
TEST(ExifScan, WhatIsCutOffIsCounted) {
  const Bytes whole = full_exif();
  constexpr std::size_t kHeaderAndEmptyDirectory = 14;
  for (std::size_t size = kHeaderAndEmptyDirectory; size < whole.size(); ++size) {
    const ByteView cut = ByteView(whole).first(size);
    const auto document = ExifDocument::parse(cut);
    const int unreadable = count_unreadable_tags(cut);
    if (!document.has_value()) {
      EXPECT_GT(unreadable, 0) << size;
      continue;
    }
    EXPECT_EQ(document->unreadable_tags(), unreadable);
    const bool is_complete = document->has("Exif.Image.Artist") && document->has("Exif.Photo.LensModel") &&
                             document->has("Exif.GPSInfo.GPSLatitude");
    EXPECT_EQ(is_complete, unreadable == 0) << size;
  }
}

TEST(ExifScan, DirectoriesThatPointToThemselvesEnd) {
  ByteWriter loop;
  loop.append(std::string_view("II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\0\0\0\0", 26));
  EXPECT_EQ(count_unreadable_tags(loop.take()), 0);
}

}  // namespace
}  // namespace imagepacker
