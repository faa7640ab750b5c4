// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/jpeg_structure.h"

#include <cstring>
#include <optional>
#include <utility>

#include "base/byte_reader.h"
#include "base/text.h"
#include "base/try.h"
#include "container/jpeg_segments.h"

namespace imagepacker {
namespace {

constexpr std::byte kPrefix{0xFF};
constexpr std::uint8_t kTem = 0x01;  // a marker without segment, as RST and SOI
constexpr std::uint8_t kDac = 0xCC;
constexpr std::uint8_t kReserved = 0xC8;

std::uint8_t code(JpegMarker marker) {
  return static_cast<std::uint8_t>(marker);
}

bool is_restart(std::uint8_t marker) {
  return marker >= code(JpegMarker::rst0) && marker < code(JpegMarker::soi);
}

bool is_frame(std::uint8_t marker) {
  return marker >= code(JpegMarker::sof0) && marker <= 0xCF && marker != code(JpegMarker::dht) && marker != kReserved &&
         marker != kDac;
}

/// Position of the next marker's second byte from `at` on, passing whatever stands before it and its fill bytes; the
/// size of `bytes` when there is none.
std::size_t find_marker(ByteView bytes, std::size_t at) {
  while (at < bytes.size()) {
    const void* const found = std::memchr(bytes.data() + at, 0xFF, bytes.size() - at);
    if (found == nullptr) {
      return bytes.size();
    }
    at = static_cast<std::size_t>(static_cast<const std::byte*>(found) - bytes.data());
    while (at < bytes.size() && bytes[at] == kPrefix) {
      ++at;
    }
    if (at < bytes.size() && bytes[at] != std::byte{0}) {
      return at;
    }
  }
  return bytes.size();
}

Error cut_short(std::size_t size) {
  return make_error(Errc::corrupt_input, text("the JPEG of ", size, " bytes ends before its first scan"));
}

Result<JpegFrameHeader> read_frame(const JpegSegment& segment) {
  ByteReader in(segment.payload);
  JpegFrameHeader frame{.marker = segment.marker, .bits = in.u8(), .size = {}, .component_count = 0, .components = {}};
  frame.size.height = in.u16be();
  frame.size.width = in.u16be();
  frame.component_count = in.u8();
  if (frame.component_count > static_cast<int>(frame.components.size())) {
    return make_error(Errc::unsupported, text("the JPEG has ", frame.component_count, " components; at most ",
                                              frame.components.size(), " can be read"));
  }
  for (int c = 0; c < frame.component_count; ++c) {
    JpegFrameComponent& component = frame.components[static_cast<std::size_t>(c)];
    component.id = in.u8();
    const std::uint8_t sampling = in.u8();
    component.horizontal_sampling = sampling >> 4;
    component.vertical_sampling = sampling & 0xF;
    component.quantization_table = in.u8();
  }
  if (!in.ok() || frame.component_count == 0 || frame.size.width == 0 || frame.size.height == 0) {
    return make_error(Errc::corrupt_input,
                      text("the JPEG's frame header says ", frame.size.width, "×", frame.size.height, " pixels of ",
                           frame.component_count, " components in ", segment.payload.size(), " bytes"));
  }
  return frame;
}

/// The segment whose marker's second byte is at `at`; empty when it goes beyond the end.
std::optional<JpegSegment> segment_at(ByteView bytes, std::size_t at) {
  ByteReader in(bytes.subspan(at + 1));
  const std::uint16_t length = in.u16be();
  if (length < 2) {
    return std::nullopt;
  }
  const ByteView payload = in.take(length - 2U);
  if (!in.ok()) {
    return std::nullopt;
  }
  return JpegSegment{std::to_integer<std::uint8_t>(bytes[at]), bytes.subspan(at - 1, length + 2U), payload};
}

/// Scans, and tables between them, up to EOI.
void read_scans(ByteView file, JpegStructure& structure) {
  std::size_t at = structure.scan_begin + 1;
  structure.bytes = file;
  while (at < file.size()) {
    const std::uint8_t marker = std::to_integer<std::uint8_t>(file[at]);
    if (marker == code(JpegMarker::eoi)) {
      structure.has_end = true;
      structure.bytes = file.first(at + 1);
      break;
    }
    structure.scan_count += marker == code(JpegMarker::sos) ? 1 : 0;
    const bool is_alone = is_restart(marker) || marker == kTem || marker == code(JpegMarker::soi);
    const auto segment = is_alone ? std::nullopt : segment_at(file, at);
    structure.late_applications += segment && segment->is_application_or_comment() ? 1 : 0;
    at = find_marker(file, segment ? at - 1 + segment->whole.size() : at + 1);
  }
  structure.entropy_coded_bytes = structure.bytes.size() - structure.scan_begin;
}

}  // namespace

bool JpegSegment::is_application(int n, std::string_view signature) const {
  return marker == code(JpegMarker::app0) + n && ByteReader(payload).take_if(signature);
}

bool JpegSegment::is_application_or_comment() const {
  return (marker >= code(JpegMarker::app0) && marker < code(JpegMarker::app0) + 16) || marker == code(JpegMarker::com);
}

bool is_jpeg(ByteView file) {
  return file.size() >= 3 && file[0] == kPrefix && file[1] == std::byte{code(JpegMarker::soi)} && file[2] == kPrefix;
}

Result<JpegStructure> parse_jpeg(ByteView file) {
  if (!is_jpeg(file)) {
    return make_error(Errc::corrupt_input, text("the ", file.size(), " bytes do not begin like a JPEG"));
  }
  JpegStructure structure;
  bool has_frame = false;
  for (std::size_t at = find_marker(file, 2); at < file.size();) {
    const std::uint8_t marker = std::to_integer<std::uint8_t>(file[at]);
    if (marker == code(JpegMarker::sos)) {
      if (!has_frame) {
        return make_error(Errc::corrupt_input, "the JPEG has a scan but no frame header before it");
      }
      structure.scan_begin = at - 1;
      read_scans(file, structure);
      return structure;
    }
    if (marker == code(JpegMarker::eoi)) {
      return make_error(Errc::corrupt_input, text("the JPEG ends at byte ", at, " without a scan"));
    }
    if (is_restart(marker) || marker == kTem || marker == code(JpegMarker::soi)) {
      at = find_marker(file, at + 1);
      continue;
    }
    const auto segment = segment_at(file, at);
    if (!segment) {
      return cut_short(file.size());
    }
    if (structure.head.size() >= kMaxJpegSegments) {
      return make_error(Errc::limit_exceeded,
                        text("the JPEG has more than ", kMaxJpegSegments, " segments before its first scan"));
    }
    structure.head.push_back(*segment);
    if (is_frame(marker)) {
      if (has_frame) {
        return make_error(Errc::corrupt_input, "the JPEG has two frame headers");
      }
      IP_ASSIGN(structure.frame, read_frame(*segment));
      has_frame = true;
    }
    at = find_marker(file, at - 1 + segment->whole.size());
  }
  return cut_short(file.size());
}

}  // namespace imagepacker
