// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "codec/jpeg/entropy_reader.h"
#include "codec/jpeg/huffman_lookup.h"
#include "codec/jpeg/inverse_transform.h"
#include "container/jpeg_segments.h"
#include "container/jpeg_structure.h"

namespace imagepacker::jpeg {

/// How the blocks of one component lie in MCUs.
struct ScanComponent {
  std::size_t blocks_across = 1;          ///< in an MCU, side by side
  std::size_t blocks_down = 1;            ///< in an MCU, one below the other
  Size samples;                           ///< that the picture has
  std::size_t block_columns = 0;          ///< that hold any of them
  std::array<std::uint16_t, 64> steps{};  ///< of quantisation, in zigzag order
  std::size_t dc_table = 0;
  std::size_t ac_table = 0;
};

/// The coefficients of a row of MCUs.
class McuRow {
 public:
  /// Errors: out_of_memory as std::bad_alloc.
  McuRow(std::span<const ScanComponent> components, std::size_t mcu_columns);

  /// The `down`-th row of blocks of component `index`.
  [[nodiscard]] BlockRow blocks(std::size_t index, std::size_t down, std::size_t count) const;

 private:
  friend class SequentialScan;
  struct Part {
    std::size_t first_group = 0;
    std::size_t groups_in_row = 0;
  };
  struct Free {
    void operator()(std::int16_t* memory) const;
  };
  std::array<Part, 3> parts_;
  std::unique_ptr<std::int16_t, Free> coefficients_;
  std::unique_ptr<std::uint8_t[]> is_dc_only_;
};

/// Decodes the entropy-coded data of pictures with one Huffman-coded, sequential scan of 8-bit samples, ITU-T T.81
/// clause F.2, as cameras write them. Knows well-made files alone: at the least doubt it gives up, so that a decoder
/// with more patience may have its say.
class SequentialScan {
 public:
  /// Reads tables and headers. Nothing, when the file is none of that kind.
  static std::optional<SequentialScan> open(const JpegStructure& image);

  [[nodiscard]] std::span<const ScanComponent> components() const { return {components_.data(), component_count_}; }
  [[nodiscard]] std::size_t mcu_columns() const { return mcu_columns_; }

  /// Parts of this scan, from which nothing has been read, that can be read independently of each other, from top to
  /// bottom: restart markers begin them. Else the scan itself.
  [[nodiscard]] std::vector<SequentialScan> bands() const;

  /// Rows of MCUs in the picture: the one that comes next, and the first that does not belong to this scan or band.
  [[nodiscard]] std::size_t next_row() const { return next_row_; }
  [[nodiscard]] std::size_t end_row() const { return end_row_; }

  /// The coefficients of the next row of MCUs. False when the data are not as they should be.
  bool read_row(McuRow& row);

 private:
  explicit SequentialScan(ByteView data) : data_(data), reader_(data) {}

  bool read_tables(const JpegStructure& image);
  bool read_scan_header(ByteView header, const JpegFrameHeader& frame);
  bool lay_out(const JpegFrameHeader& frame);
  bool restart(EntropyReader& reader);

  ByteView data_;
  EntropyReader reader_;
  std::array<ScanComponent, 3> components_;
  std::size_t component_count_ = 0;
  std::size_t mcu_columns_ = 0;
  std::size_t next_row_ = 0;
  std::size_t end_row_ = 0;
  JpegMarker end_marker_ = JpegMarker::eoi;
  std::array<int, 3> predictors_{};
  std::uint32_t restart_interval_ = 0;
  std::uint32_t mcus_to_restart_ = 0;
  std::uint8_t next_restart_ = 0;
  std::shared_ptr<std::array<HuffmanLookup, 8>> tables_;  ///< DC 0..3, AC 0..3
};

}  // namespace imagepacker::jpeg
