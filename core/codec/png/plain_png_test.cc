// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/plain_png.h"

#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <random>

#include "codec/png/png_samples.h"
#include "codec/png/png_writing.h"
#include "container/png_chunks.h"

namespace imagepacker {
namespace {

Bytes noise_file(int color_type, Size size, bool is_interlaced = false) {
  std::mt19937 random(1);
  const int channels = color_type == 2 ? 3 : color_type == 6 ? 4 : 1;
  PngToWrite png{.size = size, .bit_depth = 8, .color_type = color_type, .is_interlaced = is_interlaced};
  png.rows.resize(static_cast<std::size_t>(size.width * size.height * channels));
  for (std::uint8_t& byte : png.rows) {
    byte = static_cast<std::uint8_t>(random() % (color_type == 3 ? 4 : 256));
  }
  if (color_type == 3) {
    png.palette = {1, 2, 3, 40, 50, 60, 7, 8, 9, 100, 110, 120};
    png.palette_alpha = {255, 0, 128, 77};
  }
  return write_png(png);
}

std::uint32_t big_endian(const Bytes& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
  }
  return value;
}

/// Gives every chunk the checksum of its bytes.
void correct_checksums(Bytes& file) {
  for (std::size_t at = kPngSignature.size(); at + 12 <= file.size();) {
    const std::size_t size = big_endian(file, at);
    if (size > file.size() - at - 12) {
      return;
    }
    const std::uint32_t crc = png_crc32(ByteView(file).subspan(at + 4, 4 + size));
    for (std::size_t i = 0; i < 4; ++i) {
      file[at + 8 + size + i] = static_cast<std::byte>(crc >> (24 - 8 * i));
    }
    at += 12 + size;
  }
}

bool is_plain(ByteView file) {
  const auto structure = read_png_structure(file);
  return structure.has_value() && PlainPng::make(file, *structure).has_value();
}

/// The samples of `file`, by one way or the other; nothing where it is refused.
std::optional<Bytes> samples_of(ByteView file, bool has_room) {
  const auto structure = read_png_structure(file);
  if (!structure.has_value() || structure->header.size.width > 256 || structure->header.size.height > 256) {
    return std::nullopt;
  }
  ImageFormat format{.size = structure->header.size};
  format.layout = png_layout(structure->header, structure->has_transparency);
  ImageBuffer buffer;
  EXPECT_TRUE(buffer.reset(format).has_value());
  if (!read_png_samples(file, *structure, has_room, buffer.view(), {}).has_value()) {
    return std::nullopt;
  }
  const MutablePlane plane = buffer.view().planes[0];
  Bytes samples;
  for (int y = 0; y < format.size.height; ++y) {
    const auto row = plane.bytes.subspan(static_cast<std::size_t>(y) * plane.stride_bytes,
                                         plane_row_bytes(format.info(), 0, format.size));
    samples.insert(samples.end(), row.begin(), row.end());
  }
  return samples;
}

TEST(PlainPng, HasTheSamplesOfTheFile) {
  for (const int color_type : {0, 2, 3, 6}) {
    for (const Size size : {Size{1, 1}, Size{200, 150}}) {
      const Bytes file = noise_file(color_type, size);
      EXPECT_TRUE(is_plain(file));
      EXPECT_EQ(samples_of(file, true), samples_of(file, false));
    }
  }
}

TEST(PlainPng, LeavesInterlacedAndUnsoundFilesToLibpng) {
  EXPECT_FALSE(is_plain(noise_file(2, {20, 20}, true)));
  const Bytes file = noise_file(2, {20, 20});
  for (std::size_t at = 33; at < file.size(); ++at) {
    Bytes broken = file;
    broken[at] ^= std::byte{4};
    EXPECT_FALSE(is_plain(broken)) << at;
    EXPECT_FALSE(is_plain(ByteView(file).first(at))) << at;
  }
}

TEST(PlainPng, SaysWhatLibpngSaysOfChangedFiles) {
  for (const int color_type : {0, 2, 3}) {
    const Bytes file = noise_file(color_type, {9, 7});
    for (std::size_t at = kPngSignature.size(); at < file.size(); ++at) {
      for (const std::byte flip : {std::byte{1}, std::byte{4}, std::byte{0x40}, std::byte{0xFF}}) {
        Bytes changed = file;
        changed[at] ^= flip;
        correct_checksums(changed);
        const auto samples = samples_of(changed, true);
        const auto by_libpng = samples_of(changed, false);
        // zlib refuses some tables of codes whose stream comes out right, which its checksum tells.
        EXPECT_TRUE(samples == by_libpng || (!by_libpng && samples == samples_of(file, false)))
            << color_type << " " << at;
      }
    }
  }
}

}  // namespace
}  // namespace imagepacker
