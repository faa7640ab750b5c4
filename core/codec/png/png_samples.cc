// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/png_samples.h"

#include <png.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>

#include "base/longjmp_shield.h"
#include "base/text.h"
#include "codec/png/plain_png.h"

namespace imagepacker {
namespace {

/// How often a cancelled reading notices.
constexpr int kRowsBetweenLooks = 64;

/// Compressed bytes that libpng takes at a time.
constexpr std::size_t kReadBytes = 65536;

struct Reading {
  LongjmpShield shield;
  std::span<const ByteView> pieces;  ///< of the file
  std::size_t used_bytes = 0;        ///< of the first one
  bool is_plain = false;             ///< decompressed, all checksums looked at
  bool is_cut = false;
  bool is_cancelled = false;
};

void on_error(png_structp png, png_const_charp message) {
  static_cast<Reading*>(png_get_error_ptr(png))->shield.fail(message);
}

/// What libpng warns of, it has mended or left out; the structure's reader tells what concerns the picture.
void on_warning(png_structp, png_const_charp) {}

void on_read(png_structp png, png_bytep into, std::size_t count) {
  auto* const reading = static_cast<Reading*>(png_get_io_ptr(png));
  while (count > 0) {
    if (reading->pieces.empty()) {
      reading->is_cut = true;
      png_error(png, "the file ends early");
    }
    const ByteView rest = reading->pieces.front().subspan(reading->used_bytes);
    const std::size_t taken = std::min(count, rest.size());
    std::memcpy(into, rest.data(), taken);
    into += taken;
    count -= taken;
    reading->used_bytes += taken;
    if (taken == rest.size()) {
      reading->pieces = reading->pieces.subspan(1);
      reading->used_bytes = 0;
    }
  }
}

void set_transforms(png_structp png, const PngStructure& structure) {
  const PngHeader& header = structure.header;
  png_set_expand(png);  // palettes, fewer than 8 bits, tRNS
  if (!header.has_color() && (header.has_alpha_channel() || structure.has_transparency)) {
    png_set_gray_to_rgb(png);
  }
}

/// All rows, within the shield: nothing here has a destructor.
void read_rows(png_structp png, png_infop info, const PngStructure& structure, const MutablePlane& plane,
               std::size_t row_bytes, const std::stop_token& stop, Reading& reading) {
  // The structure's reader has seen to everything but palette, transparency and samples.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // the size has been checked
  png_set_chunk_malloc_max(png, 0);  // some versions refuse files for long chunks that are skipped
  if (reading.is_plain) {
    png_set_crc_action(png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
  }
  png_set_compression_buffer_size(png, kReadBytes);
  png_read_info(png, info);
  set_transforms(png, structure);
  const int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  if (png_get_rowbytes(png, info) != row_bytes) {
    png_error(png, "transparency that contradicts the colour type");
  }
  for (int pass = 0; pass < passes; ++pass) {
    for (int y = 0; y < structure.header.size.height; ++y) {
      if (y % kRowsBetweenLooks == 0 && stop.stop_requested()) {
        reading.is_cancelled = true;
        png_error(png, "cancelled");
      }
      auto* const row =
          reinterpret_cast<png_bytep>(plane.bytes.data()) + static_cast<std::size_t>(y) * plane.stride_bytes;
      png_read_row(png, row, nullptr);
    }
  }
}

}  // namespace

PixelFormat png_layout(const PngHeader& header, bool has_transparency) {
  const bool is_wide = header.bit_depth == 16;
  if (header.has_alpha_channel() || has_transparency) {
    return is_wide ? PixelFormat::rgba64_be : PixelFormat::rgba;
  }
  if (header.has_color()) {
    return is_wide ? PixelFormat::rgb48_be : PixelFormat::rgb;
  }
  return is_wide ? PixelFormat::gray16_be : PixelFormat::gray8;
}

Status read_png_samples(ByteView file, const PngStructure& structure, bool has_room, const MutableImageView& image,
                        const std::stop_token& stop) {
  const auto plain = has_room ? PlainPng::make(file, structure) : std::nullopt;
  Reading reading{.shield = {}, .pieces = std::span(&file, 1), .is_plain = plain.has_value()};
  if (plain) {
    reading.pieces = plain->pieces();
  }
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reading, on_error, on_warning);
  png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
  if (info == nullptr) {
    png_destroy_read_struct(&png, &info, nullptr);
    return make_error(Errc::out_of_memory, "no memory for reading a PNG");
  }
  png_set_read_fn(png, &reading, on_read);
  const std::size_t row_bytes = plane_row_bytes(image.format.info(), 0, image.format.size);
  const bool is_read =
      reading.shield.run([&] { read_rows(png, info, structure, image.planes[0], row_bytes, stop, reading); });
  png_destroy_read_struct(&png, &info, nullptr);
  if (is_read) {
    return {};
  }
  if (reading.is_cancelled) {
    return make_error(Errc::cancelled, "unpacking was cancelled");
  }
  return make_error(Errc::corrupt_input,
                    reading.is_cut ? text("the PNG of ", file.size(), " bytes ends before its last sample")
                                   : text("the PNG is broken: libpng says \"", reading.shield.message(), "\""));
}

}  // namespace imagepacker
