// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/mpf.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/byte_writer.h"
#include "base/text.h"
#include "base/tiff_reader.h"
#include "container/jpeg_signatures.h"

namespace imagepacker {
namespace {

using namespace std::string_view_literals;

/// From the segment's marker to the byte-order mark, from which offsets are counted.
constexpr std::size_t kMarkAt = 4 + kJpegMpfSignature.size();

// TIFF types, and DC-007's tags and attributes.
constexpr std::uint16_t kLong = 4;
constexpr std::uint16_t kUndefined = 7;
constexpr std::uint16_t kVersionTag = 0xB000;
constexpr std::uint16_t kNumberOfImagesTag = 0xB001;
constexpr std::uint16_t kEntryTag = 0xB002;
constexpr std::uint32_t kEntryBytes = 16;
constexpr std::uint32_t kEntriesAt = 50;
constexpr std::uint32_t kPrimaryAttribute = 0x20030000;  // representative image, of baseline primary type
constexpr std::uint32_t kUndefinedType = 0;

}  // namespace

Status append_mpf(std::size_t primary_rest_bytes, std::size_t gain_map_bytes, JpegSegmentWriter& out) {
  const std::uint64_t segment_at = out.bytes().size();
  const std::uint64_t primary_bytes = segment_at + kMpfSegmentBytes + primary_rest_bytes;
  if (primary_bytes + gain_map_bytes > UINT32_MAX) {
    return make_error(Errc::limit_exceeded, text("a JPEG of ", primary_bytes, " bytes with a gain map of ",
                                                 gain_map_bytes, " bytes; together they must be below 4 GiB"));
  }
  const auto primary_size = static_cast<std::uint32_t>(primary_bytes);
  const auto gain_map_size = static_cast<std::uint32_t>(gain_map_bytes);
  const auto gain_map_offset = static_cast<std::uint32_t>(primary_bytes - segment_at - kMarkAt);

  ByteWriter index;
  index.append("MM\0*"sv).u32be(8);
  index.u16be(3);
  index.u16be(kVersionTag).u16be(kUndefined).u32be(4).append("0100"sv);
  index.u16be(kNumberOfImagesTag).u16be(kLong).u32be(1).u32be(2);
  index.u16be(kEntryTag).u16be(kUndefined).u32be(2 * kEntryBytes).u32be(kEntriesAt);
  index.u32be(0);  // no further directory
  index.u32be(kPrimaryAttribute).u32be(primary_size).u32be(0).u32be(0);
  index.u32be(kUndefinedType).u32be(gain_map_size).u32be(gain_map_offset).u32be(0);
  return out.application(2, "multi-picture index", kJpegMpfSignature, index.bytes());
}

std::vector<std::size_t> mpf_positions(const JpegStructure& primary) {
  std::vector<std::size_t> positions;
  const auto segment = std::ranges::find_if(
      primary.head, [](const JpegSegment& one) { return one.is_application(2, kJpegMpfSignature); });
  if (segment == primary.head.end()) {
    return positions;
  }
  const ByteView index = segment->payload.subspan(kJpegMpfSignature.size());
  const TiffReader tiff(index);
  const auto entries = tiff.find(tiff.first_directory(), kEntryTag);
  if (!entries) {
    return positions;
  }
  const auto mark_at = static_cast<std::size_t>(index.data() - primary.bytes.data());
  constexpr std::size_t kOffsetAt = 8;
  for (std::size_t at = kEntryBytes; at + kEntryBytes <= entries->value.size(); at += kEntryBytes) {
    const std::uint32_t offset = tiff.number(entries->value.subspan(at + kOffsetAt, 4));
    if (offset != 0) {
      positions.push_back(mark_at + offset);
    }
  }
  return positions;
}

}  // namespace imagepacker
