// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "imagepacker/byte_sink.h"

namespace imagepacker::testing {

// A reader of gain-map JPEGs that shares no code with the library. What it misses is a failure of the running test.

std::string_view text_of(ByteView bytes);

/// The big-endian number in `count` bytes.
std::uint32_t number(ByteView bytes, std::size_t at, int count);

struct Segment {
  int marker;
  std::size_t at;  ///< of the marker
  ByteView payload;
};

/// One JPEG image at the start of a file: its segments up to the scan, and where it ends.
struct JpegImage {
  std::vector<Segment> segments;
  std::size_t size = 0;

  /// The first segment of that marker and signature, or nullptr.
  [[nodiscard]] const Segment* find(int marker, std::string_view signature) const;
};

struct Gain {
  double min, max, gamma, base_offset, alternate_offset, base_headroom, alternate_headroom;
};

inline constexpr std::string_view kIsoSignature("urn:iso:std:iso:ts:21496:-1\0", 28);
inline constexpr std::string_view kXmpSignature("http://ns.adobe.com/xap/1.0/\0", 29);

/// The numbers of the ISO 21496-1 payload of one channel.
Gain iso_gain(const JpegImage& map);

/// The same numbers out of the XMP packet.
Gain xmp_gain(const JpegImage& map);

struct GainMapFile {
  JpegImage base;
  JpegImage map;
  ByteView base_bytes;
  ByteView map_bytes;
};

/// Follows the multi-picture index and checks all that points into the file.
GainMapFile read_gain_map_file(ByteView file);

}  // namespace imagepacker::testing
