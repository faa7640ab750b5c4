// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/rate_distortion.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "codec/jpeg/forward_dct.h"

namespace imagepacker::jpeg {
namespace {

/// Squared error, in units of the quantisation step, that is worth one bit.
constexpr float kErrorPerBit = 0.045F;

constexpr int kSixteenZeros = 0xF0;
constexpr int kEndOfBlock = 0x00;

/// A coefficient that may become something other than zero.
struct Candidate {
  int place;            ///< in zigzag order
  float magnitude;      ///< in units of its step
  int nearest;          ///< magnitude rounded to nearest
  float zeroed_before;  ///< error of all coefficients before `place` if they were zero
  float best_cost;      ///< cheapest way to end here with a value
  int best_value;
  int previous;  ///< index of the candidate before on that way, -1: none
};

/// Candidates of one block, and the error when all AC values are zero.
struct Block {
  std::array<Candidate, 63> candidates;
  int count = 0;
  float zeroed = 0;
};

Block candidates_of(const std::array<std::int16_t, 64>& coefficients, const Quantizer& quantizer) {
  Block block;
  for (int k = 1; k < 64; ++k) {
    const std::size_t place = kZigzag[static_cast<std::size_t>(k)];
    const int divisor = 8 * quantizer.steps[place];
    const int coefficient = std::abs(coefficients[place]);
    const float magnitude = static_cast<float>(coefficient) / static_cast<float>(divisor);
    const int nearest = (coefficient + divisor / 2) / divisor;
    if (nearest > 0) {
      block.candidates[static_cast<std::size_t>(block.count++)] = {k, magnitude, nearest, block.zeroed, 0, 0, -1};
    }
    block.zeroed += magnitude * magnitude;
  }
  return block;
}

/// Price of `run` zeros and then a value of `size` bits.
float price(int run, int size, const AcBits& bits) {
  const float zeros = static_cast<float>(run / 16) * bits[kSixteenZeros];
  return kErrorPerBit * (zeros + bits[static_cast<std::size_t>((run % 16) << 4 | size)]);
}

/// Fills in the cheapest way to candidate `index` from any before it.
void find_best(Block& block, int index, const AcBits& bits) {
  Candidate& here = block.candidates[static_cast<std::size_t>(index)];
  here.best_cost = 1e30F;
  for (int value = here.nearest; value >= std::max(1, here.nearest - 1); --value) {
    const float difference = here.magnitude - static_cast<float>(value);
    const float error = difference * difference;
    const int size = std::bit_width(static_cast<unsigned>(value));
    for (int from = -1; from < index; ++from) {
      float cost = error;
      int run = here.place - 1;
      if (from < 0) {
        cost += here.zeroed_before;
      } else {
        const Candidate& before = block.candidates[static_cast<std::size_t>(from)];
        cost += before.best_cost + here.zeroed_before - before.zeroed_before - before.magnitude * before.magnitude;
        run -= before.place;
      }
      cost += price(run, size, bits);
      if (cost < here.best_cost) {
        here.best_cost = cost;
        here.best_value = value;
        here.previous = from;
      }
    }
  }
}

/// The last candidate of the cheapest block, -1: all AC values are zero.
int find_end(const Block& block, const AcBits& bits) {
  float best = block.zeroed + kErrorPerBit * bits[kEndOfBlock];
  int end = -1;
  for (int index = 0; index < block.count; ++index) {
    const Candidate& last = block.candidates[static_cast<std::size_t>(index)];
    const float after = block.zeroed - last.zeroed_before - last.magnitude * last.magnitude;
    const float cost = last.best_cost + after + (last.place == 63 ? 0 : kErrorPerBit * bits[kEndOfBlock]);
    if (cost < best) {
      best = cost;
      end = index;
    }
  }
  return end;
}

}  // namespace

AcBits ac_bits(const JpegHuffmanSpec& spec) {
  const HuffmanCodes codes = huffman_codes(spec);
  const int longest = *std::ranges::max_element(codes.length_bits);
  AcBits bits{};
  for (std::size_t symbol = 0; symbol < bits.size(); ++symbol) {
    const int code = codes.length_bits[symbol] == 0 ? longest + 1 : codes.length_bits[symbol];
    bits[symbol] = static_cast<float>(code + static_cast<int>(symbol % 16));
  }
  return bits;
}

void transform_blocks_optimized(const SampleRows& samples, int count, const Quantizer& quantizer, const AcBits& bits,
                                std::int16_t* coefficients, std::uint64_t* nonzero) {
  for (int index = 0; index < count; ++index) {
    const auto transformed = forward_dct(block_samples(samples, index));
    Block block = candidates_of(transformed, quantizer);
    for (int candidate = 0; candidate < block.count; ++candidate) {
      find_best(block, candidate, bits);
    }
    std::int16_t* const out = coefficients + 64 * index;
    std::fill_n(out, 64, std::int16_t{0});
    out[0] = static_cast<std::int16_t>(quantize(transformed[0], quantizer.steps[0], quantizer.bias[0]));
    std::uint64_t mask = out[0] != 0 ? 1 : 0;
    for (int at = find_end(block, bits); at >= 0; at = block.candidates[static_cast<std::size_t>(at)].previous) {
      const Candidate& kept = block.candidates[static_cast<std::size_t>(at)];
      const bool is_negative = transformed[kZigzag[static_cast<std::size_t>(kept.place)]] < 0;
      out[kept.place] = static_cast<std::int16_t>(is_negative ? -kept.best_value : kept.best_value);
      mask |= std::uint64_t{1} << kept.place;
    }
    nonzero[index] = mask;
  }
}

}  // namespace imagepacker::jpeg
