// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/png_reading.h"

#include <png.h>

#include <cstring>

#include "base/longjmp_shield.h"

namespace imagepacker {
namespace {

struct Input {
  ByteView rest;
};

struct Reading {
  LongjmpShield shield;
  ReadPng* result;
};

void on_error(png_structp png, png_const_charp message) {
  static_cast<Reading*>(png_get_error_ptr(png))->shield.fail(message);
}

void on_warning(png_structp png, png_const_charp message) {
  static_cast<Reading*>(png_get_error_ptr(png))->result->complaints.append("warning: ").append(message).append("; ");
}

void on_read(png_structp png, png_bytep into, std::size_t count) {
  auto* const input = static_cast<Input*>(png_get_io_ptr(png));
  if (input->rest.size() < count) {
    png_error(png, "the file ends early");
  }
  std::memcpy(into, input->rest.data(), count);
  input->rest = input->rest.subspan(count);
}

Bytes copied(const void* data, std::size_t count) {
  const auto* const first = static_cast<const std::byte*>(data);
  return {first, first + count};
}

void read_metadata(png_structp png, png_infop info, ReadPng& result) {
  png_charp name = nullptr;
  int compression = 0;
  png_bytep profile = nullptr;
  png_uint_32 size = 0;
  if (png_get_iCCP(png, info, &name, &compression, &profile, &size) != 0) {
    result.icc = copied(profile, size);
  }
  png_bytep exif = nullptr;
  if (png_get_eXIf_1(png, info, &size, &exif) != 0) {
    result.exif = copied(exif, size);
  }
  png_textp texts = nullptr;
  const int count = png_get_text(png, info, &texts, nullptr);
  for (int i = 0; i < count; ++i) {
    if (std::strcmp(texts[i].key, "XML:com.adobe.xmp") == 0) {
      result.xmp.assign(texts[i].text, texts[i].itxt_length);
    }
  }
}

void read_all(png_structp png, png_infop info, ReadPng& result) {
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_malloc_max(png, 0);
  png_read_info(png, info);
  result.width = static_cast<int>(png_get_image_width(png, info));
  result.height = static_cast<int>(png_get_image_height(png, info));
  result.bit_depth = png_get_bit_depth(png, info);
  result.color_type = png_get_color_type(png, info);
  const std::size_t row_bytes = png_get_rowbytes(png, info);
  result.samples.resize(row_bytes * static_cast<std::size_t>(result.height));
  for (int y = 0; y < result.height; ++y) {
    png_read_row(png, result.samples.data() + static_cast<std::size_t>(y) * row_bytes, nullptr);
  }
  png_read_end(png, info);
  read_metadata(png, info, result);
}

std::size_t u32_at(ByteView bytes, std::size_t position) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = value << 8 | static_cast<std::uint8_t>(bytes[position + i]);
  }
  return value;
}

/// Calls see(type, data) for every chunk; false when lengths don't add up.
template <class See>
bool for_each_chunk(ByteView png, See&& see) {
  std::size_t position = 8;
  while (position + 12 <= png.size()) {
    const std::size_t size = u32_at(png, position);
    if (size > png.size() - position - 12) {
      return false;
    }
    see(std::string(reinterpret_cast<const char*>(png.data()) + position + 4, 4), png.subspan(position + 8, size));
    position += size + 12;
  }
  return position == png.size();
}

}  // namespace

ReadPng read_png(ByteView bytes) {
  ReadPng result;
  Reading reading{.shield = {}, .result = &result};
  Input input{bytes};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reading, on_error, on_warning);
  png_infop info = png_create_info_struct(png);
  png_set_read_fn(png, &input, on_read);
  if (!reading.shield.run([&] { read_all(png, info, result); })) {
    result.complaints.append("error: ").append(reading.shield.message());
    result.samples.clear();
  } else if (!input.rest.empty()) {
    result.complaints.append("error: bytes behind the end");
  }
  png_destroy_read_struct(&png, &info, nullptr);
  return result;
}

std::string chunk_types(ByteView png) {
  std::string types;
  std::string last;
  const bool is_whole = for_each_chunk(png, [&](const std::string& type, ByteView) {
    if (type != "IDAT" || last != "IDAT") {
      types.append(types.empty() ? "" : " ").append(type);
    }
    last = type;
  });
  return is_whole ? types : "broken";
}

Bytes chunk_data(ByteView png, std::string_view wanted) {
  Bytes found;
  for_each_chunk(png, [&](const std::string& type, ByteView data) {
    if (found.empty() && type == wanted) {
      found.assign(data.begin(), data.end());
    }
  });
  return found;
}

}  // namespace imagepacker
