// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8/frame_bytes.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "codec/webp/vp8/bool_encoder.h"
#include "codec/webp/vp8/mode_costs.h"

namespace imagepacker::vp8 {
namespace {

constexpr std::size_t kMaxPartitionBytes = (std::size_t{1} << 24) - 1;

/// Chance, in 1/256, of the first of two outcomes.
unsigned chance_of(std::size_t first, std::size_t second) {
  const std::size_t total = first + second;
  return total == 0 ? 255 : static_cast<unsigned>(std::clamp<std::size_t>((first * 256 + total / 2) / total, 1, 255));
}

/// Chances of the segments' tree, clause 10.
struct SegmentTree {
  explicit SegmentTree(std::span<const Macroblock> macroblocks) {
    std::array<std::size_t, 4> counts{};
    for (const Macroblock& macroblock : macroblocks) {
      ++counts[macroblock.segment];
    }
    chances = {chance_of(counts[0] + counts[1], counts[2] + counts[3]), chance_of(counts[0], counts[1]),
               chance_of(counts[2], counts[3])};
  }

  void put(unsigned segment, BoolEncoder& encoder) const {
    encoder.put(segment >= 2, chances[0]);
    encoder.put((segment & 1) != 0, chances[segment >= 2 ? 2 : 1]);
  }

  std::array<unsigned, 3> chances;
};

void put_segmentation(const FrameHeader& header, const SegmentTree& tree, BoolEncoder& encoder) {
  encoder.put_flag(header.has_segments);
  if (!header.has_segments) {
    return;
  }
  encoder.put_flag(true);  // a map follows,
  encoder.put_flag(true);  // and values,
  encoder.put_flag(true);  // which are absolute
  for (const int index : header.quant_indices) {
    encoder.put_optional(index, 7);
  }
  for (const int level : header.filter_levels) {
    encoder.put_optional(level, 6);
  }
  for (const unsigned chance : tree.chances) {
    encoder.put_flag(chance != 255);
    if (chance != 255) {
      encoder.put_number(chance, 8);
    }
  }
}

void put_probabilities(const CoefficientProbabilities& probabilities, BoolEncoder& encoder) {
  for (std::size_t type = 0; type < kBlockTypes; ++type) {
    for (std::size_t band = 0; band < kBands; ++band) {
      for (std::size_t context = 0; context < kContexts; ++context) {
        for (std::size_t node = 0; node < kTokenNodes; ++node) {
          const std::uint8_t chance = probabilities[type][band][context][node];
          const bool changes = chance != kDefaultProbabilities[type][band][context][node];
          encoder.put(changes, kUpdateProbabilities[type][band][context][node]);
          if (changes) {
            encoder.put_number(chance, 8);
          }
        }
      }
    }
  }
}

void put_header(const FrameHeader& header, const SegmentTree& tree, unsigned filled_chance, BoolEncoder& encoder) {
  encoder.put_number(0, 2);  // colour space, samples need clamping
  put_segmentation(header, tree, encoder);
  encoder.put_flag(false);  // the normal filter
  encoder.put_number(static_cast<unsigned>(*std::ranges::max_element(header.filter_levels)), 6);
  encoder.put_number(static_cast<unsigned>(header.sharpness), 3);
  encoder.put_flag(false);  // no other filter levels by mode
  encoder.put_number(static_cast<unsigned>(header.log2_partitions), 2);
  encoder.put_number(static_cast<unsigned>(header.has_segments ? header.base_index : header.quant_indices[0]), 7);
  encoder.put_number(0, 3);  // no other indices for luma's DC values
  encoder.put_optional(header.chroma_dc_delta, 4);
  encoder.put_flag(false);  // nor for chroma's AC values
  encoder.put_flag(false);  // probabilities aren't kept
  put_probabilities(header.probabilities, encoder);
  encoder.put_flag(header.marks_empty);
  if (header.marks_empty) {
    encoder.put_number(filled_chance, 8);
  }
}

void put_subblock_modes(std::span<const Macroblock> macroblocks, std::size_t index, std::size_t columns,
                        BoolEncoder& encoder) {
  const auto& modes = macroblocks[index].subblock_modes;
  for (std::size_t block = 0; block < 16; ++block) {
    SubblockMode above = SubblockMode::dc;
    SubblockMode left = SubblockMode::dc;
    if (block >= 4) {
      above = modes[block - 4];
    } else if (index >= columns) {
      above = macroblocks[index - columns].subblock_modes[12 + block];
    }
    if (block % 4 != 0) {
      left = modes[block - 1];
    } else if (index % columns != 0) {
      left = macroblocks[index - 1].subblock_modes[block + 3];
    }
    put_subblock_mode(modes[block], above, left, encoder);
  }
}

void append_number(std::size_t value, int bytes, Bytes& out) {
  for (int i = 0; i < bytes; ++i) {
    out.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFF));
  }
}

}  // namespace

Bytes make_mode_partition(const FrameHeader& header, std::span<const Macroblock> macroblocks) {
  const auto empty = static_cast<std::size_t>(std::ranges::count_if(macroblocks, &Macroblock::is_empty));
  const unsigned filled_chance = chance_of(macroblocks.size() - empty, empty);
  const SegmentTree tree(macroblocks);
  const auto columns = static_cast<std::size_t>((header.size.width + 15) / 16);
  BoolEncoder encoder;
  put_header(header, tree, filled_chance, encoder);
  for (std::size_t i = 0; i < macroblocks.size(); ++i) {
    const Macroblock& macroblock = macroblocks[i];
    if (header.has_segments) {
      tree.put(macroblock.segment, encoder);
    }
    if (header.marks_empty) {
      encoder.put(macroblock.is_empty, filled_chance);
    }
    put_luma_mode(macroblock.luma_mode, encoder);
    if (macroblock.luma_mode == BlockMode::subblocks) {
      put_subblock_modes(macroblocks, i, columns, encoder);
    }
    put_chroma_mode(macroblock.chroma_mode, encoder);
  }
  return encoder.finish();
}

Result<Bytes> assemble_frame(Size size, const Bytes& modes, std::span<const Bytes> partitions) {
  Bytes frame;
  // Clause 9.1: a key frame, version 0, shown.
  append_number(modes.size() << 5 | 1 << 4, 3, frame);
  append_number(0x2A019D, 3, frame);
  append_number(static_cast<std::size_t>(size.width), 2, frame);
  append_number(static_cast<std::size_t>(size.height), 2, frame);
  frame.insert(frame.end(), modes.begin(), modes.end());
  for (const Bytes& partition : partitions) {
    if (partition.size() > kMaxPartitionBytes) {
      return make_error(Errc::limit_exceeded,
                        text("the coefficients of a picture of ", size.width, "×", size.height,
                             " pixels need more than the 8 × 16 MiB that lossy WebP has for them; use a lower quality "
                             "or a smaller size"));
    }
  }
  for (const Bytes& partition : partitions.first(partitions.size() - 1)) {
    append_number(partition.size(), 3, frame);
  }
  for (const Bytes& partition : partitions) {
    frame.insert(frame.end(), partition.begin(), partition.end());
  }
  return frame;
}

}  // namespace imagepacker::vp8
