// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/riff_webp.h"

#include <algorithm>
#include <vector>

#include "base/byte_writer.h"

namespace imagepacker {
namespace {

constexpr std::string_view kForm = "WEBP";

/// Flags in the first byte of VP8X.
enum ExtendedFlag : std::uint8_t { kHasXmp = 0x04, kHasExif = 0x08, kHasAlpha = 0x10, kHasIcc = 0x20 };

/// VP8L has a signature byte and two 14-bit sizes in front of the bit that says whether alpha is used.
bool is_lossless_with_alpha(const RiffChunk& chunk) {
  constexpr std::size_t kAlphaByte = 4;
  constexpr std::byte kAlphaBit{0x10};
  return chunk.fourcc == "VP8L" && chunk.payload.size() > kAlphaByte &&
         (chunk.payload[kAlphaByte] & kAlphaBit) != std::byte{0};
}

bool has_alpha(std::span<const RiffChunk> image) {
  return std::ranges::any_of(
      image, [](const RiffChunk& chunk) { return chunk.fourcc == "ALPH" || is_lossless_with_alpha(chunk); });
}

Bytes extended_header(const WebpContent& content) {
  std::uint8_t flags = 0;
  flags |= content.icc.empty() ? 0 : kHasIcc;
  flags |= has_alpha(content.image) ? kHasAlpha : 0;
  flags |= content.exif.empty() ? 0 : kHasExif;
  flags |= content.xmp.empty() ? 0 : kHasXmp;
  return ByteWriter()
      .u8(flags)
      .u24le(0)
      .u24le(static_cast<std::uint32_t>(content.size.width - 1))
      .u24le(static_cast<std::uint32_t>(content.size.height - 1))
      .take();
}

}  // namespace

Status write_webp(const WebpContent& content, ByteSink& sink) {
  if (content.image.size() == 1 && content.icc.empty() && content.exif.empty() && content.xmp.empty()) {
    return write_riff(kForm, content.image, sink);
  }
  const Bytes header = extended_header(content);
  std::vector<RiffChunk> chunks{{"VP8X", header}};
  const auto append_unless_empty = [&](std::string_view fourcc, ByteView payload) {
    if (!payload.empty()) {
      chunks.push_back({fourcc, payload});
    }
  };
  append_unless_empty("ICCP", content.icc);
  chunks.insert(chunks.end(), content.image.begin(), content.image.end());
  append_unless_empty("EXIF", content.exif);
  append_unless_empty("XMP ", content.xmp);
  return write_riff(kForm, chunks, sink);
}

}  // namespace imagepacker
