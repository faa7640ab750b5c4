// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/apple_gain_map_reading.h"

#include <locale>
#include <sstream>
#include <string>

#include "base/tiff_reader.h"
#include "hdr/apple_gain_map.h"

namespace imagepacker {
namespace {

constexpr std::string_view kNamespace = "http://ns.apple.com/HDRGainMap/1.0/";
constexpr std::string_view kMakerNote{"Apple iOS\0\0\1MM", 14};

std::optional<double> read_signed_rational(const TiffReader& tiff, std::uint32_t directory, std::uint16_t tag) {
  constexpr std::uint16_t kSignedRational = 10;
  const auto entry = tiff.find(directory, tag);
  if (!entry || entry->type != kSignedRational) {
    return std::nullopt;
  }
  const auto numerator = static_cast<std::int32_t>(tiff.number(entry->value.first(4)));
  const auto denominator = static_cast<std::int32_t>(tiff.number(entry->value.subspan(4, 4)));
  return denominator == 0 ? std::nullopt : std::optional(static_cast<double>(numerator) / denominator);
}

/// Offsets in Apple's note count from its begin; its directory stands behind its signature.
std::optional<double> read_maker_note(ByteView exif) {
  constexpr std::uint16_t kExifPointer = 0x8769;
  constexpr std::uint16_t kMakerNoteTag = 0x927C;
  const TiffReader tiff(exif);
  const auto pointer = tiff.find(tiff.first_directory(), kExifPointer);
  const auto note = pointer ? tiff.find(tiff.number(pointer->value), kMakerNoteTag) : std::nullopt;
  if (!note || !ByteReader(note->value).take_if(kMakerNote)) {
    return std::nullopt;
  }
  const TiffReader maker(note->value, false);
  const auto number_33 = read_signed_rational(maker, kMakerNote.size(), 33);
  const auto number_48 = read_signed_rational(maker, kMakerNote.size(), 48);
  // Many cameras write the first alone.
  return number_33 ? std::optional(apple_headroom(*number_33, number_48.value_or(0))) : std::nullopt;
}

}  // namespace

bool is_apple_gain_map(const XmpPacket& packet) {
  return packet.has(kNamespace, "HDRGainMapVersion");
}

std::optional<double> read_apple_headroom(const XmpPacket& packet, ByteView exif) {
  if (const auto stated = packet.value(kNamespace, "HDRGainMapHeadroom")) {
    std::istringstream in(*stated);
    in.imbue(std::locale::classic());
    double headroom = 0;
    if (in >> headroom) {
      return headroom;
    }
  }
  return read_maker_note(exif);
}

}  // namespace imagepacker
