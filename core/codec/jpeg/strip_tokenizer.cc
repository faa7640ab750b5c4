// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/strip_tokenizer.h"

#include <algorithm>
#include <cstring>

#include "base/try.h"

namespace imagepacker::jpeg {
namespace {

/// Columns of luma blocks that are transformed and turned into tokens in one go, so that they stay in the first cache.
constexpr int kChunkColumns = 32;
constexpr int kMaxSampling = 2;
constexpr int kChunkRowBlocks = kChunkColumns + kMaxBlockGroup;
constexpr std::size_t kMaxMcuBlocks = kMaxSampling * kMaxSampling + 2;

constexpr int kMaxRestartInterval = 65535;
constexpr int kMaxStrips = 32;
/// Below it a strip's work is not worth waking a thread.
constexpr std::int64_t kMinStripBlocks = 4096;

}  // namespace

std::vector<Strip> cut_into_strips(const JpegLayout& layout) {
  std::int64_t mcu_blocks = 0;
  for (int c = 0; c < layout.component_count; ++c) {
    mcu_blocks += layout.components[c].h * layout.components[c].v;
  }
  const std::int64_t blocks = mcu_blocks * layout.mcu_columns * layout.mcu_rows;
  const auto wanted = static_cast<int>(std::clamp<std::int64_t>(blocks / kMinStripBlocks, 1, kMaxStrips));
  int rows = (layout.mcu_rows + wanted - 1) / wanted;
  if (wanted > 1) {
    rows = std::clamp(rows, 1, kMaxRestartInterval / layout.mcu_columns);
  }
  std::vector<Strip> strips;
  for (int first = 0; first < layout.mcu_rows; first += rows) {
    strips.push_back({first, std::min(rows, layout.mcu_rows - first)});
  }
  return strips;
}

/// Coefficients of up to kChunkColumns columns of blocks, of every component.
struct StripTokenizer::Chunk {
  struct BlockRows {
    alignas(64) std::array<std::int16_t, kMaxSampling * kChunkRowBlocks * 64> coefficients;
    std::array<std::uint64_t, kMaxSampling * kChunkRowBlocks> nonzero;
  };
  std::array<BlockRows, 3> components;
  int first_mcu = 0;
  int mcu_count = 0;
};

StripTokenizer::StripTokenizer(const JpegLayout& layout, const TransformSettings& settings, const RowSource& image,
                               std::stop_token stop)
    : layout_(layout),
      quantizers_{Quantizer(settings.quant_tables[0], settings.rounding),
                  Quantizer(settings.quant_tables[1], settings.rounding)},
      ac_bits_(settings.ac_bits),
      image_(image),
      stop_(std::move(stop)) {}

void StripTokenizer::transform(const SampleRows& samples, int count, int table, std::int16_t* coefficients,
                               std::uint64_t* nonzero) const {
  const auto index = static_cast<std::size_t>(table);
  if (ac_bits_) {
    transform_blocks_optimized(samples, count, quantizers_[index], (*ac_bits_)[index], coefficients, nonzero);
  } else {
    transform_blocks(samples, count, quantizers_[index], coefficients, nonzero);
  }
}

/// The eight rows of a row of blocks. Rows below the picture are its last one again.
SampleRows StripTokenizer::sample_rows(const ImageView& band, int component, int block_row) const {
  const PixelFormatInfo& info = band.format.info();
  const PixelComponent& place = info.components[component];
  const Plane& plane = band.planes[place.plane];
  const int last_row = plane_height(info, place.plane, band.format.size) - 1;
  SampleRows samples;
  if (place.step_bytes == 2) {
    samples.step = place.offset_bytes == 0 ? SampleStep::first_of_pair : SampleStep::second_of_pair;
  }
  for (int row = 0; row < kBlockSize; ++row) {
    const auto y = static_cast<std::size_t>(std::min(block_row * kBlockSize + row, last_row));
    samples.rows[static_cast<std::size_t>(row)] =
        reinterpret_cast<const std::uint8_t*>(plane.bytes.data() + y * plane.stride_bytes);
  }
  return samples;
}

/// `count` blocks of one row from column `first_block` on. Columns right of the picture are its last one again.
void StripTokenizer::transform_row(const SampleRows& samples, int component, int first_block, int count,
                                   std::int16_t* coefficients, std::uint64_t* nonzero) const {
  const ComponentLayout& layout = layout_.components[component];
  const int step = samples.step == SampleStep::every ? 1 : 2;
  const int whole = std::min(count, layout.samples.width / kBlockSize - first_block);
  SampleRows shifted{.rows = {}, .step = samples.step};
  for (std::size_t row = 0; row < shifted.rows.size(); ++row) {
    shifted.rows[row] = samples.rows[row] + first_block * kBlockSize * step;
  }
  transform(shifted, whole, layout.table, coefficients, nonzero);
  if (whole == count) {
    return;
  }
  const int filled = layout.samples.width % kBlockSize;
  std::array<std::array<std::uint8_t, kBlockSize>, kBlockSize> edge;
  SampleRows edge_rows;
  const int offset = samples.step == SampleStep::second_of_pair ? 1 : 0;
  for (std::size_t row = 0; row < edge.size(); ++row) {
    for (int x = 0; x < kBlockSize; ++x) {
      edge[row][static_cast<std::size_t>(x)] =
          shifted.rows[row][(whole * kBlockSize + std::min(x, filled - 1)) * step + offset];
    }
    edge_rows.rows[row] = edge[row].data();
  }
  transform(edge_rows, 1, layout.table, coefficients + 64 * whole, nonzero + whole);
}

/// All blocks of a component in the chunk. Blocks of an MCU that lie outside the picture hold nothing but the DC value
/// of the block before them, which costs the fewest bits.
void StripTokenizer::transform_component(const ImageView& band, int component, int mcu_row, Chunk& chunk) const {
  const ComponentLayout& layout = layout_.components[component];
  Chunk::BlockRows& blocks = chunk.components[static_cast<std::size_t>(component)];
  const int first_block = chunk.first_mcu * layout.h;
  const int needed = chunk.mcu_count * layout.h;
  const int present = std::min(needed, layout.blocks.width - first_block);
  for (int row = 0; row < layout.v; ++row) {
    std::int16_t* const coefficients = blocks.coefficients.data() + 64 * row * kChunkRowBlocks;
    std::uint64_t* const nonzero = blocks.nonzero.data() + row * kChunkRowBlocks;
    const bool is_present = mcu_row * layout.v + row < layout.blocks.height;
    if (is_present) {
      transform_row(sample_rows(band, component, row), component, first_block, present, coefficients, nonzero);
    }
    for (int block = is_present ? present : 0; block < needed; ++block) {
      const bool starts_row = block % layout.h == 0;
      const std::int16_t* const before =
          starts_row ? coefficients + 64 * (block + layout.h - 1 - kChunkRowBlocks) : coefficients + 64 * (block - 1);
      coefficients[64 * block] = *before;
      nonzero[block] = 0;
    }
  }
}

Status StripTokenizer::run_mcu_row(const ImageView& band, int mcu_row, DcPredictors& predictors, Chunk& chunk,
                                   TokenSink& sink) const {
  std::array<McuSlot, kMaxMcuBlocks> slots;
  std::size_t slot_count = 0;
  for (int c = 0; c < layout_.component_count; ++c) {
    const ComponentLayout& layout = layout_.components[c];
    const Chunk::BlockRows& blocks = chunk.components[static_cast<std::size_t>(c)];
    for (int row = 0; row < layout.v; ++row) {
      for (int column = 0; column < layout.h; ++column) {
        slots[slot_count++] = {.coefficients = blocks.coefficients.data(),
                               .nonzero = blocks.nonzero.data(),
                               .first = row * kChunkRowBlocks + column,
                               .step = layout.h,
                               .component = c,
                               .is_chroma = layout.table != 0};
      }
    }
  }
  const int chunk_mcus = kChunkColumns / layout_.components[0].h;
  for (chunk.first_mcu = 0; chunk.first_mcu < layout_.mcu_columns; chunk.first_mcu += chunk_mcus) {
    chunk.mcu_count = std::min(chunk_mcus, layout_.mcu_columns - chunk.first_mcu);
    for (int c = 0; c < layout_.component_count; ++c) {
      transform_component(band, c, mcu_row, chunk);
    }
    const std::size_t blocks = static_cast<std::size_t>(chunk.mcu_count) * slot_count;
    IP_ASSIGN(Token* const out, sink.room(blocks * kMaxBlockTokens + kTokenSlack));
    IP_TRY(sink.commit(tokenize_mcus(std::span(slots).first(slot_count), chunk.mcu_count, predictors, out)));
  }
  return {};
}

Status StripTokenizer::run(const Strip& strip, TokenSink& sink) const {
  const auto chunk = std::make_unique_for_overwrite<Chunk>();
  ImageBuffer scratch;
  DcPredictors predictors{};
  for (int mcu_row = strip.first_mcu_row; mcu_row < strip.first_mcu_row + strip.mcu_rows; ++mcu_row) {
    if (stop_.stop_requested()) {
      return make_error(Errc::cancelled, "packing was cancelled");
    }
    const int first = mcu_row * layout_.mcu_height;
    IP_ASSIGN(const ImageView band,
              image_.rows(first, std::min(layout_.mcu_height, layout_.size.height - first), scratch));
    IP_TRY(run_mcu_row(band, mcu_row, predictors, *chunk, sink));
  }
  return {};
}

}  // namespace imagepacker::jpeg
