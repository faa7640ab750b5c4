// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/sequential_scan.h"

#include <algorithm>
#include <bitset>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "base/byte_reader.h"
#include "codec/jpeg/forward_dct.h"
#include "codec/jpeg/jpeg_layout.h"

namespace imagepacker::jpeg {
namespace {

constexpr std::size_t kTables = 4;
constexpr std::size_t kMaxMcuBlocks = 10;  // of several components, ITU-T T.81 clause B.2.3
constexpr std::size_t kMemoryAlignmentBytes = 64;

/// Values up to here leave the transform enough room, see BlockRow.
constexpr unsigned kMaxMagnitude = 4095;

/// Where the k-th coefficient in zigzag order stands in a group of blocks.
constexpr std::array<std::uint8_t, 64> make_places() {
  std::array<std::uint8_t, 64> places{};
  for (std::size_t k = 0; k < places.size(); ++k) {
    places[k] = static_cast<std::uint8_t>(kZigzag[k] / 8 * kBlockGroup * 8 + kZigzag[k] % 8);
  }
  return places;
}
constexpr std::array<std::uint8_t, 64> kPlaces = make_places();

std::size_t divide_up(std::size_t value, std::size_t by) {
  return (value + by - 1) / by;
}

using Steps = std::array<std::optional<std::array<std::uint16_t, 64>>, kTables>;

bool read_quantization(ByteView payload, Steps& steps) {
  ByteReader reader(payload);
  while (!reader.rest().empty()) {
    const unsigned kind = reader.u8();
    if (kind >= kTables) {
      return false;  // sixteen bits are for samples of twelve
    }
    auto& table = steps[kind].emplace();
    for (std::uint16_t& step : table) {
      step = reader.u8();
      if (step == 0) {
        return false;
      }
    }
  }
  return true;
}

bool read_huffman(ByteView payload, std::array<HuffmanLookup, 2 * kTables>& tables,
                  std::bitset<2 * kTables>& is_known) {
  ByteReader reader(payload);
  while (!reader.rest().empty()) {
    const unsigned kind = reader.u8();
    if ((kind & ~0x13U) != 0) {
      return false;
    }
    JpegHuffmanSpec spec;
    std::size_t count = 0;
    for (std::uint8_t& each : spec.length_counts) {
      each = reader.u8();
      count += each;
    }
    const ByteView symbols = reader.take(std::min(count, spec.symbols.size() + 1));
    if (!reader.ok() || count > spec.symbols.size()) {
      return false;
    }
    std::memcpy(spec.symbols.data(), symbols.data(), count);
    // Of DC differences the symbols are sizes.
    const bool is_dc = kind < kTables;
    if (is_dc && std::ranges::any_of(symbols, [](std::byte symbol) { return symbol > std::byte{15}; })) {
      return false;
    }
    const std::size_t index = (is_dc ? 0 : kTables) + (kind & 3);
    if (!tables[index].assign(spec)) {
      return false;
    }
    is_known.set(index);
  }
  return true;
}

/// A symbol and the value of its extra bits.
struct Symbol {
  int value;
  unsigned symbol;
  bool is_code;
};

/// A code longer than those that are looked up, or more extra bits.
Symbol read_long_symbol(EntropyReader& reader, const HuffmanLookup& table, HuffmanLookup::Entry entry) {
  unsigned symbol = entry.symbol;
  if (entry.bits != 0) {
    reader.skip(entry.bits & ~HuffmanLookup::kNeedsExtra);
  } else {
    const HuffmanLookup::LongCode code = table.find(reader.bits());
    if (code.bits == 0) {
      return {0, 0, false};
    }
    reader.skip(code.bits);
    symbol = code.symbol;
  }
  const int size = static_cast<int>(symbol & 15);
  return {size == 0 ? 0 : extended_value(reader.take(size), size), symbol, true};
}

// Inlined, so that the reader of a whole row stays in registers.
[[gnu::always_inline]] inline Symbol read_symbol(EntropyReader& reader, const HuffmanLookup& table) {
  constexpr int kLongestSymbol = 16 + 15;
  reader.need(kLongestSymbol);
  const HuffmanLookup::Entry entry = table.look(reader.bits());
  if (static_cast<std::uint8_t>(entry.bits - 1) < HuffmanLookup::kNeedsExtra - 1) [[likely]] {
    reader.skip(entry.bits);
    return {entry.value, entry.symbol, true};
  }
  EntropyReader copy = reader;
  const Symbol symbol = read_long_symbol(copy, table, entry);
  reader = copy;
  return symbol;
}

/// The tables of a component.
struct BlockTables {
  const HuffmanLookup& dc;
  const HuffmanLookup& ac;
  const std::uint16_t* steps;
};

/// Coefficients of a block, which are 0 before. False when there are no such codes. `magnitudes` gets their bits.
[[gnu::always_inline]] inline bool read_block(EntropyReader& reader, const BlockTables& tables, int& predictor,
                                              std::int16_t* coefficients, std::uint8_t& is_dc_only,
                                              unsigned& magnitudes) {
  constexpr unsigned kSixteenZeros = 0xF0;
  constexpr unsigned kMaxDcSize = 11;  // differences of samples with eight bits
  const auto put = [&](std::size_t k, int value) {
    magnitudes |= static_cast<unsigned>(value < 0 ? -value : value);
    coefficients[kPlaces[k]] = static_cast<std::int16_t>(value);
  };
  const Symbol dc = read_symbol(reader, tables.dc);
  predictor += dc.value;
  if (!dc.is_code || dc.symbol > kMaxDcSize || std::abs(predictor) > static_cast<int>(kMaxMagnitude)) {
    return false;
  }
  put(0, predictor * tables.steps[0]);
  std::size_t k = 0;
  while (k < 63) {
    const Symbol ac = read_symbol(reader, tables.ac);
    if ((ac.symbol & 15) == 0) {
      if (ac.symbol == kSixteenZeros && k + 16 <= 63) {
        k += 16;
        continue;
      }
      if (ac.symbol != 0 || !ac.is_code) {
        return false;
      }
      break;
    }
    k += (ac.symbol >> 4) + 1;
    if (k > 63) {
      return false;
    }
    put(k, ac.value * tables.steps[k]);
  }
  is_dc_only = k == 0;
  return true;
}

}  // namespace

void McuRow::Free::operator()(std::int16_t* memory) const {
  ::operator delete (memory, std::align_val_t{kMemoryAlignmentBytes});
}

McuRow::McuRow(std::span<const ScanComponent> components, std::size_t mcu_columns) {
  std::size_t groups = 0;
  for (std::size_t c = 0; c < components.size(); ++c) {
    parts_[c] = {groups, divide_up(components[c].blocks_across * mcu_columns, kBlockGroup)};
    groups += parts_[c].groups_in_row * components[c].blocks_down;
  }
  const std::size_t bytes = groups * kGroupCoefficients * sizeof(std::int16_t);
  coefficients_.reset(static_cast<std::int16_t*>(::operator new (bytes, std::align_val_t{kMemoryAlignmentBytes})));
  std::memset(coefficients_.get(), 0, bytes);
  is_dc_only_ = std::make_unique<std::uint8_t[]>(groups * kBlockGroup);
}

BlockRow McuRow::blocks(std::size_t index, std::size_t down, std::size_t count) const {
  const std::size_t group = parts_[index].first_group + down * parts_[index].groups_in_row;
  return {coefficients_.get() + group * kGroupCoefficients, is_dc_only_.get() + group * kBlockGroup, count};
}

std::optional<SequentialScan> SequentialScan::open(const JpegStructure& image) {
  const JpegFrameHeader& frame = image.frame;
  const bool is_sequential = frame.marker == 0xC0 || frame.marker == 0xC1;
  if (!is_sequential || frame.bits != 8 || (frame.component_count != 1 && frame.component_count != 3) ||
      image.scan_count != 1 || !image.has_end) {
    return std::nullopt;
  }
  ByteReader reader(image.bytes.subspan(image.scan_begin));
  reader.u16be();  // the marker
  const std::uint16_t length = reader.u16be();
  const ByteView header = reader.take(length < 2 ? 0 : length - 2U);
  if (!reader.ok()) {
    return std::nullopt;
  }
  SequentialScan scan(reader.rest());
  scan.component_count_ = static_cast<std::size_t>(frame.component_count);
  if (!scan.read_scan_header(header, frame) || !scan.read_tables(image)) {
    return std::nullopt;
  }
  return scan.lay_out(frame) ? std::optional(std::move(scan)) : std::nullopt;
}

bool SequentialScan::read_scan_header(ByteView header, const JpegFrameHeader& frame) {
  ByteReader reader(header);
  if (reader.u8() != component_count_) {
    return false;
  }
  for (std::size_t c = 0; c < component_count_; ++c) {
    const unsigned id = reader.u8();
    const unsigned tables = reader.u8();
    if (id != frame.components[c].id || (tables & 0xCC) != 0) {
      return false;
    }
    components_[c].dc_table = tables >> 4;
    components_[c].ac_table = kTables + (tables & 3);
  }
  const bool is_whole = reader.u8() == 0 && reader.u8() == 63 && reader.u8() == 0;
  return is_whole && reader.ok() && reader.rest().empty();
}

bool SequentialScan::read_tables(const JpegStructure& image) {
  tables_ = std::make_shared<std::array<HuffmanLookup, 2 * kTables>>();
  std::bitset<2 * kTables> is_known;
  Steps steps;
  for (const JpegSegment& segment : image.head) {
    switch (static_cast<JpegMarker>(segment.marker)) {
      case JpegMarker::dqt:
        if (!read_quantization(segment.payload, steps)) {
          return false;
        }
        break;
      case JpegMarker::dht:
        if (!read_huffman(segment.payload, *tables_, is_known)) {
          return false;
        }
        break;
      case JpegMarker::dri:
        if (segment.payload.size() != 2) {
          return false;
        }
        restart_interval_ = ByteReader(segment.payload).u16be();
        break;
      default:
        break;
    }
  }
  mcus_to_restart_ = restart_interval_;
  for (std::size_t c = 0; c < component_count_; ++c) {
    ScanComponent& component = components_[c];
    const std::uint8_t table = image.frame.components[c].quantization_table;
    if (table >= kTables || !steps[table] || !is_known[component.dc_table] || !is_known[component.ac_table]) {
      return false;
    }
    component.steps = *steps[table];
  }
  return true;
}

bool SequentialScan::lay_out(const JpegFrameHeader& frame) {
  std::size_t blocks_in_mcu = 0;
  std::size_t most_across = 1;
  std::size_t most_down = 1;
  for (std::size_t c = 0; c < component_count_; ++c) {
    most_across = std::max<std::size_t>(most_across, frame.components[c].horizontal_sampling);
    most_down = std::max<std::size_t>(most_down, frame.components[c].vertical_sampling);
  }
  const auto width = static_cast<std::size_t>(frame.size.width);
  const auto height = static_cast<std::size_t>(frame.size.height);
  for (std::size_t c = 0; c < component_count_; ++c) {
    ScanComponent& component = components_[c];
    const std::size_t across = frame.components[c].horizontal_sampling;
    const std::size_t down = frame.components[c].vertical_sampling;
    component.samples = {static_cast<int>(divide_up(width * across, most_across)),
                         static_cast<int>(divide_up(height * down, most_down))};
    component.block_columns = divide_up(static_cast<std::size_t>(component.samples.width), kBlockSize);
    // A single component is not interleaved: its MCU is one block, whatever the sampling factors.
    component.blocks_across = component_count_ == 1 ? 1 : across;
    component.blocks_down = component_count_ == 1 ? 1 : down;
    blocks_in_mcu += component.blocks_across * component.blocks_down;
  }
  const std::size_t mcu_width = kBlockSize * (component_count_ == 1 ? 1 : most_across);
  const std::size_t mcu_height = kBlockSize * (component_count_ == 1 ? 1 : most_down);
  mcu_columns_ = divide_up(width, mcu_width);
  end_row_ = divide_up(height, mcu_height);
  return blocks_in_mcu <= kMaxMcuBlocks;
}

std::vector<SequentialScan> SequentialScan::bands() const {
  // Enough for any number of threads; each has memory of its own.
  constexpr std::size_t kMostBands = 32;
  if (restart_interval_ == 0 || restart_interval_ % mcu_columns_ != 0) {
    return {*this};
  }
  const std::size_t rows_in_interval = restart_interval_ / mcu_columns_;
  const std::vector<ByteView> intervals = restart_intervals(data_, divide_up(end_row_, rows_in_interval));
  if (intervals.empty()) {
    return {*this};
  }
  const std::size_t intervals_in_band = divide_up(intervals.size(), kMostBands);
  std::vector<SequentialScan> bands;
  for (std::size_t first = 0; first < intervals.size(); first += intervals_in_band) {
    SequentialScan& band = bands.emplace_back(*this);
    const std::size_t behind = first + intervals_in_band;
    band.reader_ = EntropyReader(intervals[first]);
    band.next_restart_ = static_cast<std::uint8_t>(first % kRestartMarkers);
    band.next_row_ = first * rows_in_interval;
    if (behind < intervals.size()) {
      band.end_row_ = behind * rows_in_interval;
      band.end_marker_ =
          static_cast<JpegMarker>(static_cast<std::size_t>(JpegMarker::rst0) + (behind - 1) % kRestartMarkers);
    }
  }
  return bands;
}

bool SequentialScan::restart(EntropyReader& reader) {
  if (!reader.at_marker() || reader.take_marker() != static_cast<std::uint8_t>(JpegMarker::rst0) + next_restart_) {
    return false;
  }
  next_restart_ = (next_restart_ + 1) % kRestartMarkers;
  mcus_to_restart_ = restart_interval_;
  predictors_ = {};
  return true;
}

bool SequentialScan::read_row(McuRow& row) {
  EntropyReader reader = reader_;
  unsigned magnitudes = 0;
  for (std::size_t mcu = 0; mcu < mcu_columns_; ++mcu) {
    if (restart_interval_ != 0) {
      if (mcus_to_restart_ == 0 && !restart(reader)) {
        return false;
      }
      --mcus_to_restart_;
    }
    for (std::size_t c = 0; c < component_count_; ++c) {
      const ScanComponent& component = components_[c];
      const BlockTables tables{(*tables_)[component.dc_table], (*tables_)[component.ac_table], component.steps.data()};
      for (std::size_t down = 0; down < component.blocks_down; ++down) {
        const McuRow::Part& part = row.parts_[c];
        const std::size_t first_group = part.first_group + down * part.groups_in_row;
        for (std::size_t across = 0; across < component.blocks_across; ++across) {
          const std::size_t column = mcu * component.blocks_across + across;
          const std::size_t group = first_group + column / kBlockGroup;
          const std::size_t in_group = column % kBlockGroup;
          if (!read_block(reader, tables, predictors_[c],
                          row.coefficients_.get() + group * kGroupCoefficients + in_group * 8,
                          row.is_dc_only_[group * kBlockGroup + in_group], magnitudes)) {
            return false;
          }
        }
      }
    }
  }
  reader_ = reader;
  if (reader_.is_overrun() || magnitudes > kMaxMagnitude) {
    return false;
  }
  if (++next_row_ == end_row_) {
    return reader_.at_marker() && reader_.take_marker() == static_cast<std::uint8_t>(end_marker_);
  }
  return true;
}

}  // namespace imagepacker::jpeg
