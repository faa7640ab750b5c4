// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "codec/webp/vp8/block_kernels.h"

namespace imagepacker::vp8 {

/// The reconstruction of a macroblock's luma with the samples around it.
class SubblockCanvas {
 public:
  SubblockCanvas(const std::uint8_t* above, const std::array<std::uint8_t, 16>& left) {
    std::memcpy(&samples_[kLeft], above, 20);
    samples_[kLeft - 1] = above[-1];
    for (std::size_t y = 0; y < 16; ++y) {
      samples_[(y + 1) * kStride + kLeft - 1] = left[y];
    }
    for (std::size_t y = 4; y < 16; y += 4) {
      std::memcpy(&samples_[y * kStride + kLeft + 16], above + 16, 4);
    }
  }

  /// The first sample of a subblock.
  std::uint8_t* at(std::size_t block) { return &samples_[(block / 4 * 4 + 1) * kStride + kLeft + block % 4 * 4]; }

  SubblockEdge edge(std::size_t block) {
    const std::uint8_t* const first = at(block);
    SubblockEdge edge;
    for (std::size_t i = 0; i < 4; ++i) {
      edge[4 - i] = *(first + i * kStride - 1);
    }
    edge[0] = edge[1];
    edge[5] = *(first - kStride - 1);
    std::memcpy(&edge[6], first - kStride, 8);
    edge[14] = edge[13];
    edge[15] = 0;
    return edge;
  }

  void put(std::size_t block, const std::uint8_t* quad, std::size_t of_quad) {
    for (std::size_t y = 0; y < 4; ++y) {
      std::memcpy(at(block) + y * kStride, quad + y * kQuadRowBytes + of_quad * 4, 4);
    }
  }

  void copy_to(std::uint8_t* luma) const {
    for (std::size_t y = 0; y < 16; ++y) {
      std::memcpy(luma + y * 16, &samples_[(y + 1) * kStride + kLeft], 16);
    }
  }

 private:
  static constexpr std::size_t kStride = 48;
  static constexpr std::size_t kLeft = 16;
  std::array<std::uint8_t, kStride * 17> samples_;
};

}  // namespace imagepacker::vp8
