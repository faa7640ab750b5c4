// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstddef>

#include "codec/jpeg/block_transform.h"
#include "codec/jpeg/forward_dct.h"

namespace imagepacker::jpeg {

Quantizer::Quantizer(const QuantTable& table) : steps(table) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const unsigned divisor = steps[i] * 8U;
    unsigned shift = 0;
    while ((2U << shift) < divisor) {
      ++shift;
    }
    bias[i] = static_cast<std::uint16_t>(divisor / 2);
    reciprocal[i] = static_cast<std::uint16_t>(((1U << (16 + shift)) + divisor - 1) / divisor);
    scale[i] = static_cast<std::uint16_t>(1U << (16 - shift));
  }
}

void transform_blocks_scalar(const SampleRows& samples, int count, const Quantizer& quantizer,
                             std::int16_t* coefficients, std::uint64_t* nonzero) {
  const int step = samples.step == SampleStep::every ? 1 : 2;
  const int offset = samples.step == SampleStep::second_of_pair ? 1 : 0;
  for (int block = 0; block < count; ++block) {
    std::array<std::uint8_t, 64> values{};
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = samples.rows[i / 8][(block * 8 + static_cast<int>(i % 8)) * step + offset];
    }
    const auto transformed = forward_dct(values);
    std::int16_t* const out = coefficients + block * 64;
    nonzero[block] = 0;
    for (std::size_t k = 0; k < kZigzag.size(); ++k) {
      const int value = quantize(transformed[kZigzag[k]], quantizer.steps[kZigzag[k]]);
      out[k] = static_cast<std::int16_t>(value);
      nonzero[block] |= static_cast<std::uint64_t>(value != 0) << k;
    }
  }
}

}  // namespace imagepacker::jpeg
