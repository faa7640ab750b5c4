// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8/tokens.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <span>

#include "codec/webp/vp8/bit_costs.h"

namespace imagepacker::vp8 {
namespace {

// A token: place (7 bits), "no end possible" (1), symbol (4), sign (1). What categories add stands in the next 16 bits.
constexpr unsigned kSymbolShift = 1;
constexpr unsigned kPlaceShift = 6;

constexpr std::size_t kLeastTokens = 4096;

/// The way to a symbol: nodes and branches.
struct Path {
  std::uint8_t length;
  std::array<std::uint8_t, 6> nodes;
  std::uint8_t bits;  ///< the first branch is bit 0
};

constexpr std::array<Path, kSymbols> kPaths = {{
    {2, {0, 1}, 0b01},
    {3, {0, 1, 2}, 0b011},
    {5, {0, 1, 2, 3, 4}, 0b00111},
    {6, {0, 1, 2, 3, 4, 5}, 0b010111},
    {6, {0, 1, 2, 3, 4, 5}, 0b110111},
    {6, {0, 1, 2, 3, 6, 7}, 0b001111},
    {6, {0, 1, 2, 3, 6, 7}, 0b101111},
    // one branch more follows, at node 9 or 10
    {6, {0, 1, 2, 3, 6, 8}, 0b011111},
    {6, {0, 1, 2, 3, 6, 8}, 0b011111},
    {6, {0, 1, 2, 3, 6, 8}, 0b111111},
    {6, {0, 1, 2, 3, 6, 8}, 0b111111},
    {1, {0}, 0},
}};

constexpr std::array<std::span<const std::uint8_t>, 6> kExtraBits = {kCategory1, kCategory2, kCategory3,
                                                                     kCategory4, kCategory5, kCategory6};
constexpr std::array<std::uint16_t, 6> kCategoryBase = {5, 7, 11, 19, 35, 67};

Symbol symbol_of(unsigned magnitude) {
  if (magnitude <= 4) {
    return static_cast<Symbol>(magnitude);
  }
  unsigned category = 0;
  while (category < 5 && magnitude >= kCategoryBase[category + 1]) {
    ++category;
  }
  return static_cast<Symbol>(static_cast<unsigned>(Symbol::category1) + category);
}

struct BranchCounts {
  std::uint32_t zeros = 0;
  std::uint32_t ones = 0;
};

std::array<BranchCounts, kTokenNodes> branches(const std::uint32_t* counts) {
  std::array<BranchCounts, kTokenNodes> result{};
  for (std::size_t no_end = 0; no_end < 2; ++no_end) {
    for (std::size_t symbol = 0; symbol < kSymbols; ++symbol) {
      const std::uint32_t count = counts[no_end * 16 + symbol];
      const Path& path = kPaths[symbol];
      for (std::size_t i = no_end; i < path.length; ++i) {
        BranchCounts& branch = result[path.nodes[i]];
        ((path.bits >> i & 1) != 0 ? branch.ones : branch.zeros) += count;
      }
      if (symbol >= static_cast<std::size_t>(Symbol::category3) &&
          symbol <= static_cast<std::size_t>(Symbol::category6)) {
        const std::size_t over = symbol - static_cast<std::size_t>(Symbol::category3);
        BranchCounts& branch = result[9 + over / 2];
        (over % 2 != 0 ? branch.ones : branch.zeros) += count;
      }
    }
  }
  return result;
}

std::uint64_t cost_of(const BranchCounts& counts, unsigned zero_chance) {
  return std::uint64_t{counts.zeros} * bit_cost(false, zero_chance) +
         std::uint64_t{counts.ones} * bit_cost(true, zero_chance);
}

/// The better chance for one node: the default or one of its own, which costs eight bits.
std::uint8_t best_probability(const BranchCounts& counts, std::uint8_t usual, unsigned keep_chance) {
  const std::uint64_t total = std::uint64_t{counts.zeros} + counts.ones;
  if (total == 0) {
    return usual;
  }
  const auto own =
      static_cast<unsigned>(std::clamp<std::uint64_t>((counts.zeros * 256ULL + total / 2) / total, 1, 255));
  const std::uint64_t keep = cost_of(counts, usual) + bit_cost(false, keep_chance);
  const std::uint64_t change = cost_of(counts, own) + bit_cost(true, keep_chance) + 8 * kBitCostOne;
  return change < keep ? static_cast<std::uint8_t>(own) : usual;
}

}  // namespace

void TokenStatistics::add(const TokenStatistics& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    counts_[i] += other.counts_[i];
  }
}

CoefficientProbabilities TokenStatistics::best_probabilities() const {
  CoefficientProbabilities result = kDefaultProbabilities;
  std::size_t place = 0;
  for (std::size_t type = 0; type < kBlockTypes; ++type) {
    for (std::size_t band = 0; band < kBands; ++band) {
      for (std::size_t context = 0; context < kContexts; ++context, ++place) {
        const auto counts = branches(&counts_[place * 32]);
        TokenNodes& nodes = result[type][band][context];
        for (std::size_t node = 0; node < kTokenNodes; ++node) {
          nodes[node] = best_probability(counts[node], nodes[node], kUpdateProbabilities[type][band][context][node]);
        }
      }
    }
  }
  return result;
}

void TokenBuffer::append(BlockType type, int context, const std::int16_t* levels, int first, int count,
                         TokenStatistics& statistics) {
  constexpr std::size_t kMostTokens = 33;  // sixteen in two parts each, and the end
  if (tokens_.size() - count_ < kMostTokens) {
    tokens_.resize(tokens_.size() + tokens_.size() / 2 + kLeastTokens);
  }
  std::uint16_t* out = tokens_.data() + count_;
  const unsigned type_place = static_cast<unsigned>(type) * kBands * kContexts;
  unsigned no_end = 0;
  auto ctx = static_cast<unsigned>(context);
  for (int i = first; i < count; ++i) {
    const unsigned place = type_place + kBandOf[static_cast<std::size_t>(i)] * kContexts + ctx;
    const int level = levels[i];
    const auto magnitude = static_cast<unsigned>(std::abs(level));
    const Symbol symbol = symbol_of(magnitude);
    const unsigned key = place << 5 | no_end << 4 | static_cast<unsigned>(symbol);
    statistics.count(key);
    *out++ = static_cast<std::uint16_t>(key << 1 | (level < 0 ? 1U : 0U));
    if (symbol >= Symbol::category1) {
      *out++ = static_cast<std::uint16_t>(
          magnitude - kCategoryBase[static_cast<std::size_t>(symbol) - static_cast<std::size_t>(Symbol::category1)]);
    }
    no_end = level == 0 ? 1 : 0;
    ctx = std::min(magnitude, 2U);
  }
  if (count < 16) {
    const unsigned at = static_cast<unsigned>(std::max(first, count));
    const unsigned place = type_place + kBandOf[at] * kContexts + ctx;
    const unsigned key = place << 5 | static_cast<unsigned>(Symbol::end);
    statistics.count(key);
    *out++ = static_cast<std::uint16_t>(key << 1);
  }
  count_ = static_cast<std::size_t>(out - tokens_.data());
}

TokenEmitter::TokenEmitter(const CoefficientProbabilities& probabilities)
    : sequences_(TokenStatistics::kPlaces << kPlaceShift >> 1) {
  const TokenNodes* const all = probabilities[0][0].data();
  for (std::size_t key = 0; key < sequences_.size(); ++key) {
    const std::size_t symbol = key & 15;
    if (symbol >= kSymbols) {
      continue;
    }
    const TokenNodes& nodes = all[key >> (kPlaceShift - 1)];
    Sequence& sequence = sequences_[key];
    const auto append = [&](unsigned chance, bool bit) {
      sequence.bits[sequence.length++] = static_cast<ChancedBit>(chance << 1 | (bit ? 1U : 0U));
    };
    const Path& path = kPaths[symbol];
    for (std::size_t i = key >> 4 & 1; i < path.length; ++i) {
      append(nodes[path.nodes[i]], (path.bits >> i & 1) != 0);
    }
    const auto of = static_cast<Symbol>(symbol);
    if (of >= Symbol::category3 && of <= Symbol::category6) {
      const std::size_t over = symbol - static_cast<std::size_t>(Symbol::category3);
      append(nodes[9 + over / 2], over % 2 != 0);
    }
    if (of >= Symbol::one && of <= Symbol::four) {
      append(128, false);
    }
  }
}

/// Reads the tokens of a partition as bits.
class TokenReader {
 public:
  TokenReader(const TokenEmitter& emitter, std::span<const TokenBuffer> buffers, std::size_t first, std::size_t step)
      : sequences_(emitter.sequences_), buffers_(buffers), next_(first), step_(step) {}

  /// The bits read and not yet taken.
  [[nodiscard]] const ChancedBit* bits() const { return &bits_[taken_]; }
  [[nodiscard]] std::size_t count() const { return count_ - taken_; }
  void take(std::size_t count) { taken_ += count; }

  /// When none are left, reads more; false at the end.
  bool fill() {
    if (count() > 0) {
      return true;
    }
    taken_ = count_ = 0;
    while (token_ == end_) {
      if (next_ >= buffers_.size()) {
        return false;
      }
      token_ = buffers_[next_].tokens_.data();
      end_ = token_ + buffers_[next_].count_;
      next_ += step_;
    }
    ChancedBit* out = bits_.data();
    while (token_ != end_ && out < &bits_[kChunk]) {
      const unsigned token = *token_++;
      const auto& sequence = sequences_[token >> kSymbolShift];
      std::memcpy(out, &sequence, sizeof sequence);
      out += sequence.length;
      const unsigned symbol = token >> kSymbolShift & 15;
      if (symbol < static_cast<unsigned>(Symbol::category1)) {
        out[-1] = static_cast<ChancedBit>(out[-1] | (token & 1));
      } else if (symbol != static_cast<unsigned>(Symbol::end)) {
        out = append_extra(symbol - static_cast<unsigned>(Symbol::category1), (token & 1) != 0, out);
      }
    }
    count_ = static_cast<std::size_t>(out - bits_.data());
    return true;
  }

 private:
  static constexpr std::size_t kChunk = 2048;
  static constexpr std::size_t kLongestToken = 20;

  ChancedBit* append_extra(unsigned category, bool sign, ChancedBit* out) {
    const unsigned extra = *token_++;
    const auto chances = kExtraBits[category];
    for (std::size_t i = 0; i < chances.size(); ++i) {
      *out++ = static_cast<ChancedBit>(chances[i] * 2U + (extra >> (chances.size() - 1 - i) & 1));
    }
    *out++ = static_cast<ChancedBit>(256U + (sign ? 1U : 0U));
    return out;
  }

  std::span<const TokenEmitter::Sequence> sequences_;
  std::span<const TokenBuffer> buffers_;
  std::size_t next_;
  std::size_t step_;
  const std::uint16_t* token_ = nullptr;
  const std::uint16_t* end_ = nullptr;
  std::array<ChancedBit, kChunk + kLongestToken> bits_;
  std::size_t taken_ = 0;
  std::size_t count_ = 0;
};

void TokenEmitter::emit(std::span<const TokenBuffer> buffers, std::size_t first, std::span<Bytes> partitions) const {
  const std::size_t step = partitions.size();
  const bool has_second = step >= kLanes;
  TokenReader one(*this, buffers, first, step);
  TokenReader two(*this, buffers, has_second ? first + 1 : buffers.size(), step);
  BoolEncoder encoder_one;
  BoolEncoder encoder_two;
  while (one.fill() && two.fill()) {
    const std::size_t count = std::min(one.count(), two.count());
    BoolEncoder::put_both(encoder_one, one.bits(), encoder_two, two.bits(), count);
    one.take(count);
    two.take(count);
  }
  while (one.fill()) {
    encoder_one.put_all(one.bits(), one.count());
    one.take(one.count());
  }
  while (two.fill()) {
    encoder_two.put_all(two.bits(), two.count());
    two.take(two.count());
  }
  partitions[first] = encoder_one.finish();
  if (has_second) {
    partitions[first + 1] = encoder_two.finish();
  }
}

}  // namespace imagepacker::vp8
