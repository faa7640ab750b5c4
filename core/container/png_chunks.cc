// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/png_chunks.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"

namespace imagepacker {
namespace {

constexpr std::uint32_t kReversedPolynomial = 0xEDB88320;

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? kReversedPolynomial : 0);
    }
    table[byte] = crc;
  }
  return table;
}

constexpr std::array<std::uint32_t, 256> kCrcTable = make_crc_table();

}  // namespace

std::uint32_t png_crc32(ByteView bytes, std::uint32_t crc) {
  crc = ~crc;
  for (const std::byte byte : bytes) {
    crc = kCrcTable[(crc ^ static_cast<std::uint8_t>(byte)) & 0xFF] ^ (crc >> 8);
  }
  return ~crc;
}

Status append_png_chunk(ByteWriter& png, std::string_view type, ByteView data) {
  if (data.size() > kPngMaxChunkBytes) {
    return make_error(Errc::limit_exceeded,
                      text("a PNG chunk ", type, " of ", data.size(), " bytes can't be; it holds ", kPngMaxChunkBytes));
  }
  png.u32be(static_cast<std::uint32_t>(data.size())).append(type).append(data);
  const std::uint32_t crc = png_crc32(data, png_crc32(std::as_bytes(std::span(type))));
  png.u32be(crc);
  return {};
}

Bytes png_ihdr(Size size, int bit_depth, PngColorType color_type) {
  ByteWriter data;
  data.u32be(static_cast<std::uint32_t>(size.width)).u32be(static_cast<std::uint32_t>(size.height));
  data.u8(static_cast<std::uint8_t>(bit_depth)).u8(static_cast<std::uint8_t>(color_type));
  data.u8(0).u8(0).u8(0);  // deflate, adaptive filters, no interlace
  return data.take();
}

Bytes png_cicp(Primaries primaries, Transfer transfer) {
  ByteWriter data;
  data.u8(static_cast<std::uint8_t>(primaries)).u8(static_cast<std::uint8_t>(transfer));
  data.u8(static_cast<std::uint8_t>(Matrix::rgb)).u8(1);
  return data.take();
}

Bytes png_mdcv(const MasteringDisplay& display) {
  ByteWriter data;
  for (const Chromaticity& point : {display.red, display.green, display.blue, display.white}) {
    data.u16be(point.x).u16be(point.y);
  }
  constexpr std::uint32_t kMaxPngInteger = 0x7FFFFFFF;  // clause 7.1; 214,748 cd/m²
  for (const std::uint32_t luminance : {display.max_luminance, display.min_luminance}) {
    data.u32be(std::min(luminance, kMaxPngInteger));
  }
  return data.take();
}

Bytes png_clli(const ContentLightLevel& level) {
  constexpr std::uint32_t kUnitsPerNit = 10000;
  ByteWriter data;
  data.u32be(level.max_cll * kUnitsPerNit).u32be(level.max_fall * kUnitsPerNit);
  return data.take();
}

Bytes png_iccp(std::string_view name, ByteView zlib_stream) {
  ByteWriter data;
  data.append(name).u8(0).u8(0).append(zlib_stream);
  return data.take();
}

Bytes png_chrm_bt709() {
  ByteWriter data;
  for (const std::uint32_t coordinate : {31270U, 32900U, 64000U, 33000U, 30000U, 60000U, 15000U, 6000U}) {
    data.u32be(coordinate);
  }
  return data.take();
}

Bytes png_gama(std::uint32_t gamma_100000) {
  ByteWriter data;
  data.u32be(gamma_100000);
  return data.take();
}

Result<Bytes> png_xmp_itxt(ByteView xmp) {
  const auto nul = std::ranges::find(xmp, std::byte{0});
  if (nul != xmp.end()) {
    return make_error(Errc::invalid_argument, text("the XMP packet has a NUL byte at ", nul - xmp.begin(),
                                                   "; PNG's iTXt holds UTF-8 text without NUL"));
  }
  ByteWriter data;
  data.append("XML:com.adobe.xmp").u8(0);
  data.u8(0).u8(0);  // not compressed
  data.u8(0).u8(0);  // no language, no translated keyword
  data.append(xmp);
  return data.take();
}

}  // namespace imagepacker
