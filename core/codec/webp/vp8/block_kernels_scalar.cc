// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "codec/webp/vp8/block_kernels.h"
#include "codec/webp/vp8/forward_factors.h"

namespace imagepacker::vp8 {
namespace {

/// The product with a factor in 1/32768, rounded.
int scaled(int value, int factor) {
  return (value * factor + (1 << 14)) >> 15;
}

/// Four values to their four frequencies, all with four times the energy.
void forward_line(const int* in, int in_step, int* out, int out_step) {
  const int sum03 = in[0] + in[3 * in_step];
  const int sum12 = in[in_step] + in[2 * in_step];
  const int difference12 = in[in_step] - in[2 * in_step];
  const int difference03 = in[0] - in[3 * in_step];
  out[0] = sum03 + sum12;
  out[out_step] = difference03 + scaled(difference03, kForwardCosine) + scaled(difference12, kForwardSine);
  out[2 * out_step] = sum03 - sum12;
  out[3 * out_step] = scaled(difference03, kForwardSine) - difference12 - scaled(difference12, kForwardCosine);
}

void inverse_line(const int* in, int in_step, int* out, int out_step) {
  const auto cosine = [](int value) { return value + ((value * kCosine) >> 16); };
  const auto sine = [](int value) { return (value * kSine) >> 16; };
  const int a = in[0] + in[2 * in_step];
  const int b = in[0] - in[2 * in_step];
  const int c = sine(in[in_step]) - cosine(in[3 * in_step]);
  const int d = cosine(in[in_step]) + sine(in[3 * in_step]);
  out[0] = a + d;
  out[out_step] = b + c;
  out[2 * out_step] = b - c;
  out[3 * out_step] = a - d;
}

std::uint8_t clamp_sample(int value) {
  return static_cast<std::uint8_t>(std::clamp(value, 0, 255));
}

/// Clause 12.3 in the terms of SubblockEdge.
class Predictor {
 public:
  explicit Predictor(const SubblockEdge& edge) : edge_(edge) {}

  [[nodiscard]] int sample(SubblockMode mode, int x, int y) const {
    switch (mode) {
      case SubblockMode::dc:
        return edge_[15];
      case SubblockMode::true_motion:
        return clamp_sample(at(4 - y) + at(6 + x) - at(5));
      case SubblockMode::vertical:
        return average3(6 + x);
      case SubblockMode::horizontal:
        return average3(4 - y);
      case SubblockMode::left_down:
        return average3(7 + x + y);
      case SubblockMode::right_down:
        return average3(5 + x - y);
      case SubblockMode::vertical_right:
        return vertical_right(x, y);
      case SubblockMode::vertical_left:
        return vertical_left(x, y);
      case SubblockMode::horizontal_down:
        return horizontal_down(x, y);
      case SubblockMode::horizontal_up:
        return horizontal_up(x + 2 * y);
    }
    return 0;
  }

 private:
  [[nodiscard]] int at(int i) const { return edge_[static_cast<std::size_t>(i)]; }
  [[nodiscard]] int average2(int i) const { return (at(i) + at(i + 1) + 1) >> 1; }
  [[nodiscard]] int average3(int i) const { return (at(i - 1) + 2 * at(i) + at(i + 1) + 2) >> 2; }

  [[nodiscard]] int vertical_right(int x, int y) const {
    const int along = 2 * x - y;
    if (along < 0) {
      return average3(6 + along);
    }
    return along % 2 == 0 ? average2(5 + along / 2) : average3(5 + (along + 1) / 2);
  }
  [[nodiscard]] int vertical_left(int x, int y) const {
    if (x == 3 && y >= 2) {
      return average3(9 + y);
    }
    return y % 2 == 0 ? average2(6 + x + y / 2) : average3(7 + x + y / 2);
  }
  [[nodiscard]] int horizontal_down(int x, int y) const {
    const int along = 2 * y - x;
    if (along < 0) {
      return average3(5 - along - 1);
    }
    return along % 2 == 0 ? average2(4 - along / 2) : average3(5 - (along + 1) / 2);
  }
  [[nodiscard]] int horizontal_up(int along) const {
    if (along >= 6) {
      return at(1);
    }
    return along % 2 == 0 ? average2(3 - along / 2) : average3(3 - along / 2);
  }

  const SubblockEdge& edge_;
};

}  // namespace

void transform_quad_scalar(const std::uint8_t* source, const std::uint8_t* prediction, Quad& coefficients) {
  for (std::size_t block = 0; block < 4; ++block) {
    int values[16];
    int columns[16];
    for (std::size_t i = 0; i < 16; ++i) {
      const std::size_t at = i / 4 * kQuadRowBytes + block * 4 + i % 4;
      values[i] = (source[at] - prediction[at]) * 8;
    }
    for (int x = 0; x < 4; ++x) {
      forward_line(values + x, 4, columns + x, 4);
    }
    for (int v = 0; v < 4; ++v) {
      int line[4];
      forward_line(columns + v * 4, 1, line, 1);
      for (std::size_t h = 0; h < 4; ++h) {
        coefficients.values[h * 16 + block * 4 + static_cast<std::size_t>(v)] = static_cast<std::int16_t>(line[h]);
      }
    }
  }
}

void quantize_quad_scalar(const Quad& coefficients, const QuadQuantizer& quantizer, const RoughCosts& costs,
                          QuantizedQuad& result) {
  for (std::size_t block = 0; block < 4; ++block) {
    std::uint32_t distortion = 0;
    std::uint32_t bits = 0;
    for (std::size_t h = 0; h < 4; ++h) {
      for (std::size_t v = 0; v < 4; ++v) {
        const std::size_t i = h * 16 + block * 4 + v;
        const int value = coefficients.values[i];
        const unsigned magnitude = static_cast<unsigned>(std::abs(value));
        const unsigned level =
            (((magnitude + quantizer.bias[i]) & 0xFFFF) * quantizer.reciprocal[i] >> 16) * quantizer.scale[i] >> 16;
        const int rest = static_cast<int>(magnitude) - static_cast<int>(level) * quantizer.step[i] * kCoefficientScale;
        distortion += static_cast<std::uint32_t>(rest * rest);
        bits += costs.of[h][std::min(level, 15U)];
        result.levels.values[i] =
            static_cast<std::int16_t>(value < 0 ? -static_cast<int>(level) : static_cast<int>(level));
      }
    }
    // The transform doubles samples: a quarter of the squares, 256 for the scale of coefficients, 1/16 for the result.
    result.distortion[block] = distortion >> 6;
    result.rough_bits[block] = bits;
  }
}

void reconstruct_quad_scalar(const Quad& coefficients, const std::uint8_t* prediction, std::uint8_t* result) {
  for (std::size_t block = 0; block < 4; ++block) {
    int values[16];
    int columns[16];
    for (std::size_t i = 0; i < 16; ++i) {
      values[i] = coefficients.values[i % 4 * 16 + block * 4 + i / 4];
    }
    for (int h = 0; h < 4; ++h) {
      inverse_line(values + h, 4, columns + h, 4);
    }
    for (std::size_t y = 0; y < 4; ++y) {
      int line[4];
      inverse_line(columns + y * 4, 1, line, 1);
      for (std::size_t x = 0; x < 4; ++x) {
        const std::size_t at = y * kQuadRowBytes + block * 4 + x;
        result[at] = clamp_sample(prediction[at] + ((line[x] + 4) >> 3));
      }
    }
  }
}

void try_subblock_modes_scalar(const std::uint8_t* source, const SubblockEdge& edge, const QuadQuantizer& quantizer,
                               const RoughCosts& costs, SubblockTrials& trials) {
  SubblockEdge complete = edge;
  int sum = 4;
  for (std::size_t i = 0; i < 4; ++i) {
    sum += edge[1 + i] + edge[6 + i];
  }
  complete[15] = static_cast<std::uint8_t>(sum >> 3);
  const Predictor predictor(complete);
  alignas(64) std::uint8_t repeated[4 * kQuadRowBytes];
  for (std::size_t y = 0; y < 4; ++y) {
    for (std::size_t block = 0; block < 4; ++block) {
      std::memcpy(repeated + y * kQuadRowBytes + block * 4, source + y * kQuadRowBytes, 4);
    }
  }
  for (std::size_t quad = 0; quad < 3; ++quad) {
    for (std::size_t y = 0; y < 4; ++y) {
      for (std::size_t i = 0; i < 16; ++i) {
        const auto mode = static_cast<SubblockMode>(std::min(quad * 4 + i / 4, kSubblockModes - 1));
        trials.predictions[quad][y * kQuadRowBytes + i] =
            static_cast<std::uint8_t>(predictor.sample(mode, static_cast<int>(i % 4), static_cast<int>(y)));
      }
    }
    Quad coefficients;
    transform_quad_scalar(repeated, trials.predictions[quad].data(), coefficients);
    quantize_quad_scalar(coefficients, quantizer, costs, trials.quads[quad]);
  }
}

int zigzag_levels_scalar(const Quad& levels, int block, std::int16_t* result) {
  int count = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    const std::size_t raster = kZigzag[i];
    result[i] = levels.values[raster % 4 * 16 + static_cast<std::size_t>(block) * 4 + raster / 4];
    if (result[i] != 0) {
      count = static_cast<int>(i) + 1;
    }
  }
  return count;
}

}  // namespace imagepacker::vp8
