// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstddef>

#include "codec/jpeg/block_transform.h"
#include "codec/jpeg/forward_dct.h"

namespace imagepacker::jpeg {

namespace {

/// What is added to a magnitude before division, in 1/64 of the step: AC values are rounded up from 36/64 on.
constexpr unsigned kDeadZoneBias = 28;

}  // namespace

Quantizer::Quantizer(const QuantTable& table, Rounding rounding) : steps(table) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const unsigned divisor = steps[i] * 8U;
    unsigned shift = 0;
    while ((2U << shift) < divisor) {
      ++shift;
    }
    const bool is_exact = rounding == Rounding::nearest || i == 0;
    bias[i] = static_cast<std::uint16_t>(is_exact ? divisor / 2 : divisor * kDeadZoneBias / 64);
    reciprocal[i] = static_cast<std::uint16_t>(((1U << (16 + shift)) + divisor - 1) / divisor);
    scale[i] = static_cast<std::uint16_t>(1U << (16 - shift));
  }
}

std::array<std::uint8_t, 64> block_samples(const SampleRows& samples, int index) {
  const std::size_t step = samples.step == SampleStep::every ? 1 : 2;
  const std::size_t offset = samples.step == SampleStep::second_of_pair ? 1 : 0;
  std::array<std::uint8_t, 64> values{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = samples.rows[i / 8][(static_cast<std::size_t>(index) * 8 + i % 8) * step + offset];
  }
  return values;
}

void transform_blocks_scalar(const SampleRows& samples, int count, const Quantizer& quantizer,
                             std::int16_t* coefficients, std::uint64_t* nonzero) {
  for (int block = 0; block < count; ++block) {
    const auto transformed = forward_dct(block_samples(samples, block));
    std::int16_t* const out = coefficients + block * 64;
    nonzero[block] = 0;
    for (std::size_t k = 0; k < kZigzag.size(); ++k) {
      const std::size_t place = kZigzag[k];
      const int value = quantize(transformed[place], quantizer.steps[place], quantizer.bias[place]);
      out[k] = static_cast<std::int16_t>(value);
      nonzero[block] |= static_cast<std::uint64_t>(value != 0) << k;
    }
  }
}

}  // namespace imagepacker::jpeg
