// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/repeat_finder.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace imagepacker {
namespace {

/// Literals and matches that share a Huffman code.
constexpr std::size_t kBlockSymbols = 12000;
/// Bytes that a search reads from its position; nearer to the end nothing is searched.
constexpr std::size_t kWordBytes = 8;
/// A run's last positions are entered: what follows often begins with some of its ground.
constexpr std::size_t kEnteredRunBytes = 6;
/// Of a match so many first positions are entered, and as many last ones as of a run: it repeats what has been entered.
constexpr std::size_t kEnteredMatchBytes = 32;
/// Behind a match of so many bytes a longer one is seldom found: an eighth of the places is looked at.
constexpr std::size_t kLongMatchBytes = 10;
constexpr int kPlacesShareBehindLong = 8;
constexpr std::uint64_t kHashMultiplier = 0x9E3779B97F4A7C15;

std::uint64_t load_word(const std::uint8_t* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return std::endian::native == std::endian::little ? word : __builtin_bswap64(word);
}

constexpr std::uint64_t low_bytes(std::size_t count) {
  return count >= kWordBytes ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * count)) - 1;
}

/// Long enough to keep chance out of the chains, short enough to find parts of glyphs.
constexpr std::size_t hashed_bytes_for(std::size_t pixel_bytes) {
  return pixel_bytes == 1 ? 5 : 7;
}

/// What is looked for where the chains have nothing: a pixel, if that is long enough to pay and short enough not to be
/// split in vain.
constexpr std::size_t short_bytes_for(std::size_t pixel_bytes) {
  return pixel_bytes == 4 ? 4 : kMinMatchLength;
}

/// Whether waiting a byte for `later` saves more than that byte costs; a far match costs more bits than a near one.
bool is_worth_waiting(std::size_t length, std::size_t distance, std::size_t later_length, std::size_t later_distance) {
  const int gain = 4 * (static_cast<int>(later_length) - static_cast<int>(length)) +
                   static_cast<int>(std::bit_width(distance)) - static_cast<int>(std::bit_width(later_distance));
  return gain > 2;
}

}  // namespace

void RepeatFinder::Found::add(std::size_t position, Match match) {
  sequences.push_back({static_cast<std::uint32_t>(position - covered), static_cast<std::uint16_t>(match.length),
                       static_cast<std::uint16_t>(match.distance)});
  symbol_count += position - covered + 1;
  covered = position + match.length;
}

void RepeatFinder::start(std::span<const std::uint8_t> strip, std::size_t pixel_bytes, int chain_length) {
  strip_ = strip;
  pixel_bytes_ = pixel_bytes;
  chain_length_ = chain_length;
  hashed_bytes_ = hashed_bytes_for(pixel_bytes);
  hashed_mask_ = low_bytes(hashed_bytes_);
  short_bytes_ = short_bytes_for(pixel_bytes);
  short_mask_ = low_bytes(short_bytes_);
  position_ = 0;
  search_end_ = strip.size() < kWordBytes ? 0 : strip.size() - kWordBytes + 1;
  heads_.fill(0);
  short_heads_.fill(0);
}

std::uint64_t RepeatFinder::hash_of(std::uint64_t word) const {
  return (word & hashed_mask_) * kHashMultiplier >> (64 - kHashBits);
}

std::size_t RepeatFinder::match_length(std::size_t position, std::size_t distance, std::size_t known) const {
  const std::uint8_t* const here = strip_.data() + position;
  const std::uint8_t* const there = here - distance;
  const std::size_t limit = std::min(kMaxMatchLength, strip_.size() - position);
  std::size_t length = known;
  for (; length + kWordBytes <= limit; length += kWordBytes) {
    const std::uint64_t difference = load_word(here + length) ^ load_word(there + length);
    if (difference != 0) {
      return length + static_cast<std::size_t>(std::countr_zero(difference)) / 8;
    }
  }
  while (length < limit && here[length] == there[length]) {
    ++length;
  }
  return length;
}

void RepeatFinder::enter(std::size_t position) {
  const std::uint64_t word = load_word(strip_.data() + position);
  std::uint32_t& head = heads_[hash_of(word)];
  const std::size_t step = position + 1 - head;
  steps_[position & kWindowMask] = static_cast<std::uint16_t>(head == 0 || step >= kMaxMatchDistance ? 0 : step);
  head = static_cast<std::uint32_t>(position + 1);
  short_heads_[(word & short_mask_) * kHashMultiplier >> (64 - kShortHashBits)] = head;
}

void RepeatFinder::enter_all(std::size_t first, std::size_t end) {
  for (end = std::min(end, search_end_); first < end; ++first) {
    enter(first);
  }
}

RepeatFinder::Match RepeatFinder::search(std::size_t position, std::size_t beat, int chain_length) {
  const std::uint8_t* const here = strip_.data() + position;
  const std::uint64_t word = load_word(here);
  const std::uint32_t short_head = short_heads_[(word & short_mask_) * kHashMultiplier >> (64 - kShortHashBits)];
  enter(position);
  Match best{beat, 0};
  std::size_t distance = 0;
  std::size_t step = steps_[position & kWindowMask];
  for (int chain = chain_length; chain > 0 && step != 0 && distance + step < kMaxMatchDistance; --chain) {
    distance += step;
    step = steps_[(position - distance) & kWindowMask];
    const std::uint8_t* const there = here - distance;
    const bool may_be_longer = best.length < hashed_bytes_ || there[best.length] == here[best.length];
    if (!may_be_longer || ((load_word(there) ^ word) & hashed_mask_) != 0) {
      continue;
    }
    const std::size_t length = match_length(position, distance, hashed_bytes_);
    if (length > best.length) {
      best = {length, distance};
      if (length == kMaxMatchLength || position + length == strip_.size()) {
        break;
      }
    }
  }
  if (best.distance == 0 && beat < kMinMatchLength && short_head != 0) {
    const std::size_t short_distance = position + 1 - short_head;
    if (short_distance < kMaxMatchDistance && ((load_word(here - short_distance) ^ word) & short_mask_) == 0) {
      best = {match_length(position, short_distance, short_bytes_), short_distance};
    }
  }
  return best.distance == 0 ? Match{} : best;
}

bool RepeatFinder::begins_run(std::size_t position) const {
  const std::uint8_t* const here = strip_.data() + position;
  return position >= pixel_bytes_ && load_word(here) == load_word(here - pixel_bytes_);
}

void RepeatFinder::take_run(Found& found) {
  const std::size_t begin = position_;
  std::size_t end = begin + kWordBytes;
  while (end < search_end_ && begins_run(end)) {
    end += kWordBytes;
  }
  while (end < strip_.size() && strip_[end] == strip_[end - pixel_bytes_]) {
    ++end;
  }
  while (position_ < end) {
    std::size_t length = std::min(end - position_, kMaxMatchLength);
    const std::size_t rest = end - position_ - length;
    if (rest > 0 && rest < kMinMatchLength) {
      length -= kMinMatchLength;
    }
    found.add(position_, {length, pixel_bytes_});
    position_ += length;
  }
  enter_all(begin, begin + 1);
  enter_all(std::max(begin + 1, end - kEnteredRunBytes), end);
}

void RepeatFinder::take_match(Match match, Found& found) {
  std::size_t entered = position_ + 1;
  while (match.length < kMaxMatchLength && position_ + match.length < search_end_) {
    const bool is_long = match.length >= kLongMatchBytes;
    const int chain_length = is_long ? chain_length_ / kPlacesShareBehindLong : chain_length_;
    const Match later = search(position_ + 1, match.length - 1, chain_length);
    entered = position_ + 2;
    if (later.length == 0 || !is_worth_waiting(match.length, match.distance, later.length, later.distance)) {
      break;
    }
    ++position_;
    match = later;
  }
  found.add(position_, match);
  position_ += match.length;
  const std::size_t first_end = std::min(position_, entered + kEnteredMatchBytes);
  enter_all(entered, first_end);
  enter_all(std::max(first_end, position_ - kEnteredRunBytes), position_);
}

std::span<const std::uint8_t> RepeatFinder::next_block(std::vector<Sequence>& sequences) {
  sequences.clear();
  const std::size_t begin = position_;
  Found found{sequences, begin};
  while (position_ < search_end_ && found.symbol_count < kBlockSymbols && position_ - found.covered < kBlockSymbols) {
    if (begins_run(position_)) {
      take_run(found);
    } else if (const Match match = search(position_, kMinMatchLength - 1, chain_length_); match.length != 0) {
      take_match(match, found);
    } else {
      ++position_;
    }
  }
  if (position_ >= search_end_) {
    position_ = strip_.size();
  }
  if (found.covered < position_) {
    sequences.push_back({static_cast<std::uint32_t>(position_ - found.covered), 0, 0});
  }
  return strip_.subspan(begin, position_ - begin);
}

}  // namespace imagepacker
