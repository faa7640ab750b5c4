// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8/key_frame.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>

#include "base/text.h"
#include "base/try.h"
#include "codec/webp/vp8/row_progress.h"
#include "codec/webp/vp8/segmentation.h"
#include "codec/webp/vp8/source_rows.h"

namespace imagepacker::vp8 {
namespace {

constexpr int kMacroblockRows = 16;

/// Each partition costs some bytes, so that it has to have some rows of macroblocks.
constexpr int kRowsPerPartition = 4;

int log2_partitions(int rows) {
  int log2 = 0;
  while (log2 < 3 && rows >= kRowsPerPartition << (log2 + 1)) {
    ++log2;
  }
  return log2;
}

/// The level of the loop filter that suits a quantisation index: a third of the step.
int filter_level(int quant_index) {
  constexpr int kMaxLevel = 63;
  return std::min((kAcSteps[static_cast<std::size_t>(quant_index)] + 1) / 3, kMaxLevel);
}

Error cancelled() {
  return make_error(Errc::cancelled, "packing was cancelled");
}

/// How bits of modes are saved when the first partition has no room for them.
struct ModeEconomy {
  std::uint32_t subblock_mode_weight;  ///< see SearchSettings
  bool has_segments = true;
  bool has_fewest_mode_bits = false;  ///< see SearchSettings
};

/// What is tried, one after the other, until modes fit. The last always does: of the largest picture, which has 2^20
/// macroblocks, it takes 440 KiB.
constexpr ModeEconomy kModeEconomies[] = {
    {1}, {4}, {16}, {256}, {256, false}, {256, false, true},
};

/// A key frame in the making.
class FrameCoder {
 public:
  FrameCoder(const KeyFrameSettings& settings, const RowSource& image, TaskPool& pool, const std::stop_token& stop,
             KeyFrameMemory& memory, std::vector<MacroblockSamples>* reconstruction)
      : settings_(settings),
        image_(image),
        pool_(pool),
        stop_(stop),
        reconstruction_(reconstruction),
        tokens_(memory.tokens),
        columns_((image.format().size.width + 15) / 16),
        rows_((image.format().size.height + 15) / 16),
        macroblocks_(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_)) {
    header_.size = image.format().size;
    header_.log2_partitions = log2_partitions(rows_);
    edges_.reserve(static_cast<std::size_t>(rows_) + 1);
    for (int row = -1; row < rows_; ++row) {
      edges_.emplace_back(columns_, row < 0);
    }
    if (reconstruction != nullptr) {
      reconstruction->resize(macroblocks_.size());
    }
  }

  Result<Bytes> run() {
    IP_TRY(choose_segments());
    SearchSettings search = settings_.search;
    for (const ModeEconomy& economy : kModeEconomies) {
      search.subblock_mode_weight = economy.subblock_mode_weight;
      search.has_fewest_mode_bits = economy.has_fewest_mode_bits;
      header_.marks_empty = !economy.has_fewest_mode_bits;
      if (!economy.has_segments) {
        leave_out_segments();
      }
      IP_TRY(code(search));
      if (has_too_many_modes()) {
        continue;
      }
      const Bytes modes = make_mode_partition(header_, macroblocks_);
      if (modes.size() <= settings_.max_mode_bytes) {
        IP_ASSIGN(const std::vector<Bytes> partitions, emit());
        return assemble_frame(header_.size, modes, partitions);
      }
    }
    return make_error(Errc::limit_exceeded, text("the prediction modes of a picture of ", header_.size.width, "×",
                                                 header_.size.height, " pixels need more than ",
                                                 settings_.max_mode_bytes, " bytes; use a smaller size or lossless"));
  }

 private:
  Status choose_segments() {
    std::vector<std::uint8_t> activities(macroblocks_.size());
    const auto look_at_row = [&](std::size_t row) -> Status {
      if (stop_.stop_requested()) {
        return cancelled();
      }
      SourceRows source;
      IP_TRY(source.read(image_, static_cast<int>(row) * kMacroblockRows));
      MacroblockSamples samples;
      for (int column = 0; column < columns_; ++column) {
        source.macroblock(column, samples);
        activities[index_of(row, column)] = static_cast<std::uint8_t>(luma_activity(samples));
      }
      return {};
    };
    IP_TRY(pool_.for_each(static_cast<std::size_t>(rows_), look_at_row));
    const Segmentation segmentation = make_segmentation(activities, settings_.quant_index);
    header_.quant_indices = segmentation.quant_indices;
    header_.base_index = static_cast<int>(std::lround(settings_.quant_index));
    header_.chroma_dc_delta = segmentation.chroma_dc_delta;
    const auto [least, most] = std::ranges::minmax(header_.quant_indices);
    header_.has_segments = least != most;
    for (std::size_t i = 0; header_.has_segments && i < activities.size(); ++i) {
      macroblocks_[i].segment = segmentation.segment_of[activities[i]];
    }
    set_filter_levels();
    return {};
  }

  /// Every macroblock gets the index that was asked for.
  void leave_out_segments() {
    header_.has_segments = false;
    header_.quant_indices.fill(header_.base_index);
    for (Macroblock& macroblock : macroblocks_) {
      macroblock.segment = 0;
    }
    set_filter_levels();
  }

  void set_filter_levels() {
    if (settings_.has_loop_filter) {
      std::ranges::transform(header_.quant_indices, header_.filter_levels.begin(), filter_level);
    }
  }

  /// Modes and tokens of all macroblocks, and the chances of the tokens.
  Status code(const SearchSettings& search) {
    CoefficientProbabilities expected = kDefaultProbabilities;
    for (int pass = 0; pass < search.passes && !(pass > 0 && has_too_many_modes()); ++pass) {
      const CodingTables tables(header_.quant_indices, header_.chroma_dc_delta, expected, search);
      IP_TRY(code_rows(tables));
      expected = statistics_.best_probabilities();
    }
    header_.probabilities = expected;
    return {};
  }

  Status code_rows(const CodingTables& tables) {
    mode_bits_ = 0;
    tokens_.resize(static_cast<std::size_t>(rows_));
    std::ranges::for_each(tokens_, &TokenBuffer::clear);
    statistics_ = {};
    RowProgress progress(rows_, columns_);
    // Tasks may come in any order, but a row waits for the one above: each task takes the next row.
    std::atomic<int> next = 0;
    const auto code_next_row = [&](std::size_t) -> Status {
      const int row = next++;
      const RowProgress::Completion completion(progress, row);
      return code_row(tables, row, progress);
    };
    return pool_.for_each(static_cast<std::size_t>(rows_), code_next_row);
  }

  /// Known before all rows are coded: the others can be left out then, as this try comes to nothing.
  [[nodiscard]] bool has_too_many_modes() const { return mode_bits_ / kBitCostOne / 8 > settings_.max_mode_bytes; }

  Status code_row(const CodingTables& tables, int row, RowProgress& progress) {
    if (stop_.stop_requested()) {
      return cancelled();
    }
    if (has_too_many_modes()) {
      return {};
    }
    const auto index = static_cast<std::size_t>(row);
    SourceRows source;
    IP_TRY(source.read(image_, row * kMacroblockRows));
    TokenStatistics statistics;
    RowCoder coder(tables, columns_, edges_[index], edges_[index + 1], tokens_[index], statistics);
    MacroblockSamples samples;
    MacroblockSamples decoded;
    for (int column = 0; column < columns_; ++column) {
      progress.wait_above(row, column + 2);
      source.macroblock(column, samples);
      coder.code(samples, macroblocks_[index_of(index, column)], decoded);
      if (reconstruction_ != nullptr) {
        (*reconstruction_)[index_of(index, column)] = decoded;
      }
      progress.announce(row, column + 1);
    }
    mode_bits_ += coder.mode_bits();
    const std::lock_guard lock(mutex_);
    statistics_.add(statistics);
    return {};
  }

  Result<std::vector<Bytes>> emit() {
    std::vector<Bytes> partitions(std::size_t{1} << header_.log2_partitions);
    const TokenEmitter emitter(header_.probabilities);
    const std::size_t tasks = (partitions.size() + TokenEmitter::kLanes - 1) / TokenEmitter::kLanes;
    const auto emit_lanes = [&](std::size_t index) -> Status {
      if (stop_.stop_requested()) {
        return cancelled();
      }
      emitter.emit(tokens_, index * TokenEmitter::kLanes, partitions);
      return {};
    };
    IP_TRY(pool_.for_each(tasks, emit_lanes));
    return partitions;
  }

  [[nodiscard]] std::size_t index_of(std::size_t row, int column) const {
    return row * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(column);
  }

  const KeyFrameSettings& settings_;
  const RowSource& image_;
  TaskPool& pool_;
  const std::stop_token& stop_;
  std::vector<MacroblockSamples>* reconstruction_;
  std::vector<TokenBuffer>& tokens_;
  int columns_;
  int rows_;
  FrameHeader header_;
  std::vector<Macroblock> macroblocks_;
  std::vector<RowEdge> edges_;  ///< number r is above row r
  std::atomic<std::uint64_t> mode_bits_ = 0;
  std::mutex mutex_;
  TokenStatistics statistics_;
};

}  // namespace

std::size_t KeyFrameMemory::bytes() const {
  std::size_t sum = tokens.capacity() * sizeof(TokenBuffer);
  for (const TokenBuffer& buffer : tokens) {
    sum += buffer.memory_bytes();
  }
  return sum;
}

Result<Bytes> encode_key_frame(const KeyFrameSettings& settings, const RowSource& image, TaskPool& pool,
                               const std::stop_token& stop, KeyFrameMemory* memory,
                               std::vector<MacroblockSamples>* reconstruction) {
  KeyFrameMemory own_memory;
  FrameCoder coder(settings, image, pool, stop, memory != nullptr ? *memory : own_memory, reconstruction);
  return coder.run();
}

}  // namespace imagepacker::vp8
