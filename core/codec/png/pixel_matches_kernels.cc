// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/pixel_matches_kernels.h"

#include <bit>
#include <cstring>

#include "codec/png/deflate_tokens.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/png/pixel_matches_kernels.cc"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imagepacker {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR || HWY_HAVE_SCALABLE
void prepare_pixels(const std::uint8_t* bytes, std::size_t count, std::size_t position, const PixelCosts& costs,
                    PixelChunk& chunk) {
  prepare_pixels_scalar(bytes, count, position, costs, chunk);
}

void choose_matches(std::size_t count, bool is_row_end, const PixelCosts& costs, PixelChunk& chunk) {
  choose_matches_scalar(count, is_row_end, costs, chunk);
}

std::size_t collect_events(const PixelChunk& chunk, std::size_t count, const std::uint64_t* starts,
                           std::uint32_t first_cell, std::uint32_t* marks, std::uint32_t* pixels) {
  return collect_events_scalar(chunk, count, starts, first_cell, marks, pixels);
}
#else
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kVectorBytes = 64;
using D8 = hn::CappedTag<std::uint8_t, kVectorBytes>;
using D16 = hn::CappedTag<std::uint16_t, kVectorBytes / 2>;
using D32 = hn::CappedTag<std::uint32_t, kVectorBytes / 4>;
using D64 = hn::CappedTag<std::uint64_t, kVectorBytes / 8>;
using V8 = hn::Vec<D8>;
using V32 = hn::Vec<D32>;

HWY_INLINE V32 load_bytes(const std::uint8_t* bytes) {
  const hn::Rebind<std::uint8_t, D32> quarter;
  return hn::PromoteTo(D32(), hn::LoadU(quarter, bytes));
}

HWY_INLINE V8 literal_cost(V8 table, V8 value) {
  const D8 d;
  const hn::RebindToSigned<D8> as_signed;
  const V8 magnitude = hn::BitCast(d, hn::Abs(hn::BitCast(as_signed, value)));
  return hn::TableLookupBytes(table, hn::Min(magnitude, hn::Set(d, 15)));
}

/// Fills pixels, costs and hashes.
HWY_INLINE void split_pixels(const std::uint8_t* bytes, std::size_t count, const PixelCosts& costs, PixelChunk& chunk) {
  const D8 d8;
  const D16 d16;
  const D32 d32;
  const hn::Rebind<std::uint8_t, D16> half;
  const V8 table = hn::LoadDup128(d8, costs.literal.data());
  const auto low_factor = hn::Set(d16, kLowHashFactor);
  const auto high_factor = hn::Set(d16, kHighHashFactor);
  HWY_ALIGN std::uint8_t parts[3][kVectorBytes];
  for (std::size_t i = 0; i < count; i += hn::Lanes(d8)) {
    V8 a;
    V8 b;
    V8 c;
    hn::LoadInterleaved3(d8, bytes + 3 * i, a, b, c);
    hn::StoreU(hn::Add(hn::Add(literal_cost(table, a), literal_cost(table, b)), literal_cost(table, c)), d8,
               chunk.costs.data() + i);
    hn::Store(a, d8, parts[0]);
    hn::Store(b, d8, parts[1]);
    hn::Store(c, d8, parts[2]);
    for (std::size_t k = 0; k < hn::Lanes(d8); k += hn::Lanes(d16)) {
      const auto low = hn::PromoteTo(d16, hn::LoadU(half, parts[0] + k));
      const auto middle = hn::PromoteTo(d16, hn::LoadU(half, parts[1] + k));
      const auto high = hn::PromoteTo(d16, hn::LoadU(half, parts[2] + k));
      const auto both = hn::Or(low, hn::ShiftLeft<8>(middle));
      hn::StoreU(hn::Add(hn::Mul(both, low_factor), hn::Mul(high, high_factor)), d16, chunk.hashes.data() + i + k);
    }
    for (std::size_t k = 0; k < hn::Lanes(d8); k += hn::Lanes(d32)) {
      const V32 middle = hn::ShiftLeft<8>(load_bytes(parts[1] + k));
      const V32 high = hn::ShiftLeft<16>(load_bytes(parts[2] + k));
      hn::StoreU(hn::Or(load_bytes(parts[0] + k), hn::Or(middle, high)), d32, chunk.pixels.data() + i + k);
    }
  }
}

void prepare_pixels(const std::uint8_t* bytes, std::size_t count, std::size_t position, const PixelCosts& costs,
                    PixelChunk& chunk) {
  split_pixels(bytes, count + 1, costs, chunk);
  const D16 d16;
  const D32 d32;
  const D64 d64;
  const auto pair_factor = hn::Set(d16, kPairHashFactor);
  const auto next_factor = hn::Set(d16, kNextHashFactor);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d16)) {
    const auto hash = hn::LoadU(d16, chunk.hashes.data() + i);
    const auto next = hn::LoadU(d16, chunk.hashes.data() + i + 1);
    const auto pair_hash = hn::Add(hn::Mul(hash, pair_factor), hn::Mul(next, next_factor));
    hn::StoreU(hn::ShiftRight<16 - PixelPlaces::kHashBits>(hash), d16, chunk.slots.data() + i);
    hn::StoreU(hn::ShiftRight<16 - PixelPlaces::kPairHashBits>(pair_hash), d16, chunk.pair_slots.data() + i);
  }
  const auto low_half = hn::Set(d32, 0xFFFF);
  const V32 offsets = hn::Mul(hn::Iota(d32, 0), hn::Set(d32, 3));
  for (std::size_t i = 0; i < count; i += hn::Lanes(d32)) {
    const V32 place = hn::Add(hn::Set(d32, static_cast<std::uint32_t>(position + 3 * i)), offsets);
    const V32 pixel = hn::LoadU(d32, chunk.pixels.data() + i);
    hn::StoreU(hn::Or(hn::ShiftLeft<16>(pixel), hn::And(place, low_half)), d32, chunk.entries.data() + i);
  }
  const hn::Rebind<std::uint32_t, D64> half;
  for (std::size_t i = 0; i < count; i += hn::Lanes(d64)) {
    const auto pixel = hn::PromoteTo(d64, hn::LoadU(half, chunk.pixels.data() + i));
    const auto next = hn::PromoteTo(d64, hn::LoadU(half, chunk.pixels.data() + i + 1));
    const auto entry = hn::PromoteTo(d64, hn::LoadU(half, chunk.entries.data() + i));
    const auto place = hn::And(entry, hn::Set(d64, 0xFFFF));
    hn::StoreU(hn::Or(place, hn::Or(hn::ShiftLeft<16>(pixel), hn::ShiftLeft<40>(next))), d64,
               chunk.pair_entries.data() + i);
  }
}

/// `distance` where it is one that a match may have, else 0.
HWY_INLINE V32 possible_distance(V32 distance) {
  const D32 d;
  return hn::IfThenElseZero(hn::Eq(hn::Min(distance, hn::Set(d, kMaxMatchDistance)), distance), distance);
}

HWY_INLINE V32 single_distance(const PixelChunk& chunk, std::size_t i) {
  const D32 d;
  const V32 entry = hn::LoadU(d, chunk.entries.data() + i);
  const V32 found = hn::LoadU(d, chunk.found.data() + i);
  const auto is_same = hn::Eq(hn::ShiftRight<16>(hn::Xor(entry, found)), hn::Zero(d));
  return possible_distance(hn::IfThenElseZero(is_same, hn::And(hn::Sub(entry, found), hn::Set(d, 0xFFFF))));
}

/// Fills all of pairs but the first.
HWY_INLINE void find_pairs(std::size_t count, bool is_row_end, PixelChunk& chunk) {
  const D32 d32;
  const D64 d64;
  const hn::Rebind<std::uint32_t, D64> half;
  for (std::size_t i = 0; i < count; i += hn::Lanes(d64)) {
    const auto entry = hn::LoadU(d64, chunk.pair_entries.data() + i);
    const auto found = hn::LoadU(d64, chunk.found_pairs.data() + i);
    const auto is_same = hn::Eq(hn::ShiftRight<16>(hn::Xor(entry, found)), hn::Zero(d64));
    const auto distance = hn::IfThenElseZero(is_same, hn::And(hn::Sub(entry, found), hn::Set(d64, 0xFFFF)));
    hn::StoreU(hn::TruncateTo(half, distance), half, chunk.pairs.data() + 1 + i);
  }
  for (std::size_t i = 0; i < count; i += hn::Lanes(d32)) {
    hn::StoreU(possible_distance(hn::LoadU(d32, chunk.pairs.data() + 1 + i)), d32, chunk.pairs.data() + 1 + i);
  }
  for (std::size_t i = is_row_end ? count : count + 1; i < count + 4; ++i) {
    chunk.pairs[i] = 0;
  }
}

/// What distances cost.
struct DistanceCosts {
  V8 tables[4];

  HWY_INLINE V32 operator()(V32 distance) const {
    const D8 d8;
    const D32 d32;
    const V32 mask = hn::Set(d32, 15);
    V8 cost = hn::TableLookupBytes(tables[0], hn::BitCast(d8, hn::And(distance, mask)));
    cost = hn::Max(cost, hn::TableLookupBytes(tables[1], hn::BitCast(d8, hn::And(hn::ShiftRight<4>(distance), mask))));
    cost = hn::Max(cost, hn::TableLookupBytes(tables[2], hn::BitCast(d8, hn::And(hn::ShiftRight<8>(distance), mask))));
    cost = hn::Max(cost, hn::TableLookupBytes(tables[3], hn::BitCast(d8, hn::ShiftRight<12>(distance))));
    return hn::BitCast(d32, cost);
  }
};

/// Puts the bits of a mask, the first lane's lowest, into `words` from bit `i` on, which were 0.
template <class Mask>
HWY_INLINE void store_bits(Mask mask, std::size_t i, std::uint64_t* words) {
  std::uint8_t bytes[8] = {};
  hn::StoreMaskBits(D32(), mask, bytes);
  words[i / 64] |= (bytes[0] | std::uint64_t{bytes[1]} << 8) << (i % 64);
}

void choose_matches(std::size_t count, bool is_row_end, const PixelCosts& costs, PixelChunk& chunk) {
  const D8 d8;
  const D32 d32;
  const hn::RebindToSigned<D32> as_signed;
  find_pairs(count, is_row_end, chunk);
  DistanceCosts distance_cost;
  for (std::size_t k = 0; k < 4; ++k) {
    distance_cost.tables[k] = hn::LoadDup128(d8, costs.distance.data() + 16 * k);
  }
  const V32 one_pixel = hn::Set(d32, costs.one_pixel);
  const V32 two_pixels = hn::Set(d32, costs.two_pixels);
  const auto least = hn::Set(as_signed, kMinPixelGain - 1);
  const auto gain_of = [&](V32 distance, V32 saved, V32 length) {
    const auto gain = hn::BitCast(as_signed, hn::Sub(saved, hn::Add(length, distance_cost(distance))));
    return hn::IfThenZeroElse(hn::RebindMask(as_signed, hn::Eq(distance, hn::Zero(d32))), gain);
  };
  chunk.goes_on = {};
  chunk.is_alike = {};
  for (std::size_t i = 0; i < count; i += hn::Lanes(d32)) {
    const V32 single = single_distance(chunk, i);
    const V32 before = hn::LoadU(d32, chunk.pairs.data() + i);
    const V32 pair = hn::LoadU(d32, chunk.pairs.data() + i + 1);
    const auto three = hn::Eq(hn::LoadU(d32, chunk.pairs.data() + i + 2), pair);
    const auto four = hn::And(three, hn::Eq(hn::LoadU(d32, chunk.pairs.data() + i + 3), pair));
    const std::uint8_t* const cost = chunk.costs.data() + i;
    const V32 one = load_bytes(cost);
    V32 many = hn::Add(one, load_bytes(cost + 1));
    many = hn::Add(many, hn::IfThenElseZero(three, load_bytes(cost + 2)));
    many = hn::Add(many, hn::IfThenElseZero(four, load_bytes(cost + 3)));
    const auto single_gain = gain_of(single, one, one_pixel);
    const auto pair_gain = gain_of(pair, many, two_pixels);
    const auto is_single = hn::RebindMask(d32, hn::Gt(single_gain, pair_gain));
    const auto is_worth_it = hn::RebindMask(d32, hn::Gt(hn::Max(single_gain, pair_gain), least));
    const V32 begin =
        hn::IfThenElse(is_worth_it, hn::IfThenElse(is_single, single, pair), hn::Set(d32, PixelEvent::kLiterals));
    hn::StoreU(begin, d32, chunk.begins.data() + i);
    store_bits(hn::Eq(begin, pair), i, chunk.goes_on.data());
    store_bits(hn::Eq(before, pair), i, chunk.is_alike.data());
  }
}

std::size_t collect_events(const PixelChunk& chunk, std::size_t count, const std::uint64_t* starts,
                           std::uint32_t first_cell, std::uint32_t* marks, std::uint32_t* pixels) {
  const D32 d32;
  const V32 offsets = hn::Iota(d32, 0);
  std::size_t events = 0;
  for (std::size_t i = 0; i < count; i += hn::Lanes(d32)) {
    const std::uint64_t bits = starts[i / 64] >> (i % 64);
    std::uint8_t bytes[8] = {static_cast<std::uint8_t>(bits), static_cast<std::uint8_t>(bits >> 8)};
    const auto mask = hn::LoadMaskBits(d32, bytes);
    const V32 cell = hn::Add(hn::Set(d32, first_cell + static_cast<std::uint32_t>(i)), offsets);
    const V32 mark = hn::Or(hn::LoadU(d32, chunk.begins.data() + i), hn::ShiftLeft<16>(cell));
    hn::StoreU(hn::Compress(mark, mask), d32, marks + events);
    hn::StoreU(hn::Compress(hn::LoadU(d32, chunk.pixels.data() + i), mask), d32, pixels + events);
    events += hn::CountTrue(d32, mask);
  }
  return events;
}
#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imagepacker
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker {

HWY_EXPORT(prepare_pixels);
HWY_EXPORT(choose_matches);
HWY_EXPORT(collect_events);

void prepare_pixels(const std::uint8_t* bytes, std::size_t count, std::size_t position, const PixelCosts& costs,
                    PixelChunk& chunk) {
  HWY_DYNAMIC_DISPATCH(prepare_pixels)(bytes, count, position, costs, chunk);
}

void choose_matches(std::size_t count, bool is_row_end, const PixelCosts& costs, PixelChunk& chunk) {
  HWY_DYNAMIC_DISPATCH(choose_matches)(count, is_row_end, costs, chunk);
}

std::size_t collect_events(const PixelChunk& chunk, std::size_t count, const std::uint64_t* starts,
                           std::uint32_t first_cell, std::uint32_t* marks, std::uint32_t* pixels) {
  return HWY_DYNAMIC_DISPATCH(collect_events)(chunk, count, starts, first_cell, marks, pixels);
}

}  // namespace imagepacker
#endif
