// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/quality_estimate.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <limits>

#include "base/byte_reader.h"
#include "codec/jpeg/quantization.h"
#include "container/jpeg_segments.h"

namespace imagepacker::jpeg {
namespace {

using ZigzagTable = std::array<int, 64>;

/// The luma (0) and chroma (1) tables of DQT segments, clause B.2.4.1.
std::array<std::optional<ZigzagTable>, 2> read_tables(std::span<const JpegSegment> head) {
  std::array<std::optional<ZigzagTable>, 2> tables;
  for (const JpegSegment& segment : head) {
    if (segment.marker != static_cast<std::uint8_t>(JpegMarker::dqt)) {
      continue;
    }
    ByteReader in(segment.payload);
    while (in.ok() && !in.rest().empty()) {
      const std::uint8_t head_byte = in.u8();
      ZigzagTable table{};
      for (int& step : table) {
        step = head_byte >> 4 == 0 ? in.u8() : in.u16be();
      }
      if (in.ok() && (head_byte & 0xF) < tables.size()) {
        tables[head_byte & 0xF] = table;
      }
    }
  }
  return tables;
}

/// How far `table` is from the standard one, steps counted relative to the larger so that fine and coarse ones weigh
/// alike.
double distance(const ZigzagTable& table, const QuantTable& standard) {
  const auto reference = in_zigzag_order(standard);
  double sum = 0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double step = reference[i];
    sum += std::abs(table[i] - step) / std::max<double>({1.0, step, static_cast<double>(table[i])});
  }
  return sum;
}

}  // namespace

std::optional<int> estimate_quality(std::span<const JpegSegment> head) {
  const auto [luma, chroma] = read_tables(head);
  if (!luma) {
    return std::nullopt;
  }
  int nearest = 0;
  double least = std::numeric_limits<double>::infinity();
  for (int quality = 1; quality <= 100; ++quality) {
    const QuantTables standard = standard_quant_tables(quality);
    const double off = distance(*luma, standard[0]) + (chroma ? distance(*chroma, standard[1]) : 0);
    if (off < least) {
      least = off;
      nearest = quality;
    }
  }
  return nearest;
}

}  // namespace imagepacker::jpeg
