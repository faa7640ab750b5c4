// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>

#include "codec/jpeg/block_tokens.h"
#include "codec/jpeg/block_transform.h"
#include "codec/jpeg/huffman_table.h"

namespace imagepacker::jpeg {

/// Bits of every AC symbol of a table, the extra bits included.
using AcBits = std::array<float, 256>;

/// The costs with the codes of `spec`; symbols without one cost a little more than any that has.
AcBits ac_bits(const JpegHuffmanSpec& spec);

/// As transform_blocks(), but the AC values of each block are those with the least sum of squared error, in units of
/// the quantisation steps, and a price per bit: the cheapest path through all values that each coefficient may round to
/// (nearest, one less, zero) and the runs of zeros between them. Plain code, equal on every machine.
void transform_blocks_optimized(const SampleRows& samples, int count, const Quantizer& quantizer, const AcBits& bits,
                                std::int16_t* coefficients, std::uint64_t* nonzero);

}  // namespace imagepacker::jpeg
