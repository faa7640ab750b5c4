// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/block_tokens-inl.h"
#include "codec/jpeg/block_tokens.h"

namespace imagepacker::jpeg {

std::size_t tokenize_mcus_scalar(std::span<const McuSlot> slots, int mcu_count, DcPredictors& predictors, Token* out) {
  Token* const begin = out;
  for (int mcu = 0; mcu < mcu_count; ++mcu) {
    for (const McuSlot& slot : slots) {
      const int block = slot.first + mcu * slot.step;
      const std::int16_t* const coefficients = slot.coefficients + 64 * block;
      int& predictor = predictors[static_cast<std::size_t>(slot.component)];
      out = append_dc(coefficients[0] - predictor, slot.is_chroma, out);
      predictor = coefficients[0];
      out = append_ac(coefficients, slot.nonzero[block], slot.is_chroma, out);
    }
  }
  return static_cast<std::size_t>(out - begin);
}

void count_tokens(std::span<const Token> tokens, std::array<TokenCounts, 2>& counts) {
  std::size_t i = 0;
  for (; i + 1 < tokens.size(); i += 2) {
    ++counts[0][tokens[i] & kTokenSymbolMask];
    ++counts[1][tokens[i + 1] & kTokenSymbolMask];
  }
  if (i < tokens.size()) {
    ++counts[0][tokens[i] & kTokenSymbolMask];
  }
}

}  // namespace imagepacker::jpeg
