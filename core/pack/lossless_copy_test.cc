// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pack/lossless_copy.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "color/transfer.h"
#include "container/jpeg_segments.h"
#include "container/jpeg_signatures.h"
#include "image/image_buffer.h"
#include "image/samples_of.h"
#include "imagepacker/packer.h"
#include "imagepacker/repacker.h"
#include "metadata/exif_document.h"
#include "metadata/xmp_packet.h"

namespace imagepacker {
namespace {

/// Sides of whole MCUs, so that it can be turned.
constexpr Size kSize{96, 64};

std::string_view chars_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Metadata some_metadata() {
  std::vector<Notice> notices;
  const std::array edits = {ExifEdit{"Exif.Image.Make", "Maker"}, ExifEdit{"Exif.GPSInfo.GPSLatitudeRef", "N"},
                            ExifEdit{"Exif.GPSInfo.GPSLatitude", "48 51 30"}};
  auto exif = edit_exif({}, edits, notices);
  const XmpEdit title{.namespace_uri = "http://purl.org/dc/elements/1.1/",
                      .prefix = "dc",
                      .name = "title",
                      .form = XmpEdit::Form::text,
                      .values = {"A title"}};
  const XmpEdit place{.namespace_uri = "http://ns.adobe.com/exif/1.0/",
                      .prefix = "exif",
                      .name = "GPSLatitude",
                      .form = XmpEdit::Form::text,
                      .values = {"48,51.5N"}};
  const std::array properties = {title, place};
  auto xmp = edit_xmp({}, properties, notices);
  EXPECT_TRUE(exif.has_value() && xmp.has_value() && notices.empty());
  return {.exif = std::move(*exif), .xmp = std::move(*xmp), .icc = {}};
}

/// A picture of a slope, SDR or HDR, as JPEG.
Bytes make_file(TaskPool& pool, bool is_hdr_picture, const PackingOptions& options = {.quality = 90},
                Metadata metadata = some_metadata()) {
  ImageBuffer buffer;
  ImageFormat format{.layout = is_hdr_picture ? PixelFormat::rgb48_be : PixelFormat::rgb,
                     .size = kSize,
                     .color = {},
                     .alpha = Alpha::none,
                     .hdr = {}};
  if (is_hdr_picture) {
    format.color = {.primaries = Primaries::bt2020, .transfer = Transfer::pq};
  }
  EXPECT_TRUE(buffer.reset(format).has_value());
  const MutableImageView view = buffer.view();
  const std::size_t bytes = is_hdr_picture ? 6 : 3;
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      for (std::size_t c = 0; c < bytes; ++c) {
        const int level = is_hdr_picture && c % 2 == 1 ? 0 : 60 + x + y / 2 + static_cast<int>(c) * 5;
        view.planes[0].bytes[static_cast<std::size_t>(y) * view.planes[0].stride_bytes +
                             static_cast<std::size_t>(x) * bytes + c] = static_cast<std::byte>(level);
      }
    }
  }
  const auto packer = Packer::create(format, options, pool);
  EXPECT_TRUE(packer.has_value());
  VectorSink sink;
  EXPECT_TRUE(
      packer->pack({.main = view.as_const(), .gain_map = {}, .auxiliary = {}, .metadata = std::move(metadata)}, sink)
          .has_value());
  return sink.take();
}

struct Repacked {
  RepackedInfo info;
  Bytes bytes;
  std::vector<Notice> notices;
};

Result<Repacked> repack_to_memory(ByteView file, const RepackOptions& options, TaskPool& pool) {
  Repacked result;
  VectorSink sink;
  auto info = repack(file, options, pool, sink, {}, &result.notices);
  if (!info.has_value()) {
    return info.error();
  }
  result.info = *info;
  result.bytes = sink.take();
  return result;
}

OwnedPicture unpacked(ByteView file, TaskPool& pool) {
  auto unpacker = Unpacker::create(file, {}, pool);
  EXPECT_TRUE(unpacker.has_value()) << unpacker.error().message;
  auto owned = unpacker->unpack();
  EXPECT_TRUE(owned.has_value());
  return std::move(*owned);
}

bool are_equal(const ImageView& a, const ImageView& b) {
  return a.format.layout == b.format.layout && a.format.size == b.format.size && samples_of(a) == samples_of(b);
}

/// From the first quantisation table to the first end of an image, and all behind it.
std::pair<std::string_view, std::string_view> samples_and_rest(ByteView file) {
  const std::string_view all = chars_of(file);
  constexpr std::string_view kTables("\xFF\xDB", 2);
  constexpr std::string_view kEnd("\xFF\xD9", 2);
  const auto begin = all.find(kTables);
  const auto end = all.find(kEnd, begin) + 2;
  return {all.substr(begin, end - begin), all.substr(end)};
}

TEST(LosslessCopy, KeepsAllBytesOfSamplesWhenPositionsGo) {
  TaskPool pool(2);
  for (const bool is_hdr_picture : {false, true}) {
    const Bytes file = make_file(pool, is_hdr_picture);
    RepackOptions options{.packing = {.keep_gps = false}};
    const auto copy = repack_to_memory(file, options, pool);
    ASSERT_TRUE(copy.has_value()) << copy.error().message;
    EXPECT_TRUE(copy->info.is_lossless_copy);
    EXPECT_EQ(copy->info.format.size, kSize);
    EXPECT_EQ(samples_and_rest(copy->bytes), samples_and_rest(file));
    EXPECT_EQ(samples_and_rest(copy->bytes).second.empty(), !is_hdr_picture);
    const OwnedPicture picture = unpacked(copy->bytes, pool);
    EXPECT_EQ(picture.picture.gain_map.has_value(), is_hdr_picture);
    const auto exif = ExifDocument::parse(picture.picture.metadata.exif);
    ASSERT_TRUE(exif.has_value());
    EXPECT_TRUE(exif->has("Exif.Image.Make"));
    EXPECT_FALSE(exif->has("Exif.GPSInfo.GPSLatitude"));
    const auto xmp = XmpPacket::parse(picture.picture.metadata.xmp);
    ASSERT_TRUE(xmp.has_value());
    EXPECT_TRUE(xmp->has("http://purl.org/dc/elements/1.1/", "title"));
    EXPECT_FALSE(xmp->has("http://ns.adobe.com/exif/1.0/", "GPSLatitude"));
    EXPECT_EQ(picture.picture.metadata.icc, unpacked(file, pool).picture.metadata.icc);
  }
}

TEST(LosslessCopy, LeavesOutAThumbnailThatMayTellAPlace) {
  TaskPool pool(1);
  for (const bool has_metadata : {false, true}) {
    const Bytes plain = make_file(pool, false, {.quality = 90}, {});
    const Bytes thumbnail = has_metadata ? make_file(pool, false) : plain;
    auto document = ExifDocument::create();
    ASSERT_TRUE(document.has_value());
    ASSERT_TRUE(document->set("Exif.Image.Make", "Maker").has_value());
    ASSERT_TRUE(document->set_thumbnail(thumbnail).has_value());
    const auto exif = document->serialize();
    ASSERT_TRUE(exif.has_value());
    JpegSegmentWriter file;
    file.start_of_image();
    ASSERT_TRUE(file.application(1, "Exif", kJpegExifSignature, *exif).has_value());
    file.segment(ByteView(plain).subspan(2));
    RepackOptions options{.packing = {.keep_gps = false}};
    const auto copy = repack_to_memory(file.bytes(), options, pool);
    ASSERT_TRUE(copy.has_value()) << copy.error().message;
    EXPECT_TRUE(copy->info.is_lossless_copy);
    const auto kept = ExifDocument::parse(unpacked(copy->bytes, pool).picture.metadata.exif);
    ASSERT_TRUE(kept.has_value());
    EXPECT_TRUE(kept->has("Exif.Image.Make"));
    EXPECT_EQ(kept->has_thumbnail(), !has_metadata);
    EXPECT_EQ(chars_of(copy->bytes).find("GPSLatitude"), std::string_view::npos);
    EXPECT_EQ(copy->notices.size(), has_metadata ? 1U : 0U);
  }
}

TEST(LosslessCopy, TakesPositionsOutOfTheGainMap) {
  TaskPool pool(2);
  Bytes file = make_file(pool, true);
  const auto [samples, map] = samples_and_rest(file);
  // Exif behind the map's SOI.
  const auto at = file.size() - map.size() + 2;
  constexpr std::string_view kExif(
      "\xFF\xE1\0\x10"
      "Exif\0\0"
      "PLACE!!!",
      18);
  const std::string old_map(map.substr(2));
  const ByteView exif = std::as_bytes(std::span(kExif));
  file.insert(file.begin() + static_cast<std::ptrdiff_t>(at), exif.begin(), exif.end());
  const auto kept = repack_to_memory(file, {}, pool);
  ASSERT_TRUE(kept.has_value());
  EXPECT_NE(chars_of(kept->bytes).find("PLACE!!!"), std::string_view::npos);
  const auto copy = repack_to_memory(file, {.packing = {.keep_gps = false}}, pool);
  ASSERT_TRUE(copy.has_value());
  EXPECT_EQ(chars_of(copy->bytes).find("PLACE!!!"), std::string_view::npos);
  EXPECT_TRUE(chars_of(copy->bytes).ends_with(old_map));
  EXPECT_TRUE(unpacked(copy->bytes, pool).picture.gain_map);
}

TEST(LosslessCopy, IsTheFileWhenNothingIsAsked) {
  TaskPool pool(2);
  for (const bool is_hdr_picture : {false, true}) {
    const Bytes file = make_file(pool, is_hdr_picture);
    const auto copy = repack_to_memory(file, {}, pool);
    ASSERT_TRUE(copy.has_value());
    const OwnedPicture before = unpacked(file, pool);
    const OwnedPicture after = unpacked(copy->bytes, pool);
    EXPECT_EQ(after.picture.metadata.exif, before.picture.metadata.exif);
    EXPECT_EQ(samples_and_rest(copy->bytes), samples_and_rest(file));
    if (!is_hdr_picture) {
      EXPECT_EQ(copy->bytes, file);
    }
  }
}

TEST(LosslessCopy, MakesAnotherEntropyCode) {
  TaskPool pool(2);
  for (const bool progressive_file : {false, true}) {
    const Bytes file = make_file(pool, false, {.quality = 90, .effort = 0, .progressive = progressive_file});
    for (const bool progressive : {false, true}) {
      for (const auto tables : {HuffmanTables::optimal, HuffmanTables::standard}) {
        if (progressive && tables == HuffmanTables::standard) {
          continue;
        }
        const auto copy = repack_to_memory(
            file, {.packing = {.progressive = progressive, .huffman_tables = tables}, .is_coding_given = true}, pool);
        ASSERT_TRUE(copy.has_value()) << copy.error().message;
        EXPECT_TRUE(copy->info.is_lossless_copy);
        const OwnedPicture before = unpacked(file, pool);
        const OwnedPicture after = unpacked(copy->bytes, pool);
        EXPECT_TRUE(are_equal(before.picture.main, after.picture.main));
        constexpr std::string_view kProgressive("\xFF\xC2", 2);
        EXPECT_EQ(samples_and_rest(copy->bytes).first.find(kProgressive) != std::string_view::npos, progressive);
      }
    }
  }
}

TEST(LosslessCopy, TurnsPicturesBackAndForth) {
  TaskPool pool(2);
  for (const bool is_hdr_picture : {false, true}) {
    const Bytes file = make_file(pool, is_hdr_picture);
    for (int value = 2; value <= 8; ++value) {
      const auto orientation = static_cast<Orientation>(value);
      const Orientation back = orientation == Orientation::rotate_90    ? Orientation::rotate_270
                               : orientation == Orientation::rotate_270 ? Orientation::rotate_90
                                                                        : orientation;
      const auto turned =
          repack_to_memory(file, {.packing = {.apply_orientation = orientation}, .require_lossless_copy = true}, pool);
      ASSERT_TRUE(turned.has_value()) << value << ": " << turned.error().message;
      EXPECT_EQ(turned->info.format.size, swaps_sides(orientation) ? (Size{kSize.height, kSize.width}) : kSize);
      const auto restored = repack_to_memory(
          turned->bytes, {.packing = {.apply_orientation = back}, .require_lossless_copy = true}, pool);
      ASSERT_TRUE(restored.has_value()) << value << ": " << restored.error().message;
      const OwnedPicture before = unpacked(file, pool);
      const OwnedPicture after = unpacked(restored->bytes, pool);
      EXPECT_TRUE(are_equal(before.picture.main, after.picture.main)) << value;
      ASSERT_EQ(after.picture.gain_map.has_value(), is_hdr_picture);
      EXPECT_TRUE(!is_hdr_picture || are_equal(before.picture.gain_map->image, after.picture.gain_map->image));
    }
  }
}

TEST(LosslessCopy, TurnsAsTheFileSays) {
  TaskPool pool(2);
  Metadata metadata;
  metadata.orientation = Orientation::rotate_90;
  const Bytes file = make_file(pool, false, {.quality = 95}, metadata);
  const auto copy = repack_to_memory(file, {.applies_own_orientation = true, .require_lossless_copy = true}, pool);
  ASSERT_TRUE(copy.has_value()) << copy.error().message;
  const OwnedPicture before = unpacked(file, pool);
  const OwnedPicture after = unpacked(copy->bytes, pool);
  EXPECT_EQ(after.picture.metadata.orientation, Orientation::normal);
  ASSERT_EQ(after.picture.main.format.size, (Size{kSize.height, kSize.width}));
  for (int y = 0; y < kSize.width; ++y) {
    for (int x = 0; x < kSize.height; ++x) {
      const auto at = [](const OwnedPicture& picture, int column, int row) {
        const Plane& plane = picture.picture.main.planes[0];
        return std::to_integer<int>(
            plane.bytes[static_cast<std::size_t>(row) * plane.stride_bytes + static_cast<std::size_t>(column)]);
      };
      // The inverse transform of turned blocks rounds the other way now and then.
      ASSERT_NEAR(at(after, x, y), at(before, y, kSize.height - 1 - x), 1);
    }
  }
}

TEST(LosslessCopy, IsRefusedWithAReason) {
  TaskPool pool(2);
  const Bytes file = make_file(pool, false);
  const auto reason = [&](RepackOptions options) {
    options.require_lossless_copy = true;
    const auto copy = repack_to_memory(file, options, pool);
    EXPECT_FALSE(copy.has_value());
    return copy.has_value() ? std::string() : copy.error().message;
  };
  EXPECT_NE(reason({.packing = {.format = Format::png}}).find("JPEG to JPEG"), std::string::npos);
  EXPECT_NE(reason({.packing = {.max_width = 50}}).find("50"), std::string::npos);
  EXPECT_NE(reason({.packing = {.quality = 50}, .is_quality_given = true}).find("quality 50"), std::string::npos);
  EXPECT_NE(reason({.packing = {.chroma_subsampling = ChromaSubsampling::yuv444}}).find("chroma"), std::string::npos);
  EXPECT_NE(reason({.packing = {.desired_dynamic_range = DynamicRange::hdr}}).find("HDR"), std::string::npos);
  EXPECT_NE(reason({.packing = {.max_bytes = 100}}).find("max-bytes"), std::string::npos);
}

TEST(LosslessCopy, GivesWayToWhatIsAsked) {
  TaskPool pool(2);
  const Bytes file = make_file(pool, true);
  const auto smaller = repack_to_memory(file, {.packing = {.max_width = 48}}, pool);
  ASSERT_TRUE(smaller.has_value()) << smaller.error().message;
  EXPECT_FALSE(smaller->info.is_lossless_copy);
  const OwnedPicture picture = unpacked(smaller->bytes, pool);
  EXPECT_EQ(picture.picture.main.format.size, (Size{48, 32}));
  ASSERT_TRUE(picture.picture.gain_map);
  EXPECT_EQ(picture.picture.gain_map->image.format.size, (Size{48, 32}));
  const auto coarser = repack_to_memory(file, {.packing = {.quality = 40}, .is_quality_given = true}, pool);
  ASSERT_TRUE(coarser.has_value());
  EXPECT_FALSE(coarser->info.is_lossless_copy);
  EXPECT_NE(samples_and_rest(coarser->bytes).first, samples_and_rest(file).first);
  const auto sdr = repack_to_memory(file, {.packing = {.desired_dynamic_range = DynamicRange::sdr}}, pool);
  ASSERT_TRUE(sdr.has_value());
  EXPECT_TRUE(sdr->info.is_lossless_copy);
  EXPECT_FALSE(unpacked(sdr->bytes, pool).picture.gain_map);
}

TEST(Repacking, LeavesGainMapsOutOfProgressiveFilesAndSaysSo) {
  TaskPool pool(2);
  const Bytes file = make_file(pool, true);
  for (const PackingOptions& packing :
       {PackingOptions{.progressive = true}, PackingOptions{.chroma_subsampling = ChromaSubsampling::yuv422}}) {
    RepackOptions options{.packing = packing, .is_coding_given = true};
    const auto repacked = repack_to_memory(file, options, pool);
    ASSERT_TRUE(repacked.has_value()) << repacked.error().message;
    EXPECT_EQ(repacked->info.is_lossless_copy, packing.progressive);
    EXPECT_FALSE(unpacked(repacked->bytes, pool).picture.gain_map);
    ASSERT_FALSE(repacked->notices.empty());
    EXPECT_EQ(repacked->notices[0].kind, Notice::Kind::tone_mapped);
    EXPECT_NE(repacked->notices[0].message.find("; use "), std::string::npos) << repacked->notices[0].message;
    options.packing.desired_dynamic_range = DynamicRange::hdr;
    EXPECT_FALSE(repack_to_memory(file, options, pool).has_value());
    const OwnedPicture picture = unpacked(file, pool);
    const auto packer = Packer::create(picture.picture.main.format, packing, pool);
    ASSERT_TRUE(packer.has_value());
    VectorSink sink;
    const Status packed = packer->pack(picture.picture, sink);
    ASSERT_FALSE(packed.has_value());
    EXPECT_EQ(packed.error().code, Errc::unsupported);
  }
}

TEST(Repacking, TakesGainMapsOfFullChromaToEveryFormat) {
  TaskPool pool(2);
  const Bytes file = make_file(pool, true, {.quality = 90, .chroma_subsampling = ChromaSubsampling::yuv444});
  for (const FormatInfo& target : supported_formats()) {
    const auto packed = repack_to_memory(file, {.packing = {.format = target.format}}, pool);
    ASSERT_TRUE(packed.has_value()) << target.name << ": " << packed.error().message;
    EXPECT_EQ(packed->info.format.size, kSize);
  }
}

}  // namespace
}  // namespace imagepacker
