// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "imagepacker/byte_sink.h"
#include "imagepacker/image.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// A marker segment, ITU-T T.81 clause B.1.1.4. Refers to the file.
struct JpegSegment {
  std::uint8_t marker = 0;  ///< second byte of the marker
  ByteView whole;           ///< from the marker's 0xFF on
  ByteView payload;         ///< behind the length

  /// APPn that begins with `signature`, zero bytes included.
  [[nodiscard]] bool is_application(int n, std::string_view signature) const;
  /// APPn or COM: no part of what is coded.
  [[nodiscard]] bool is_application_or_comment() const;
};

/// A component as the frame header states it.
struct JpegFrameComponent {
  std::uint8_t id = 0;
  std::uint8_t horizontal_sampling = 0;
  std::uint8_t vertical_sampling = 0;
  std::uint8_t quantization_table = 0;
};

/// A frame header, clause B.2.2.
struct JpegFrameHeader {
  std::uint8_t marker = 0;  ///< SOF0 … SOF15
  int bits = 0;
  Size size;
  int component_count = 0;
  std::array<JpegFrameComponent, 4> components;

  /// Progressive, in whichever entropy code.
  [[nodiscard]] bool is_progressive() const { return marker == 0xC2 || marker == 0xCA; }
  /// Arithmetic coding.
  [[nodiscard]] bool is_arithmetic() const { return marker >= 0xC9; }
};

/// Where the parts of one image in a JPEG file lie, its headers read. Refers to the file.
struct JpegStructure {
  ByteView bytes;                 ///< SOI to EOI; where EOI is missing, to the end of the file
  std::vector<JpegSegment> head;  ///< all segments before the first SOS
  JpegFrameHeader frame;
  std::size_t scan_begin = 0;  ///< position of the first SOS in `bytes`
  int scan_count = 0;
  std::size_t late_applications = 0;    ///< segments of applications, and comments, behind the first SOS
  std::size_t entropy_coded_bytes = 0;  ///< behind the first SOS, tables between scans counted in
  bool has_end = false;                 ///< EOI is there
};

/// True when `file` begins with a SOI and another marker.
bool is_jpeg(ByteView file);

/// Reads the structure of the image at the begin of `file`; other images may stand behind its EOI. `file` is borrowed.
/// Errors: corrupt_input (no SOI, a segment that goes beyond the end, no frame or scan), unsupported (more than four
/// components, hierarchical coding), limit_exceeded (kMaxJpegSegments).
Result<JpegStructure> parse_jpeg(ByteView file);

/// More segments than this before the first scan are no picture's.
inline constexpr std::size_t kMaxJpegSegments = 10'000;

}  // namespace imagepacker
