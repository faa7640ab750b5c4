// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/block_tokens.h"

#include <gtest/gtest.h>
// The same targets as in block_tokens.cc.
#define HWY_WANT_AVX3_DL
#include <hwy/highway.h>

#include <random>
#include <vector>

#include "codec/jpeg/bit_emitter.h"

namespace imagepacker::jpeg {
namespace {

constexpr int kBlocks = 12;

struct Blocks {
  alignas(64) std::array<std::int16_t, kBlocks * 64> coefficients{};
  std::array<std::uint64_t, kBlocks> nonzero{};
};

/// Blocks with about `permille` of their coefficients set.
Blocks random_blocks(std::mt19937& random, unsigned permille) {
  Blocks blocks;
  for (int b = 0; b < kBlocks; ++b) {
    for (int k = 0; k < 64; ++k) {
      const bool is_set = random() % 1000 < permille;
      const int limit = random() % 4 == 0 ? 1023 : 3;
      const int value = is_set ? static_cast<int>(random() % static_cast<unsigned>(2 * limit + 1)) - limit : 0;
      blocks.coefficients[static_cast<std::size_t>(b * 64 + k)] = static_cast<std::int16_t>(value);
      blocks.nonzero[static_cast<std::size_t>(b)] |= static_cast<std::uint64_t>(value != 0) << k;
    }
  }
  return blocks;
}

class BlockTokensTargets : public ::testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override { hwy::SetSupportedTargetsForTest(GetParam()); }
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }
};

TEST_P(BlockTokensTargets, EqualsTheScalarCode) {
  std::mt19937 random(11);
  for (const unsigned permille : {0U, 5U, 20U, 100U, 300U, 700U, 1000U}) {
    for (int round = 0; round < 100; ++round) {
      const Blocks blocks = random_blocks(random, permille);
      const std::array<McuSlot, 3> slots = {{
          {blocks.coefficients.data(), blocks.nonzero.data(), 0, 2, 0, false},
          {blocks.coefficients.data(), blocks.nonzero.data(), 1, 2, 0, false},
          {blocks.coefficients.data(), blocks.nonzero.data(), 3, 1, 1, true},
      }};
      std::vector<Token> expected(6 * 3 * kMaxBlockTokens + kTokenSlack);
      std::vector<Token> actual(expected.size());
      DcPredictors expected_predictors = {5, -7, 0};
      DcPredictors actual_predictors = expected_predictors;
      expected.resize(tokenize_mcus_scalar(slots, 6, expected_predictors, expected.data()));
      actual.resize(tokenize_mcus(slots, 6, actual_predictors, actual.data()));
      ASSERT_EQ(actual, expected);
      EXPECT_EQ(actual_predictors, expected_predictors);
    }
  }
}

TEST_P(BlockTokensTargets, EmitsBitsAndStuffing) {
  // Codes of seven ones and two zeros, so that bytes of 0xFF come often.
  JpegHuffmanSpec spec;
  spec.length_counts[1] = 2;
  spec.length_counts[6] = 1;
  spec.symbols[0] = 0x00;
  spec.symbols[1] = 0x04;
  spec.symbols[2] = 0x0B;
  const std::array<JpegHuffmanSpec, kHuffmanTables> specs = {spec, spec, spec, spec};
  const TokenCodes codes = token_codes(specs);
  const HuffmanCodes plain = huffman_codes(spec);
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    std::vector<Token> tokens;
    std::vector<bool> bits;
    for (unsigned rest = random() % 300; rest > 0; --rest) {
      const unsigned symbol = std::array{0x00U, 0x04U, 0x0BU, 0x0BU}[random() % 4];
      const unsigned extra = random() % 3 == 0 ? random() & ((1U << symbol) - 1) : (1U << symbol) - 1;
      const unsigned upper = symbol > kTokenExtraBits ? extra >> kTokenExtraBits : extra;
      tokens.push_back(
          static_cast<Token>(upper << kTokenExtraShift | static_cast<unsigned>(random() % 4) << 8 | symbol));
      if (symbol > kTokenExtraBits) {
        tokens.push_back(static_cast<Token>(extra << kTokenExtraShift | kRawBits));
      }
      for (int bit = plain.length_bits[symbol] - 1; bit >= 0; --bit) {
        bits.push_back((plain.code[symbol] >> bit & 1) != 0);
      }
      for (int bit = static_cast<int>(symbol) - 1; bit >= 0; --bit) {
        bits.push_back((extra >> bit & 1) != 0);
      }
    }
    while (bits.size() % 8 != 0) {
      bits.push_back(true);
    }
    std::vector<std::uint8_t> expected;
    for (std::size_t i = 0; i < bits.size(); i += 8) {
      unsigned byte = 0;
      for (std::size_t bit = 0; bit < 8; ++bit) {
        byte = byte << 1 | (bits[i + bit] ? 1 : 0);
      }
      expected.push_back(static_cast<std::uint8_t>(byte));
      if (byte == 0xFF) {
        expected.push_back(0);
      }
    }
    // In two calls, as strips come in batches.
    const std::size_t split = tokens.empty() ? 0 : random() % tokens.size();
    std::vector<std::uint8_t> actual(max_emitted_bytes(tokens.size()) + 32);
    BitState state;
    std::uint8_t* end = emit_tokens(std::span(tokens).first(split), codes, state, actual.data());
    end = emit_tokens(std::span(tokens).subspan(split), codes, state, end);
    end = flush_bits(state, end);
    actual.resize(static_cast<std::size_t>(end - actual.data()));
    ASSERT_EQ(actual, expected);
  }
}

INSTANTIATE_TEST_SUITE_P(All, BlockTokensTargets, ::testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         [](const auto& target) { return std::string(hwy::TargetName(target.param)); });

TEST(TokenCounts, CountsEverySymbol) {
  std::mt19937 random(1);
  std::vector<Token> tokens(1001);
  TokenCounts expected{};
  for (Token& token : tokens) {
    token = static_cast<Token>(random() % 20 * 51 | 0x3000);
    ++expected[token & kTokenSymbolMask];
  }
  std::array<TokenCounts, 2> counts{};
  count_tokens(tokens, counts);
  for (std::size_t symbol = 0; symbol < kTokenSymbols; ++symbol) {
    EXPECT_EQ(counts[0][symbol] + counts[1][symbol], expected[symbol]);
  }
}

}  // namespace
}  // namespace imagepacker::jpeg
