// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>

#include "codec/webp/vp8/format_tables.h"

namespace imagepacker::vp8 {

// Tables for instructions that look bytes up in a register of 16; 0x80 finds a zero.

/// Where the samples of predictions are found: by source, quad and row.
struct PredictionShuffle {
  alignas(16) std::uint8_t edge[3][4][16];
  alignas(16) std::uint8_t average2[3][4][16];
  alignas(16) std::uint8_t average3[3][4][16];
  alignas(16) std::uint8_t true_motion[4][16];  ///< of the first quad
};

constexpr void place_sample(PredictionShuffle& shuffle, std::size_t mode, std::size_t x, std::size_t y) {
  const std::size_t quad = mode / 4;
  const std::size_t lane = mode % 4 * 4 + x;
  const auto put = [&](std::uint8_t(&table)[3][4][16], std::size_t from) {
    table[quad][y][lane] = static_cast<std::uint8_t>(from);
  };
  const auto halves = [&](std::size_t along, std::size_t even, std::size_t odd) {
    put(along % 2 == 0 ? shuffle.average2 : shuffle.average3, along % 2 == 0 ? even : odd);
  };
  switch (static_cast<SubblockMode>(mode)) {
    case SubblockMode::dc:
      return put(shuffle.edge, 15);
    case SubblockMode::true_motion:
      shuffle.true_motion[y][lane] = static_cast<std::uint8_t>(y * 4 + x);
      return;
    case SubblockMode::vertical:
      return put(shuffle.average3, 6 + x);
    case SubblockMode::horizontal:
      return put(shuffle.average3, 4 - y);
    case SubblockMode::left_down:
      return put(shuffle.average3, 7 + x + y);
    case SubblockMode::right_down:
      return put(shuffle.average3, 5 + x - y);
    case SubblockMode::vertical_right:
      return 2 * x < y ? put(shuffle.average3, 6 + 2 * x - y)
                       : halves(2 * x - y, 5 + (2 * x - y) / 2, 5 + (2 * x - y + 1) / 2);
    case SubblockMode::vertical_left:
      return x == 3 && y >= 2 ? put(shuffle.average3, 9 + y) : halves(y, 6 + x + y / 2, 7 + x + y / 2);
    case SubblockMode::horizontal_down:
      return 2 * y < x ? put(shuffle.average3, 4 + x - 2 * y)
                       : halves(2 * y - x, 4 - (2 * y - x) / 2, 5 - (2 * y - x + 1) / 2);
    case SubblockMode::horizontal_up:
      return x + 2 * y >= 6 ? put(shuffle.edge, 1) : halves(x, 3 - (x + 2 * y) / 2, 3 - (x + 2 * y) / 2);
  }
}

constexpr PredictionShuffle make_prediction_shuffle() {
  PredictionShuffle shuffle{};
  for (std::size_t y = 0; y < 4; ++y) {
    for (std::size_t lane = 0; lane < 16; ++lane) {
      shuffle.true_motion[y][lane] = 0x80;
      for (std::size_t quad = 0; quad < 3; ++quad) {
        shuffle.edge[quad][y][lane] = shuffle.average2[quad][y][lane] = shuffle.average3[quad][y][lane] = 0x80;
      }
    }
    for (std::size_t x = 0; x < 4; ++x) {
      for (std::size_t mode = 0; mode < kSubblockModes; ++mode) {
        place_sample(shuffle, mode, x, y);
      }
    }
    // The last two places repeat the last mode.
    for (std::size_t lane = 8; lane < 16; ++lane) {
      shuffle.edge[2][y][lane] = shuffle.edge[2][y][lane - 4];
      shuffle.average2[2][y][lane] = shuffle.average2[2][y][lane - 4];
      shuffle.average3[2][y][lane] = shuffle.average3[2][y][lane - 4];
    }
  }
  return shuffle;
}

inline constexpr PredictionShuffle kPredictionShuffle = make_prediction_shuffle();

/// Bytes of the two halves of a block's levels in zigzag order: by half of the result, half of the block.
struct ZigzagShuffle {
  alignas(16) std::uint8_t bytes[2][2][16];
};

constexpr ZigzagShuffle make_zigzag_shuffle() {
  ZigzagShuffle shuffle{};
  for (std::size_t i = 0; i < 16; ++i) {
    const std::size_t from = kZigzag[i] % 4 * 4 + kZigzag[i] / 4;
    for (std::size_t half = 0; half < 2; ++half) {
      for (std::size_t byte = 0; byte < 2; ++byte) {
        shuffle.bytes[i / 8][half][i % 8 * 2 + byte] =
            static_cast<std::uint8_t>(from / 8 == half ? from % 8 * 2 + byte : 0x80);
      }
    }
  }
  return shuffle;
}

inline constexpr ZigzagShuffle kZigzagShuffle = make_zigzag_shuffle();

}  // namespace imagepacker::vp8
