// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/png_header.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "base/byte_writer.h"
#include "base/text.h"
#include "base/try.h"
#include "color/icc_profile.h"
#include "container/png_chunks.h"

namespace imagepacker {
namespace {

constexpr std::uint32_t kSrgbGamma = 45455;
constexpr int kProfileCompressionLevel = 9;

std::string_view chars_at(ByteView bytes, std::size_t position, std::size_t count) {
  return {reinterpret_cast<const char*>(bytes.data()) + position, count};
}

Status check_exif(ByteView exif) {
  constexpr std::string_view kLittle("II*\0", 4);
  constexpr std::string_view kBig("MM\0*", 4);
  if (exif.size() < 8 || (chars_at(exif, 0, 4) != kLittle && chars_at(exif, 0, 4) != kBig)) {
    return make_error(Errc::invalid_argument,
                      text("the Exif block of ", exif.size(), " bytes does not begin as a TIFF structure"));
  }
  return {};
}

Result<Bytes> compress_profile(ByteView icc) {
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
      libdeflate_alloc_compressor(kProfileCompressionLevel), libdeflate_free_compressor);
  if (compressor == nullptr) {
    return make_error(Errc::out_of_memory, "no memory for compressing the ICC profile");
  }
  Bytes stream(libdeflate_zlib_compress_bound(compressor.get(), icc.size()));
  stream.resize(libdeflate_zlib_compress(compressor.get(), icc.data(), icc.size(), stream.data(), stream.size()));
  return stream;
}

Status append_iccp(ByteWriter& png, std::string_view name, ByteView icc) {
  IP_ASSIGN(const Bytes stream, compress_profile(icc));
  return append_png_chunk(png, "iCCP", png_iccp(name, stream));
}

/// Unspecified means what everybody takes it for.
ColorSpace stated(ColorSpace color) {
  if (color.primaries == Primaries::unspecified) {
    color.primaries = Primaries::bt709;
  }
  if (color.transfer == Transfer::unspecified) {
    color.transfer = Transfer::srgb;
  }
  return color;
}

bool has_h273_codes(const ColorSpace& color) {
  return static_cast<int>(color.primaries) < kFirstNonH273Code && static_cast<int>(color.transfer) < kFirstNonH273Code;
}

Status append_cicp(ByteWriter& png, const ImageFormat& format, const ColorSpace& color) {
  IP_TRY(append_png_chunk(png, "cICP", png_cicp(color.primaries, color.transfer)));
  if (format.hdr.mastering_display) {
    IP_TRY(append_png_chunk(png, "mDCV", png_mdcv(*format.hdr.mastering_display)));
  }
  if (format.hdr.content_light_level) {
    IP_TRY(append_png_chunk(png, "cLLI", png_clli(*format.hdr.content_light_level)));
  }
  return {};
}

Status append_color(ByteWriter& png, const ImageFormat& format, const Metadata& metadata) {
  const ColorSpace color = stated(format.color);
  const bool has_own_profile = !metadata.icc.empty();
  if (!has_own_profile && is_shown_as_srgb(color)) {
    constexpr std::byte kPerceptualIntent{0};
    IP_TRY(append_png_chunk(png, "sRGB", ByteView(&kPerceptualIntent, 1)));
    IP_TRY(append_png_chunk(png, "gAMA", png_gama(kSrgbGamma)));
    return append_png_chunk(png, "cHRM", png_chrm_bt709());
  }
  if (has_h273_codes(color) && (!has_own_profile || is_hdr(color.transfer))) {
    IP_TRY(append_cicp(png, format, color));
  }
  if (has_own_profile) {
    return append_iccp(png, "ICC profile", metadata.icc);
  }
  auto made = make_icc_profile(color, format.info().model);
  if (!made.has_value()) {
    // PQ, HLG and the log curves: no profile can state them, cICP does.
    return made.error().code == Errc::unsupported ? Status() : Status(std::move(made).error());
  }
  return append_iccp(png, "imagepacker", *made);
}

Status append_significant_bits(ByteWriter& png, const ImageFormat& format, SignificantBits significant) {
  const PixelFormatInfo& info = format.info();
  const int depth = info.depth;
  if (significant.color >= depth && (!info.has_alpha || significant.alpha >= depth)) {
    return {};
  }
  ByteWriter data;
  for (int c = 0; c < info.color_component_count(); ++c) {
    data.u8(static_cast<std::uint8_t>(std::min(significant.color, depth)));
  }
  if (info.has_alpha) {
    data.u8(static_cast<std::uint8_t>(std::min(significant.alpha, depth)));
  }
  return append_png_chunk(png, "sBIT", data.bytes());
}

PngColorType color_type(const PixelFormatInfo& info) {
  if (info.model == ColorModel::gray) {
    return PngColorType::gray;
  }
  return info.has_alpha ? PngColorType::rgba : PngColorType::rgb;
}

}  // namespace

Result<Bytes> png_header(const ImageFormat& format, SignificantBits significant, const Metadata& metadata) {
  ByteWriter png;
  png.append(std::as_bytes(std::span(kPngSignature)));
  const PixelFormatInfo& info = format.info();
  IP_TRY(append_png_chunk(png, "IHDR", png_ihdr(format.size, info.depth, color_type(info))));
  IP_TRY(append_color(png, format, metadata));
  IP_TRY(append_significant_bits(png, format, significant));
  if (!metadata.exif.empty()) {
    IP_TRY(check_exif(metadata.exif));
    IP_TRY(append_png_chunk(png, "eXIf", metadata.exif));
  }
  if (!metadata.xmp.empty()) {
    IP_ASSIGN(const Bytes itxt, png_xmp_itxt(metadata.xmp));
    IP_TRY(append_png_chunk(png, "iTXt", itxt));
  }
  return png.take();
}

}  // namespace imagepacker
