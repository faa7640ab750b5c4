// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/jpeg_metadata_reading.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/text.h"
#include "base/try.h"
#include "container/jpeg_signatures.h"
#include "metadata/exif_document.h"
#include "metadata/xmp_packet.h"

namespace imagepacker {
namespace {

constexpr std::size_t kGuidBytes = 32;

void drop(std::vector<Notice>& notices, std::string message) {
  notices.push_back({Notice::Kind::metadata_dropped, std::move(message)});
}

ByteView behind(const JpegSegment& segment, std::string_view signature) {
  return segment.payload.subspan(signature.size());
}

Bytes copy(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

const JpegSegment* find(std::span<const JpegSegment> head, int n, std::string_view signature) {
  const auto found =
      std::ranges::find_if(head, [&](const JpegSegment& segment) { return segment.is_application(n, signature); });
  return found == head.end() ? nullptr : &*found;
}

/// ICC.1 annex B.4: numbered parts in any order.
Bytes read_icc(std::span<const JpegSegment> head, std::vector<Notice>& notices) {
  std::array<ByteView, 256> parts{};
  std::size_t count = 0;
  std::size_t found = 0;
  bool is_consistent = true;
  for (const JpegSegment& segment : head) {
    if (!segment.is_application(2, kJpegIccSignature)) {
      continue;
    }
    ByteReader in(behind(segment, kJpegIccSignature));
    const std::size_t number = in.u8();
    const std::size_t total = in.u8();
    is_consistent = is_consistent && in.ok() && number >= 1 && number <= total && parts[number].empty() &&
                    (found == 0 || total == count);
    count = total;
    parts[number] = in.rest();
    ++found;
  }
  if (!is_consistent || found != count) {
    drop(notices, text("the ICC profile is left out: ", found, " of its ", count, " parts are there",
                       is_consistent ? "" : ", and their numbers contradict each other"));
    return {};
  }
  ByteWriter icc;
  for (std::size_t part = 1; part <= count; ++part) {
    icc.append(parts[part]);
  }
  return icc.take();
}

/// The parts of the extended packet named `guid`, put together; empty unless all of it is there.
Bytes read_extended_xmp(std::span<const JpegSegment> head, std::string_view guid) {
  struct Part {
    std::size_t offset;
    ByteView bytes;
  };
  std::vector<Part> parts;
  std::size_t total = 0;
  for (const JpegSegment& segment : head) {
    if (!segment.is_application(1, kJpegExtendedXmpSignature)) {
      continue;
    }
    ByteReader in(behind(segment, kJpegExtendedXmpSignature));
    if (!in.take_if(guid)) {
      continue;
    }
    total = in.u32be();
    const std::size_t offset = in.u32be();
    parts.push_back({offset, in.rest()});
  }
  std::ranges::stable_sort(parts, {}, &Part::offset);
  ByteWriter packet;
  for (const Part& part : parts) {
    if (part.offset != packet.size()) {
      return {};
    }
    packet.append(part.bytes);
  }
  return packet.size() == total && total <= kMaxXmpBytes ? packet.take() : Bytes{};
}

/// The main packet, and what stands in an extended one merged into it (XMP part 3, clause 1.1.3.1).
Result<Bytes> read_xmp(std::span<const JpegSegment> head, std::vector<Notice>& notices) {
  const JpegSegment* const main = find(head, 1, kJpegXmpSignature);
  if (main == nullptr) {
    return Bytes{};
  }
  const ByteView main_packet = behind(*main, kJpegXmpSignature);
  if (find(head, 1, kJpegExtendedXmpSignature) == nullptr) {
    return copy(main_packet);
  }
  auto packet = XmpPacket::parse(main_packet);
  if (!packet.has_value()) {
    return copy(main_packet);
  }
  const auto guid = packet->value(kXmpNoteNamespace, "HasExtendedXMP");
  const Bytes extended = guid && guid->size() == kGuidBytes ? read_extended_xmp(head, *guid) : Bytes{};
  packet->erase(kXmpNoteNamespace, "HasExtendedXMP");
  const auto rest = XmpPacket::parse(extended);
  if (!rest.has_value()) {
    drop(notices, "the extended part of the XMP is left out: not all of it is there");
  } else {
    IP_TRY(packet->merge(*rest));
  }
  return packet->serialize();
}

}  // namespace

Result<Metadata> read_jpeg_metadata(std::span<const JpegSegment> head, std::vector<Notice>& notices) {
  Metadata metadata;
  if (const JpegSegment* const exif = find(head, 1, kJpegExifSignature)) {
    metadata.exif = copy(behind(*exif, kJpegExifSignature));
    metadata.orientation = exif_orientation(metadata.exif);
  }
  IP_ASSIGN(metadata.xmp, read_xmp(head, notices));
  metadata.icc = read_icc(head, notices);
  return metadata;
}

bool is_jpeg_metadata(const JpegSegment& segment) {
  return segment.is_application(0, kJpegJfifSignature) || segment.is_application(1, kJpegExifSignature) ||
         segment.is_application(1, kJpegXmpSignature) || segment.is_application(1, kJpegExtendedXmpSignature) ||
         segment.is_application(2, kJpegIccSignature);
}

void note_unread_metadata(std::span<const JpegSegment> head, std::vector<Notice>& notices) {
  // A resource of Photoshop's with the number of IPTC's.
  constexpr std::string_view kIptcResource{"8BIM\x04\x04", 6};
  for (const JpegSegment& segment : head) {
    const std::string_view chars(reinterpret_cast<const char*>(segment.payload.data()), segment.payload.size());
    if (segment.is_application(13, kJpegPhotoshopSignature) && chars.find(kIptcResource) != std::string_view::npos) {
      notices.push_back({Notice::Kind::metadata_dropped,
                         text("the JPEG's IPTC of at most ", chars.size(),
                              " bytes is left out: Exif, XMP and ICC profiles alone are carried; a lossless copy from "
                              "JPEG to JPEG keeps it")});
      return;
    }
  }
}

}  // namespace imagepacker
