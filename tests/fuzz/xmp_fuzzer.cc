// SPDX-License-Identifier: LGPL-2.1-or-later
// libFuzzer entry: an XMP packet is read, edited, merged and written; what comes out can be read again. See
// docs/testing.md.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "metadata/xmp_packet.h"

namespace {

using imagepacker::ByteView;
using imagepacker::XmpEdit;
using imagepacker::XmpPacket;

constexpr char kDc[] = "http://purl.org/dc/elements/1.1/";
constexpr char kExif[] = "http://ns.adobe.com/exif/1.0/";

void expect(bool is_right) {
  if (!is_right) {
    __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input = std::as_bytes(std::span(data, size));
  auto packet = XmpPacket::parse(input);
  auto other = XmpPacket::parse(input);
  if (!packet || !other) {
    return 0;
  }
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const auto form : {XmpEdit::Form::text, XmpEdit::Form::lang_alt, XmpEdit::Form::ordered}) {
    (void)packet->set({kDc, "dc", "subject", form, {text, "more"}});
  }
  expect(packet->set({kDc, "dc", "title", XmpEdit::Form::lang_alt, {"a title"}}).has_value());
  expect(packet->set({kExif, "exif", "GPSLatitude", XmpEdit::Form::text, {"48,8N"}}).has_value());
  expect(packet->merge(*other).has_value());
  packet->erase_gps();
  packet->erase_namespace(kExif);
  (void)packet->is_empty();
  const auto written = packet->serialize();
  expect(written.has_value());
  if (written->size() <= imagepacker::kMaxXmpBytes) {
    const auto again = XmpPacket::parse(*written);
    expect(again.has_value() && !again->has(kExif, "GPSLatitude"));
  }
  return 0;
}
