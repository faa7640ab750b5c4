// SPDX-License-Identifier: LGPL-2.1-or-later
#include <png.h>

#include <cstring>

#include "base/longjmp_shield.h"
#include "support/decode.h"

namespace imagepacker::testing {
namespace {

struct Reader {
  ByteView rest;
  LongjmpShield shield;
};

void read_bytes(png_structp png, png_bytep out, png_size_t count) {
  auto& reader = *static_cast<Reader*>(png_get_io_ptr(png));
  if (count > reader.rest.size()) {
    png_error(png, "the file ends too early");
  }
  std::memcpy(out, reader.rest.data(), count);
  reader.rest = reader.rest.subspan(count);
}

void fail(png_structp png, png_const_charp message) {
  static_cast<Reader*>(png_get_error_ptr(png))->shield.fail(message);
}

/// libpng 1.6 before cICP was standard hands the chunk on as unknown.
std::optional<StatedColor> cicp_of(png_structp png, png_infop info) {
  png_unknown_chunkp chunks = nullptr;
  const int count = png_get_unknown_chunks(png, info, &chunks);
  for (int i = 0; i < count; ++i) {
    const png_byte* const data = chunks[i].data;
    if (std::memcmp(chunks[i].name, "cICP", 4) == 0 && chunks[i].size == 4) {
      return StatedColor{data[0], data[1], data[2], data[3] != 0};
    }
  }
  return std::nullopt;
}

/// Which component stands at position `c` of a pixel with `channels` of them.
std::size_t component_at(std::size_t c, std::size_t channels) {
  return channels == 2 && c == 1 ? 3 : c;
}

void split(const std::vector<png_byte>& row, std::size_t channels, DecodedImage& image, std::size_t first) {
  const std::size_t sample_bytes = image.depth == 16 ? 2 : 1;
  for (std::size_t x = 0; x < static_cast<std::size_t>(image.size.width); ++x) {
    for (std::size_t c = 0; c < channels; ++c) {
      const png_byte* const sample = row.data() + (x * channels + c) * sample_bytes;
      image.planes[component_at(c, channels)][first + x] =
          static_cast<std::uint16_t>(sample_bytes == 2 ? sample[0] << 8 | sample[1] : sample[0]);
    }
  }
}

void allocate(DecodedImage& image, std::size_t channels) {
  for (std::size_t c = 0; c < channels; ++c) {
    image.planes[component_at(c, channels)].resize(static_cast<std::size_t>(image.size.width) *
                                                   static_cast<std::size_t>(image.size.height));
  }
}

}  // namespace

DecodedImage decode_png(ByteView file) {
  DecodedImage image;
  std::vector<png_byte> row;
  std::size_t channels = 0;
  Reader reader{.rest = file, .shield = {}};
  // A warning is a failure too: a file of ours must not even make the decoder wonder.
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, fail, fail);
  png_infop info = png_create_info_struct(png);
  const bool begun = reader.shield.run([&] {
    png_set_read_fn(png, &reader, read_bytes);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_ALWAYS, reinterpret_cast<png_const_bytep>("cICP"), 1);
    png_read_info(png, info);
  });
  if (begun) {
    image.size = {static_cast<int>(png_get_image_width(png, info)), static_cast<int>(png_get_image_height(png, info))};
    image.depth = png_get_bit_depth(png, info);
    const int type = png_get_color_type(png, info);
    image.model = (type & PNG_COLOR_MASK_COLOR) != 0 ? ColorModel::rgb : ColorModel::gray;
    image.has_alpha = (type & PNG_COLOR_MASK_ALPHA) != 0;
    image.stated_color = cicp_of(png, info);
    channels = png_get_channels(png, info);
    row.resize(png_get_rowbytes(png, info));
    allocate(image, channels);
    char* name = nullptr;
    int compression = 0;
    png_bytep profile = nullptr;
    png_uint_32 profile_bytes = 0;
    if (png_get_iCCP(png, info, &name, &compression, &profile, &profile_bytes) != 0) {
      const auto bytes = std::as_bytes(std::span(profile, profile_bytes));
      image.icc.assign(bytes.begin(), bytes.end());
    }
  }
  const bool read = begun && reader.shield.run([&] {
    for (std::size_t y = 0; y < static_cast<std::size_t>(image.size.height); ++y) {
      png_read_row(png, row.data(), nullptr);
      split(row, channels, image, y * static_cast<std::size_t>(image.size.width));
    }
    png_read_end(png, nullptr);
  });
  if (!read) {
    image.error = reader.shield.message();
  }
  png_destroy_read_struct(&png, &info, nullptr);
  return image;
}

}  // namespace imagepacker::testing
