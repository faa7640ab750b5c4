// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/pixel_matches.h"

#include <algorithm>
#include <bit>

#include "codec/png/literal_costs.h"

namespace imagepacker {
namespace {

/// Filtered bytes that share one Huffman code, at most, if rows aren't longer; fewer at first, to tell what this is
/// worth.
constexpr std::size_t kBlockBytes = std::size_t{3} << 16;
constexpr std::size_t kTrialBytes = std::size_t{1} << 15;
/// Places must be told from those 2^16 farther back, also where the next pixels begin behind a filter's number.
constexpr std::size_t kMaxSweepBytes = (std::size_t{1} << 16) - kFarAge - 2;

constexpr std::uint32_t kRatio = kCostUnit / kPixelCostUnit;
constexpr std::uint32_t kMaxCost = kMaxLiteralCost / kRatio;

std::size_t length_symbol(PixelBytes pixel_bytes, std::size_t pixels) {
  return deflate::kFirstLengthSymbol + std::size_t{deflate::kLengthSymbols[pixels * byte_count(pixel_bytes)].symbol};
}

/// What a symbol costs that occurs `count` times of `total`.
std::uint8_t symbol_cost(std::uint32_t count, std::uint32_t total) {
  if (count == 0 || total == 0) {
    return kMaxCost;
  }
  return static_cast<std::uint8_t>(
      std::clamp((log2_cost(total) - log2_cost(std::min(count, total))) / kRatio, kPixelCostUnit, kMaxCost));
}

/// Pixels of a match may cover so many at the end of 64 and go on into the next 64; below 0 they never do.
int max_carried_pixels(PixelBytes pixel_bytes) {
  return static_cast<int>(kMaxMatchLength / byte_count(pixel_bytes)) - 65;
}

/// Which of 64 pixels begin something: all that no match covers. A pixel is covered when the one before begins a match
/// that goes on, or is covered and of the same distance. is_covered: the first; returns that of the pixel behind.
std::uint64_t match_starts(std::uint64_t goes_on, std::uint64_t is_alike, int max_carried, bool& is_covered) {
  // Pixel i + 1 is covered: flips[i] ^ (keeps[i] & whether i is). Such steps are joined, 1 with 1, 2 with 2 ...
  std::uint64_t flips = goes_on;
  std::uint64_t keeps = goes_on ^ is_alike;
  for (int step = 1; step < 64; step *= 2) {
    flips ^= keeps & flips << step;
    keeps &= keeps << step | ((std::uint64_t{1} << step) - 1);
  }
  const std::uint64_t after = is_covered ? flips ^ keeps : flips;
  const std::uint64_t covered = after << 1 | (is_covered ? 1 : 0);
  is_covered = after >> 63 != 0 && std::countl_one(covered) <= max_carried;
  return ~covered;
}

/// About what a first block may consist of: literals as in a sample, and matches as photographs with many have.
SymbolCounts expected_counts(std::span<const std::uint8_t> block, PixelBytes pixel_bytes) {
  constexpr std::size_t kSamplePeriod = 1024;
  constexpr std::size_t kSampledBytes = 16;
  SymbolCounts counts;
  std::uint32_t total = 0;
  for (std::size_t i = 0; i < block.size(); i += kSamplePeriod) {
    for (const std::uint8_t value : block.subspan(i, std::min(kSampledBytes, block.size() - i))) {
      ++counts.literals_and_lengths[value];
      ++total;
    }
  }
  counts.literals_and_lengths[length_symbol(pixel_bytes, 1)] = total / 8;
  counts.literals_and_lengths[length_symbol(pixel_bytes, 2)] = total / 16;
  for (std::uint32_t symbol = 0; symbol < counts.distances.size(); ++symbol) {
    counts.distances[symbol] = 1 + symbol / 2;
  }
  return counts;
}

}  // namespace

void PixelMatcher::start(std::span<const std::uint8_t> strip, std::size_t row_bytes, PixelBytes pixel_bytes) {
  strip_ = strip;
  row_bytes_ = row_bytes;
  pixel_bytes_ = pixel_bytes;
  position_ = 0;
  swept_ = 0;
  places_.singles.fill(static_cast<std::uint16_t>(0 - kFarAge));
  places_.pairs.fill(static_cast<std::uint16_t>(0 - kFarAge));
  // What follows the trials is cut evenly, so that no block is too short for its code.
  trial_rows_ = std::max<std::size_t>(kTrialBytes / row_bytes, 1);
  const std::size_t rows = strip.size() / row_bytes;
  const std::size_t rest = rows - std::min(rows, kTrials * trial_rows_);
  const std::size_t most_rows = std::max<std::size_t>(kBlockBytes / row_bytes, 1);
  const std::size_t blocks = (rest + most_rows - 1) / most_rows;
  block_rows_ = blocks == 0 ? 1 : (rest + blocks - 1) / blocks;
  trials_left_ = kTrials;
  const std::size_t most_events = row_bytes / byte_count(pixel_bytes) + 1;
  const std::size_t row_events = most_events + 1 + kTokenPadding;
  const std::size_t block_events = std::max(trial_rows_, block_rows_) * most_events + kTokenPadding;
  const std::size_t block_tokens = block_events * tokens_per_event(pixel_bytes);
  if (marks_.size() < row_events) {
    marks_.resize(row_events);
    pixels_.resize(row_events);
  }
  if (block_capacity_ < block_tokens) {
    block_ = std::make_unique_for_overwrite<PixelToken[]>(block_tokens);
    block_capacity_ = block_tokens;
  }
  learn(expected_counts(strip.first(std::min(strip.size(), kBlockBytes)), pixel_bytes));
}

void PixelMatcher::learn(const SymbolCounts& counts) {
  const auto& symbols = counts.literals_and_lengths;
  std::uint32_t total = 0;
  for (const std::uint32_t count : symbols) {
    total += count;
  }
  std::uint32_t far_count = 0;
  std::uint64_t far_cost = 0;
  costs_.literal[0] = symbol_cost(symbols[0], total);
  for (std::size_t magnitude = 1; magnitude < 15; ++magnitude) {
    costs_.literal[magnitude] = symbol_cost((symbols[magnitude] + symbols[256 - magnitude] + 1) / 2, total);
  }
  for (std::size_t value = 15; value <= 256 - 15; ++value) {
    far_count += symbols[value];
    far_cost += std::uint64_t{symbols[value]} * symbol_cost(symbols[value], total);
  }
  costs_.literal[15] = far_count == 0 ? kMaxCost : static_cast<std::uint8_t>(far_cost / far_count);
  std::uint32_t lengths = 0;
  for (std::size_t symbol = deflate::kFirstLengthSymbol; symbol < symbols.size(); ++symbol) {
    lengths += symbols[symbol];
  }
  costs_.one_pixel = symbol_cost(symbols[length_symbol(pixel_bytes_, 1)] + lengths / 16, total);
  costs_.two_pixels = symbol_cost(symbols[length_symbol(pixel_bytes_, 2)] + lengths / 16, total);
  std::uint32_t distances = 1;
  for (const std::uint32_t count : counts.distances) {
    distances += count;
  }
  std::uint32_t cost = 0;
  costs_.distance = {};
  for (std::size_t width = 1; width <= 16; ++width) {
    // Of distances with so many bits: symbols by the bits of the distance less 1.
    const std::size_t pair = std::min<std::size_t>(width, 15);
    const std::uint32_t count =
        pair == 1 ? counts.distances[0] : (counts.distances[2 * pair - 2] + counts.distances[2 * pair - 1]) / 2;
    const std::uint32_t extra = static_cast<std::uint32_t>(pair < 2 ? 0 : pair - 2);
    cost = std::max(cost, symbol_cost(count + distances / 64, distances) + kPixelCostUnit * extra);
    for (std::size_t digit = std::size_t{1} << ((width - 1) % 4); digit < std::size_t{2} << ((width - 1) % 4);
         ++digit) {
      costs_.distance[16 * ((width - 1) / 4) + digit] = static_cast<std::uint8_t>(cost);
    }
  }
}

void PixelMatcher::swap_places(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t& single = places_.singles[chunk_.slots[i]];
    chunk_.found[i] = single;
    single = chunk_.entries[i];
    std::uint64_t& pair = places_.pairs[chunk_.pair_slots[i]];
    chunk_.found_pairs[i] = pair;
    pair = chunk_.pair_entries[i];
  }
}

void PixelMatcher::add_row(const std::uint8_t* row, std::size_t position) {
  const std::size_t step = byte_count(pixel_bytes_);
  const std::size_t pixels = (row_bytes_ - 1) / step;
  const int max_carried = max_carried_pixels(pixel_bytes_);
  marks_[0] = PixelEvent::kLoneByte | cell_ << 16;
  pixels_[0] = *row;
  std::size_t events = 1;
  bool is_covered = false;
  chunk_.pairs[0] = 0;
  chunk_.pixels[0] = std::uint32_t{*row} << (8 * (step - 1));
  ++cell_;
  for (std::size_t first = 0; first < pixels; first += kChunkPixels) {
    const std::size_t count = std::min(kChunkPixels, pixels - first);
    const std::size_t offset = 1 + first * step;
    if (position + offset + step * kChunkPixels - swept_ > kMaxSweepBytes) {
      forget_far_places(position + offset, places_);
      swept_ = position + offset;
    }
    prepare_pixels(pixel_bytes_, row + offset, count, position + offset, costs_, chunk_);
    swap_places(count);
    choose_matches(pixel_bytes_, count, first + count == pixels, costs_, chunk_);
    std::array<std::uint64_t, kChunkPixels / 64> starts;
    for (std::size_t word = 0; word < starts.size(); ++word) {
      starts[word] = match_starts(chunk_.goes_on[word], chunk_.is_alike[word], max_carried, is_covered);
    }
    if (count % 64 != 0) {
      starts[count / 64] &= (std::uint64_t{1} << (count % 64)) - 1;
    }
    std::fill(starts.begin() + static_cast<std::ptrdiff_t>((count + 63) / 64), starts.end(), 0);
    events += collect_events(chunk_, count, starts.data(), cell_, marks_.data() + events, pixels_.data() + events);
    cell_ += static_cast<std::uint32_t>(count);
    chunk_.pairs[0] = chunk_.pairs[count];
    chunk_.pixels[0] = chunk_.pixels[count];
  }
  marks_[events] = cell_ << 16;
  const std::size_t tokens = tokens_per_event(pixel_bytes_);
  PixelToken* const made = block_.get() + event_count_ * tokens;
  make_tokens(pixel_bytes_, marks_.data(), pixels_.data(), events, made);
  count_parts(pixel_bytes_, {made, events * tokens}, counters_);
  event_count_ += events;
}

std::span<const std::uint8_t> PixelMatcher::next_block() {
  const std::size_t begin = position_;
  const std::size_t rows = trials_left_ > 0 ? trial_rows_ : block_rows_;
  trials_left_ -= trials_left_ > 0 ? 1 : 0;
  const std::size_t end = std::min(strip_.size(), begin + rows * row_bytes_);
  event_count_ = 0;
  counters_ = {};
  for (std::size_t row = begin; row < end; row += row_bytes_) {
    add_row(strip_.data() + row, row);
  }
  tokens_ = {pixel_bytes_, {block_.get(), event_count_ * tokens_per_event(pixel_bytes_)}, symbols_of(counters_)};
  learn(tokens_.counts);
  position_ = end;
  return strip_.subspan(begin, end - begin);
}

}  // namespace imagepacker
