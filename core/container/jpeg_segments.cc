// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/jpeg_segments.h"

#include <numeric>

#include "base/text.h"

namespace imagepacker {

int JpegHuffmanSpec::symbol_count() const {
  return std::accumulate(length_counts.begin(), length_counts.end(), 0);
}

void JpegSegmentWriter::begin_segment(JpegMarker code, std::size_t payload_bytes) {
  marker(code);
  out_.u16be(static_cast<std::uint16_t>(payload_bytes + 2));
}

Status JpegSegmentWriter::application(int n, std::string_view what, std::string_view signature, ByteView payload) {
  if (signature.size() > kMaxPayloadBytes || payload.size() > kMaxPayloadBytes - signature.size()) {
    return make_error(Errc::limit_exceeded, text(what, " of ", payload.size(), " bytes; JPEG can hold at most ",
                                                 kMaxPayloadBytes - signature.size()));
  }
  begin_segment(static_cast<JpegMarker>(static_cast<int>(JpegMarker::app0) + n), signature.size() + payload.size());
  out_.append(signature).append(payload);
  return {};
}

void JpegSegmentWriter::quantization_table(std::uint8_t id, std::span<const std::uint8_t, 64> zigzag_values) {
  begin_segment(JpegMarker::dqt, 1 + zigzag_values.size());
  out_.u8(id).append(std::as_bytes(zigzag_values));
}

void JpegSegmentWriter::frame(JpegMarker kind, Size size, std::span<const JpegComponent> components) {
  begin_segment(kind, 6 + 3 * components.size());
  out_.u8(8).u16be(static_cast<std::uint16_t>(size.height)).u16be(static_cast<std::uint16_t>(size.width));
  out_.u8(static_cast<std::uint8_t>(components.size()));
  for (const JpegComponent& component : components) {
    out_.u8(component.id)
        .u8(static_cast<std::uint8_t>(component.horizontal_sampling << 4 | component.vertical_sampling))
        .u8(component.quantization_table);
  }
}

void JpegSegmentWriter::huffman_table(bool is_ac, std::uint8_t id, const JpegHuffmanSpec& spec) {
  const auto symbols = std::span(spec.symbols).first(static_cast<std::size_t>(spec.symbol_count()));
  begin_segment(JpegMarker::dht, 1 + spec.length_counts.size() + symbols.size());
  out_.u8(static_cast<std::uint8_t>((is_ac ? 0x10 : 0x00) | id));
  out_.append(std::as_bytes(std::span(spec.length_counts))).append(std::as_bytes(symbols));
}

void JpegSegmentWriter::restart_interval(std::uint16_t mcus) {
  begin_segment(JpegMarker::dri, 2);
  out_.u16be(mcus);
}

void JpegSegmentWriter::scan(std::span<const JpegComponent> components) {
  begin_segment(JpegMarker::sos, 4 + 2 * components.size());
  out_.u8(static_cast<std::uint8_t>(components.size()));
  for (const JpegComponent& component : components) {
    out_.u8(component.id).u8(static_cast<std::uint8_t>(component.huffman_table << 4 | component.huffman_table));
  }
  out_.u8(0).u8(63).u8(0);
}

}  // namespace imagepacker
