// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/coefficient_copy.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "codec/jpeg/jpeg_layout.h"
#include "codec/jpeg/libjpeg_reader.h"
#include "codec/jpeg/libjpeg_writer.h"
#include "image/turn.h"

namespace imagepacker::jpeg {
namespace {

constexpr int kMaxComponents = 4;

/// Where each coefficient of a turned block comes from and with which sign: mirroring negates the odd frequencies.
struct BlockTurn {
  explicit BlockTurn(const Turn& turn) {
    for (int v = 0; v < DCTSIZE; ++v) {
      for (int u = 0; u < DCTSIZE; ++u) {
        const int source_u = turn.transposes ? v : u;
        const int source_v = turn.transposes ? u : v;
        const bool is_odd = (turn.mirrors_columns() && source_u % 2 == 1) != (turn.mirrors_rows() && source_v % 2 == 1);
        const auto at = static_cast<std::size_t>(v * DCTSIZE + u);
        from[at] = static_cast<std::uint8_t>(source_v * DCTSIZE + source_u);
        sign[at] = is_odd ? -1 : 1;
      }
    }
  }

  void apply(const JCOEF* source, JCOEF* target) const {
    for (std::size_t i = 0; i < DCTSIZE2; ++i) {
      target[i] = static_cast<JCOEF>(source[from[i]] * sign[i]);
    }
  }

  std::array<std::uint8_t, DCTSIZE2> from;
  std::array<std::int8_t, DCTSIZE2> sign;
};

/// A component's blocks before and behind the turn.
struct Blocks {
  jvirt_barray_ptr array;
  int columns;
  int rows;
};

Size mcu_size(const JpegFrameHeader& frame) {
  // A single component is not interleaved: its MCU is one block, whatever the sampling factors.
  if (frame.component_count == 1) {
    return {kBlockSize, kBlockSize};
  }
  Size size{1, 1};
  for (const JpegFrameComponent& component : frame.components) {
    size.width = std::max<int>(size.width, component.horizontal_sampling);
    size.height = std::max<int>(size.height, component.vertical_sampling);
  }
  return {size.width * kBlockSize, size.height * kBlockSize};
}

void transpose_table(JQUANT_TBL& table) {
  for (int v = 0; v < DCTSIZE; ++v) {
    for (int u = 0; u < v; ++u) {
      std::swap(table.quantval[v * DCTSIZE + u], table.quantval[u * DCTSIZE + v]);
    }
  }
}

/// What jpeg_copy_critical_parameters() has set, for sides that change places.
void swap_sides(jpeg_compress_struct& codec) {
  std::swap(codec.image_width, codec.image_height);
  for (int c = 0; c < codec.num_components; ++c) {
    std::swap(codec.comp_info[c].h_samp_factor, codec.comp_info[c].v_samp_factor);
  }
  for (JQUANT_TBL* const table : codec.quant_tbl_ptrs) {
    if (table != nullptr) {
      transpose_table(*table);
    }
  }
}

/// Asks for arrays of the turned blocks; whole MCUs, as libjpeg writes them.
void request_arrays(jpeg_compress_struct& codec, std::array<Blocks, kMaxComponents>& blocks) {
  int most_columns = 1;
  int most_rows = 1;
  for (int c = 0; c < codec.num_components; ++c) {
    most_columns = std::max(most_columns, codec.comp_info[c].h_samp_factor);
    most_rows = std::max(most_rows, codec.comp_info[c].v_samp_factor);
  }
  const auto mcus = [](JDIMENSION length, int blocks_per_mcu) {
    const int mcu = blocks_per_mcu * DCTSIZE;
    return (static_cast<int>(length) + mcu - 1) / mcu;
  };
  for (int c = 0; c < codec.num_components; ++c) {
    const jpeg_component_info& component = codec.comp_info[c];
    Blocks& own = blocks[static_cast<std::size_t>(c)];
    own.columns = mcus(codec.image_width, most_columns) * component.h_samp_factor;
    own.rows = mcus(codec.image_height, most_rows) * component.v_samp_factor;
    own.array = codec.mem->request_virt_barray(reinterpret_cast<j_common_ptr>(&codec), JPOOL_IMAGE, TRUE,
                                               static_cast<JDIMENSION>(own.columns), static_cast<JDIMENSION>(own.rows),
                                               static_cast<JDIMENSION>(component.v_samp_factor));
  }
}

/// Fills the arrays, which libjpeg has zeroed. Blocks beyond the source's stay so.
void turn_blocks(jpeg_decompress_struct& from, const jvirt_barray_ptr* source, jpeg_compress_struct& to,
                 const std::array<Blocks, kMaxComponents>& target, const Turn& turn, const BlockTurn& block_turn) {
  for (int c = 0; c < from.num_components; ++c) {
    const int columns = static_cast<int>(from.comp_info[c].width_in_blocks);
    const int rows = static_cast<int>(from.comp_info[c].height_in_blocks);
    const int turned_columns = turn.transposes ? rows : columns;
    const int turned_rows = turn.transposes ? columns : rows;
    for (int y = 0; y < turned_rows; ++y) {
      JBLOCKARRAY const out =
          to.mem->access_virt_barray(reinterpret_cast<j_common_ptr>(&to), target[static_cast<std::size_t>(c)].array,
                                     static_cast<JDIMENSION>(y), 1, TRUE);
      for (int x = 0; x < turned_columns; ++x) {
        int source_x = turn.transposes ? y : x;
        int source_y = turn.transposes ? x : y;
        source_x = turn.mirrors_columns() ? columns - 1 - source_x : source_x;
        source_y = turn.mirrors_rows() ? rows - 1 - source_y : source_y;
        JBLOCKARRAY const in = from.mem->access_virt_barray(reinterpret_cast<j_common_ptr>(&from), source[c],
                                                            static_cast<JDIMENSION>(source_y), 1, FALSE);
        block_turn.apply(in[0][source_x], out[0][x]);
      }
    }
  }
}

/// How far coefficients go. Differences of DC values, in whichever order, are no more than `dc_high` - `dc_low`.
struct Extent {
  int ac = 0;  ///< magnitude
  int dc_low = 0;
  int dc_high = 0;
};

Extent extent_of(jpeg_decompress_struct& from, const jvirt_barray_ptr* source) {
  Extent extent;
  for (int c = 0; c < from.num_components; ++c) {
    const jpeg_component_info& component = from.comp_info[c];
    for (JDIMENSION y = 0; y < component.height_in_blocks; ++y) {
      JBLOCKARRAY const row =
          from.mem->access_virt_barray(reinterpret_cast<j_common_ptr>(&from), source[c], y, 1, FALSE);
      for (JDIMENSION x = 0; x < component.width_in_blocks; ++x) {
        const JCOEF* const block = row[0][x];
        extent.dc_low = std::min<int>(extent.dc_low, block[0]);
        extent.dc_high = std::max<int>(extent.dc_high, block[0]);
        for (std::size_t k = 1; k < DCTSIZE2; ++k) {
          extent.ac = std::max(extent.ac, std::abs(int{block[k]}));
        }
      }
    }
  }
  return extent;
}

/// Files can hold more than 8-bit samples come to, for which there are no codes; libjpeg does not always say so.
Status check_extent(const Extent& extent) {
  constexpr int kMaxAc = 1023;
  constexpr int kMaxDcDifference = 2047;
  if (extent.ac > kMaxAc || extent.dc_high - extent.dc_low > kMaxDcDifference) {
    return make_error(Errc::unsupported, text("the JPEG has DC values from ", extent.dc_low, " to ", extent.dc_high,
                                              " and AC values up to ", extent.ac, "; DC values may differ by ",
                                              kMaxDcDifference, " and AC values be ", kMaxAc));
  }
  return {};
}

}  // namespace

bool can_turn_blocks(const JpegFrameHeader& frame, Orientation turn) {
  const Turn needed = turn_of(turn);
  const Size mcu = mcu_size(frame);
  return (!needed.mirrors_columns() || frame.size.width % mcu.width == 0) &&
         (!needed.mirrors_rows() || frame.size.height % mcu.height == 0);
}

Result<Bytes> copy_coefficients(const JpegStructure& image, const CoefficientCoding& coding,
                                const std::stop_token& stop) {
  if (!can_turn_blocks(image.frame, coding.turn)) {
    const Size mcu = mcu_size(image.frame);
    return make_error(Errc::unsupported,
                      text("the picture of ", image.frame.size.width, "×", image.frame.size.height,
                           " pixels can't be turned without cutting blocks of ", mcu.width, "×", mcu.height));
  }
  LibjpegReader reader(stop);
  IP_TRY(reader.open(image.bytes));
  jpeg_decompress_struct& from = reader.codec();
  jvirt_barray_ptr* source = nullptr;
  Extent extent;
  IP_TRY(reader.run([&] {
    source = jpeg_read_coefficients(&from);
    extent = extent_of(from, source);
  }));
  IP_TRY(check_extent(extent));

  const Turn turn = turn_of(coding.turn);
  const BlockTurn block_turn(turn);
  LibjpegWriter writer(stop);
  jpeg_compress_struct& to = writer.codec();
  std::array<Blocks, kMaxComponents> blocks{};
  std::array<jvirt_barray_ptr, kMaxComponents> arrays{};
  // While the writer works, the reader's errors must end in the writer's shield, not in a frame that is gone.
  jpeg_error_mgr* const reader_errors = from.err;
  from.err = to.err;
  const Status done = writer.run([&] {
    writer.create();
    jpeg_copy_critical_parameters(&from, &to);
    if (turn.transposes) {
      swap_sides(to);
    }
    to.write_JFIF_header = FALSE;
    to.write_Adobe_marker = FALSE;
    to.arith_code = FALSE;
    to.optimize_coding = coding.optimal_huffman ? TRUE : FALSE;
    if (coding.progressive) {
      jpeg_simple_progression(&to);
    }
    if (coding.turn != Orientation::normal) {
      request_arrays(to, blocks);
      for (std::size_t c = 0; c < arrays.size(); ++c) {
        arrays[c] = blocks[c].array;
      }
    }
    jpeg_write_coefficients(&to, coding.turn == Orientation::normal ? source : arrays.data());
    if (coding.turn != Orientation::normal) {
      turn_blocks(from, source, to, blocks, turn, block_turn);
    }
    jpeg_finish_compress(&to);
  });
  from.err = reader_errors;
  IP_TRY(done);
  return writer.take();
}

}  // namespace imagepacker::jpeg
