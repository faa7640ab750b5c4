// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/jpeg_metadata.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "base/try.h"
#include "container/jpeg_signatures.h"
#include "container/md5.h"

namespace imagepacker {
namespace {

/// What XMP's specification recommends for a part of an extended packet.
constexpr std::size_t kExtendedXmpPartBytes = 65400;

std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The packet without the <?xpacket …?> instructions around it, which extended XMP goes without.
std::string_view without_wrapper(std::string_view packet) {
  constexpr std::string_view kBegin = "<?xpacket begin";
  constexpr std::string_view kEnd = "<?xpacket end";
  if (const auto begin = packet.find(kBegin); begin != std::string_view::npos) {
    if (const auto close = packet.find("?>", begin); close != std::string_view::npos) {
      packet.remove_prefix(close + 2);
    }
  }
  if (const auto end = packet.rfind(kEnd); end != std::string_view::npos) {
    packet = packet.substr(0, end);
  }
  return packet;
}

Status append_extended_xmp(std::string_view packet, std::string_view main_descriptions, JpegSegmentWriter& out) {
  if (packet.size() > UINT32_MAX) {
    return make_error(Errc::limit_exceeded,
                      text("XMP of ", packet.size(), " bytes; JPEG can hold at most ", UINT32_MAX));
  }
  const ByteView content = std::as_bytes(std::span(packet));
  const std::string guid = md5_hex(content);
  const std::string main = text(
      "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
      "<rdf:Description rdf:about=\"\" xmlns:xmpNote=\"",
      kXmpNoteNamespace, "\" xmpNote:HasExtendedXMP=\"", guid, "\"/>", main_descriptions,
      "</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>");
  IP_TRY(out.application(1, "XMP", kJpegXmpSignature, std::as_bytes(std::span(main))));
  for (std::size_t at = 0; at < content.size(); at += kExtendedXmpPartBytes) {
    ByteWriter part;
    part.append(std::string_view(guid));
    part.u32be(static_cast<std::uint32_t>(content.size())).u32be(static_cast<std::uint32_t>(at));
    part.append(content.subspan(at, std::min(kExtendedXmpPartBytes, content.size() - at)));
    IP_TRY(out.application(1, "extended XMP", kJpegExtendedXmpSignature, part.bytes()));
  }
  return {};
}

}  // namespace

Status append_jpeg_jfif(JpegSegmentWriter& out) {
  ByteWriter payload;
  payload.u16be(0x0102).u8(0).u16be(1).u16be(1).u8(0).u8(0);  // version 1.2, square pixels, no thumbnail
  return out.application(0, "JFIF", kJpegJfifSignature, payload.bytes());
}

Status append_jpeg_xmp(ByteView xmp, std::string_view main_descriptions, JpegSegmentWriter& out) {
  if (xmp.size() <= JpegSegmentWriter::kMaxPayloadBytes - kJpegXmpSignature.size()) {
    return out.application(1, "XMP", kJpegXmpSignature, xmp);
  }
  return append_extended_xmp(without_wrapper(as_text(xmp)), main_descriptions, out);
}

Status append_jpeg_icc(ByteView icc, JpegSegmentWriter& out) {
  constexpr std::size_t kPartBytes = JpegSegmentWriter::kMaxPayloadBytes - kJpegIccSignature.size() - 2;
  constexpr std::size_t kMaxParts = 255;
  const std::size_t parts = (icc.size() + kPartBytes - 1) / kPartBytes;
  if (parts > kMaxParts) {
    return make_error(Errc::limit_exceeded,
                      text("an ICC profile of ", icc.size(), " bytes; JPEG can hold at most ", kMaxParts * kPartBytes));
  }
  for (std::size_t part = 0; part < parts; ++part) {
    const std::size_t at = part * kPartBytes;
    ByteWriter payload;
    payload.u8(static_cast<std::uint8_t>(part + 1)).u8(static_cast<std::uint8_t>(parts));
    payload.append(icc.subspan(at, std::min(kPartBytes, icc.size() - at)));
    IP_TRY(out.application(2, "ICC profile", kJpegIccSignature, payload.bytes()));
  }
  return {};
}

Status append_jpeg_metadata(const Metadata& metadata, ByteView icc, JpegSegmentWriter& out,
                            std::string_view main_descriptions) {
  if (metadata.exif.empty()) {
    IP_TRY(append_jpeg_jfif(out));
  } else {
    IP_TRY(out.application(1, "Exif", kJpegExifSignature, metadata.exif));
  }
  if (!metadata.xmp.empty()) {
    IP_TRY(append_jpeg_xmp(metadata.xmp, main_descriptions, out));
  }
  return append_jpeg_icc(icc, out);
}

}  // namespace imagepacker
