// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/byte_writer.h"
#include "imagepacker/image.h"
#include "imagepacker/result.h"

namespace imagepacker {

/// Second bytes of JPEG markers, ITU-T T.81 table B.1.
enum class JpegMarker : std::uint8_t {
  sof0 = 0xC0,  ///< baseline DCT
  sof2 = 0xC2,  ///< progressive DCT
  dht = 0xC4,
  rst0 = 0xD0,  ///< to rst0 + 7
  soi = 0xD8,
  eoi = 0xD9,
  sos = 0xDA,
  dqt = 0xDB,
  dri = 0xDD,
  app0 = 0xE0,  ///< to app0 + 15
  com = 0xFE,
};

/// One component in a frame and in the only scan of a baseline picture.
struct JpegComponent {
  std::uint8_t id = 0;
  std::uint8_t horizontal_sampling = 1;  ///< 1..4
  std::uint8_t vertical_sampling = 1;    ///< 1..4
  std::uint8_t quantization_table = 0;   ///< 0..3
  std::uint8_t huffman_table = 0;        ///< 0..1, for DC and AC alike
};

/// A Huffman table as a DHT segment states it.
struct JpegHuffmanSpec {
  std::array<std::uint8_t, 16> length_counts{};  ///< [i]: codes of i + 1 bits
  std::array<std::uint8_t, 256> symbols{};       ///< in the order of their codes
  /// Codes in all.
  [[nodiscard]] int symbol_count() const;
};

/// Appends the segments of a JPEG file, ITU-T T.81 annex B. Knows the syntax alone: their order is the caller's.
class JpegSegmentWriter {
 public:
  /// The most bytes that a segment can hold behind its length.
  static constexpr std::size_t kMaxPayloadBytes = 65533;

  void start_of_image() { marker(JpegMarker::soi); }
  void end_of_image() { marker(JpegMarker::eoi); }

  /// APPn, 0 <= n <= 15: `signature` (with the zero bytes that end it) and `payload`.
  /// Errors: limit_exceeded when both together are longer than kMaxPayloadBytes; `what` names them in the message.
  Status application(int n, std::string_view what, std::string_view signature, ByteView payload);

  /// A segment as it stands in another file, from its marker on.
  void segment(ByteView whole) { out_.append(whole); }

  /// DQT with 8-bit values 1..255 in zigzag order, clause B.2.4.1.
  void quantization_table(std::uint8_t id, std::span<const std::uint8_t, 64> zigzag_values);

  /// SOF of 8-bit samples, clause B.2.2. Width and height are 1..65535.
  void frame(JpegMarker kind, Size size, std::span<const JpegComponent> components);

  /// DHT, clause B.2.4.2.
  void huffman_table(bool is_ac, std::uint8_t id, const JpegHuffmanSpec& spec);

  /// DRI, clause B.2.4.4.
  void restart_interval(std::uint16_t mcus);

  /// SOS of a sequential scan with all `components`, clause B.2.3. Entropy-coded data follow.
  void scan(std::span<const JpegComponent> components);

  [[nodiscard]] ByteView bytes() const { return out_.bytes(); }
  [[nodiscard]] Bytes take() { return out_.take(); }

 private:
  void marker(JpegMarker code) { out_.u8(0xFF).u8(static_cast<std::uint8_t>(code)); }
  void begin_segment(JpegMarker code, std::size_t payload_bytes);

  ByteWriter out_;
};

}  // namespace imagepacker
