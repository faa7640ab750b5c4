// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/png_writing.h"

#include <png.h>

#include <string_view>

#include "base/byte_writer.h"
#include "container/png_chunks.h"

namespace imagepacker {
namespace {

constexpr std::size_t kBytesToEndOfHeader = 33;

void on_write(png_structp png, png_bytep data, std::size_t count) {
  const auto* const first = reinterpret_cast<const std::byte*>(data);
  auto* const bytes = static_cast<Bytes*>(png_get_io_ptr(png));
  bytes->insert(bytes->end(), first, first + count);
}

void on_flush(png_structp) {}

void set_palette(png_structp png, png_infop info, const PngToWrite& what) {
  if (!what.palette.empty()) {
    png_set_PLTE(png, info, reinterpret_cast<png_const_colorp>(what.palette.data()),
                 static_cast<int>(what.palette.size() / 3));
  }
  if (!what.palette_alpha.empty()) {
    png_set_tRNS(png, info, what.palette_alpha.data(), static_cast<int>(what.palette_alpha.size()), nullptr);
  }
  if (!what.transparent.empty()) {
    png_color_16 color{};
    color.gray = color.red = what.transparent.front();
    color.green = what.transparent[what.transparent.size() / 2];
    color.blue = what.transparent.back();
    png_set_tRNS(png, info, nullptr, 0, &color);
  }
}

}  // namespace

Bytes write_png(const PngToWrite& what) {
  Bytes bytes;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &bytes, on_write, on_flush);
  png_set_IHDR(png, info, static_cast<png_uint_32>(what.size.width), static_cast<png_uint_32>(what.size.height),
               what.bit_depth, what.color_type, what.is_interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  set_palette(png, info, what);
  png_write_info(png, info);
  const std::size_t row_bytes = png_get_rowbytes(png, info);
  std::vector<png_bytep> rows;
  for (int y = 0; y < what.size.height; ++y) {
    rows.push_back(const_cast<png_bytep>(what.rows.data()) + static_cast<std::size_t>(y) * row_bytes);
  }
  png_write_image(png, rows.data());
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  return bytes;
}

Bytes with_chunk(ByteView png, std::string_view type, ByteView data) {
  ByteWriter longer;
  longer.append(png.first(kBytesToEndOfHeader));
  static_cast<void>(append_png_chunk(longer, type, data).has_value());
  longer.append(png.subspan(kBytesToEndOfHeader));
  return longer.take();
}

}  // namespace imagepacker
