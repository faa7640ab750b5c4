// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/pixel_matches_kernels.h"

#include <algorithm>
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
void prepare_pixels(PixelBytes pixel_bytes, const std::uint8_t* bytes, std::size_t count, std::size_t position,
                    const PixelCosts& costs, PixelChunk& chunk) {
  prepare_pixels_scalar(pixel_bytes, bytes, count, position, costs, chunk);
}

void choose_matches(PixelBytes pixel_bytes, std::size_t count, bool is_row_end, const PixelCosts& costs,
                    PixelChunk& chunk) {
  choose_matches_scalar(pixel_bytes, count, is_row_end, costs, chunk);
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
using V16 = hn::Vec<D16>;
using V32 = hn::Vec<D32>;

HWY_INLINE V16 load_bytes(const std::uint8_t* bytes) {
  const hn::Rebind<std::uint8_t, D16> half;
  return hn::PromoteTo(D16(), hn::LoadU(half, bytes));
}

HWY_INLINE V8 literal_cost(V8 table, V8 value) {
  const D8 d;
  const hn::RebindToSigned<D8> as_signed;
  const V8 magnitude = hn::BitCast(d, hn::Abs(hn::BitCast(as_signed, value)));
  return hn::TableLookupBytes(table, hn::Min(magnitude, hn::Set(d, 15)));
}

/// Fills pixels, costs and hashes.
template <PixelBytes kBytes>
HWY_INLINE void split_pixels(const std::uint8_t* bytes, std::size_t count, const PixelCosts& costs, PixelChunk& chunk) {
  constexpr bool kHasAlpha = kBytes == PixelBytes::four;
  const D8 d8;
  const D16 d16;
  const D32 d32;
  const hn::Rebind<std::uint8_t, D32> quarter;
  const V8 table = hn::LoadDup128(d8, costs.literal.data());
  const auto low_factor = hn::Set(d16, kLowHashFactor);
  const auto high_factor = hn::Set(d16, kHighHashFactor);
  HWY_ALIGN std::uint8_t parts[4][kVectorBytes];
  for (std::size_t i = 0; i < count; i += hn::Lanes(d8)) {
    V8 a;
    V8 b;
    V8 c;
    V8 alpha;
    if constexpr (kHasAlpha) {
      hn::LoadInterleaved4(d8, bytes + 4 * i, a, b, c, alpha);
      hn::Store(alpha, d8, parts[3]);
    } else {
      hn::LoadInterleaved3(d8, bytes + 3 * i, a, b, c);
    }
    V8 cost = hn::Add(hn::Add(literal_cost(table, a), literal_cost(table, b)), literal_cost(table, c));
    if constexpr (kHasAlpha) {
      cost = hn::Add(cost, literal_cost(table, alpha));
    }
    hn::StoreU(cost, d8, chunk.costs.data() + i);
    hn::Store(a, d8, parts[0]);
    hn::Store(b, d8, parts[1]);
    hn::Store(c, d8, parts[2]);
    for (std::size_t k = 0; k < hn::Lanes(d8); k += hn::Lanes(d16)) {
      const auto low = load_bytes(parts[0] + k);
      const auto middle = load_bytes(parts[1] + k);
      const auto high = load_bytes(parts[2] + k);
      const auto both = hn::Or(low, hn::ShiftLeft<8>(middle));
      hn::StoreU(hn::Add(hn::Mul(both, low_factor), hn::Mul(high, high_factor)), d16, chunk.hashes.data() + i + k);
    }
    for (std::size_t k = 0; k < hn::Lanes(d8); k += hn::Lanes(d32)) {
      const auto part = [&](std::size_t index) { return hn::PromoteTo(d32, hn::LoadU(quarter, parts[index] + k)); };
      V32 pixel = hn::Or(part(0), hn::Or(hn::ShiftLeft<8>(part(1)), hn::ShiftLeft<16>(part(2))));
      if constexpr (kHasAlpha) {
        pixel = hn::Or(pixel, hn::ShiftLeft<24>(part(3)));
      }
      hn::StoreU(pixel, d32, chunk.pixels.data() + 1 + i + k);
    }
  }
}

/// `place` of what may be found, and one that no match reaches of what may not.
template <class D, class Mask>
HWY_INLINE hn::Vec<D> place_unless(D d, Mask is_unknown, hn::Vec<D> place) {
  return hn::And(hn::Sub(place, hn::IfThenElseZero(is_unknown, hn::Set(d, kFarAge))), hn::Set(d, 0xFFFF));
}

template <PixelBytes kBytes>
HWY_INLINE void prepare_pixels_of(const std::uint8_t* bytes, std::size_t count, std::size_t position,
                                  const PixelCosts& costs, PixelChunk& chunk) {
  constexpr std::size_t kStep = byte_count(kBytes);
  constexpr bool kHasAlpha = kBytes == PixelBytes::four;
  split_pixels<kBytes>(bytes, count + 1, costs, chunk);
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
  const V32 offsets = hn::Mul(hn::Iota(d32, 0), hn::Set(d32, kStep));
  for (std::size_t i = 0; i < count; i += hn::Lanes(d32)) {
    V32 place = hn::Add(hn::Set(d32, static_cast<std::uint32_t>(position + kStep * i)), offsets);
    const V32 pixel = hn::LoadU(d32, chunk.pixels.data() + i + 1);
    if constexpr (kHasAlpha) {
      place = place_unless(d32, hn::Gt(pixel, hn::Set(d32, kColorMask)), place);
    } else {
      place = hn::And(place, low_half);
    }
    hn::StoreU(hn::Or(hn::ShiftLeft<16>(pixel), place), d32, chunk.entries.data() + i);
  }
  const hn::Rebind<std::uint32_t, D64> half;
  for (std::size_t i = 0; i < count; i += hn::Lanes(d64)) {
    auto pixel = hn::PromoteTo(d64, hn::LoadU(half, chunk.pixels.data() + i + 1));
    auto next = hn::PromoteTo(d64, hn::LoadU(half, chunk.pixels.data() + i + 2));
    const auto entry = hn::PromoteTo(d64, hn::LoadU(half, chunk.entries.data() + i));
    auto place = hn::And(entry, hn::Set(d64, 0xFFFF));
    if constexpr (kHasAlpha) {
      const auto colors = hn::Set(d64, kColorMask);
      // The pixel's own alpha is in its entry already.
      place = place_unless(d64, hn::And(hn::Gt(next, colors), hn::Not(hn::Gt(pixel, colors))), place);
      pixel = hn::And(pixel, colors);
      next = hn::And(next, colors);
    }
    hn::StoreU(hn::Or(place, hn::Or(hn::ShiftLeft<16>(pixel), hn::ShiftLeft<40>(next))), d64,
               chunk.pair_entries.data() + i);
  }
}

void prepare_pixels(PixelBytes pixel_bytes, const std::uint8_t* bytes, std::size_t count, std::size_t position,
                    const PixelCosts& costs, PixelChunk& chunk) {
  pixel_bytes == PixelBytes::three ? prepare_pixels_of<PixelBytes::three>(bytes, count, position, costs, chunk)
                                   : prepare_pixels_of<PixelBytes::four>(bytes, count, position, costs, chunk);
}

/// `distance` where it is one that a match may have, else 0.
HWY_INLINE V16 possible_distance(V16 distance) {
  const D16 d;
  return hn::IfThenElseZero(hn::Eq(hn::Min(distance, hn::Set(d, kMaxMatchDistance)), distance), distance);
}

/// Writes the distances between two entries of the same pixels to `out`, 0 for others.
template <class D>
HWY_INLINE void store_distances(D d, const hn::TFromD<D>* entries, const hn::TFromD<D>* found, std::uint16_t* out) {
  const hn::Rebind<std::uint16_t, D> narrow;
  const auto entry = hn::LoadU(d, entries);
  const auto last = hn::LoadU(d, found);
  const auto is_same = hn::Eq(hn::ShiftRight<16>(hn::Xor(entry, last)), hn::Zero(d));
  hn::StoreU(hn::TruncateTo(narrow, hn::IfThenElseZero(is_same, hn::Sub(entry, last))), narrow, out);
}

/// Writes all bits for a pixel whose bytes all are the byte before it, else none.
template <PixelBytes kBytes>
HWY_INLINE void store_byte_run(const PixelChunk& chunk, std::size_t i, std::uint16_t* out) {
  constexpr int kLastByteShift = 8 * (static_cast<int>(kBytes) - 1);
  const D32 d;
  const hn::Rebind<std::uint16_t, D32> narrow;
  const V32 before = hn::ShiftRight<kLastByteShift>(hn::LoadU(d, chunk.pixels.data() + i));
  V32 run = hn::Or(hn::Or(before, hn::ShiftLeft<8>(before)), hn::ShiftLeft<16>(before));
  if constexpr (kBytes == PixelBytes::four) {
    run = hn::Or(run, hn::ShiftLeft<24>(before));
  }
  const auto is_run = hn::Eq(run, hn::LoadU(d, chunk.pixels.data() + i + 1));
  hn::StoreU(hn::TruncateTo(narrow, hn::IfThenElseZero(is_run, hn::Set(d, 0xFFFF))), narrow, out);
}

/// Writes all bits for a pixel that may be looked up, else none.
HWY_INLINE void store_known(const PixelChunk& chunk, std::size_t i, std::uint16_t* out) {
  const D32 d;
  const hn::Rebind<std::uint16_t, D32> narrow;
  const auto has_alpha = hn::Gt(hn::LoadU(d, chunk.pixels.data() + i + 1), hn::Set(d, kColorMask));
  hn::StoreU(hn::TruncateTo(narrow, hn::IfThenZeroElse(has_alpha, hn::Set(d, 0xFFFF))), narrow, out);
}

/// Fills pairs but the first, and `singles` with distances to the last place of the same pixel.
template <PixelBytes kBytes>
HWY_INLINE void find_distances(std::size_t count, bool is_row_end, PixelChunk& chunk, std::uint16_t* singles) {
  constexpr bool kHasAlpha = kBytes == PixelBytes::four;
  const D16 d16;
  const D32 d32;
  const D64 d64;
  PixelChunk::Array<std::uint16_t> runs;
  PixelChunk::Array<std::uint16_t> known;
  for (std::size_t i = 0; i < count + 1; i += hn::Lanes(d32)) {
    store_byte_run<kBytes>(chunk, i, runs.data() + i);
    if constexpr (kHasAlpha) {
      store_known(chunk, i, known.data() + i);
    }
  }
  for (std::size_t i = 0; i < count; i += hn::Lanes(d32)) {
    store_distances(d32, chunk.entries.data() + i, chunk.found.data() + i, singles + i);
  }
  std::uint16_t* const pairs = chunk.pairs.data() + 1;
  for (std::size_t i = 0; i < count; i += hn::Lanes(d64)) {
    store_distances(d64, chunk.pair_entries.data() + i, chunk.found_pairs.data() + i, pairs + i);
  }
  const auto one = hn::Set(d16, 1);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d16)) {
    const auto is_run = hn::LoadU(d16, runs.data() + i);
    const auto both = hn::And(is_run, hn::LoadU(d16, runs.data() + i + 1));
    V16 single = possible_distance(hn::LoadU(d16, singles + i));
    V16 pair = possible_distance(hn::LoadU(d16, pairs + i));
    if constexpr (kHasAlpha) {
      const auto is_known = hn::LoadU(d16, known.data() + i);
      single = hn::And(single, is_known);
      pair = hn::And(pair, hn::And(is_known, hn::LoadU(d16, known.data() + i + 1)));
    }
    hn::StoreU(hn::IfThenElse(hn::MaskFromVec(is_run), one, single), d16, singles + i);
    hn::StoreU(hn::IfThenElse(hn::MaskFromVec(both), one, pair), d16, pairs + i);
  }
  for (std::size_t i = is_row_end ? count : count + 1; i < count + 4; ++i) {
    chunk.pairs[i] = 0;
  }
}

/// What distances cost.
struct DistanceCosts {
  V8 tables[4];

  HWY_INLINE V16 operator()(V16 distance) const {
    const D8 d8;
    const D16 d16;
    const V16 mask = hn::Set(d16, 15);
    V8 cost = hn::TableLookupBytes(tables[0], hn::BitCast(d8, hn::And(distance, mask)));
    cost = hn::Max(cost, hn::TableLookupBytes(tables[1], hn::BitCast(d8, hn::And(hn::ShiftRight<4>(distance), mask))));
    cost = hn::Max(cost, hn::TableLookupBytes(tables[2], hn::BitCast(d8, hn::And(hn::ShiftRight<8>(distance), mask))));
    cost = hn::Max(cost, hn::TableLookupBytes(tables[3], hn::BitCast(d8, hn::ShiftRight<12>(distance))));
    return hn::BitCast(d16, cost);
  }
};

/// Puts the bits of a mask, the first lane's lowest, into `words` from bit `i` on, which were 0.
template <class Mask>
HWY_INLINE void store_bits(Mask mask, std::size_t i, std::uint64_t* words) {
  std::uint8_t bytes[8] = {};
  hn::StoreMaskBits(D16(), mask, bytes);
  std::uint32_t bits;
  std::memcpy(&bits, bytes, sizeof bits);
  bits = std::endian::native == std::endian::little ? bits : __builtin_bswap32(bits);
  words[i / 64] |= std::uint64_t{bits} << (i % 64);
}

template <PixelBytes kBytes>
HWY_INLINE void choose_matches_of(std::size_t count, bool is_row_end, const PixelCosts& costs, PixelChunk& chunk) {
  const D8 d8;
  const D16 d16;
  const hn::RebindToSigned<D16> as_signed;
  PixelChunk::Array<std::uint16_t> singles;
  find_distances<kBytes>(count, is_row_end, chunk, singles.data());
  DistanceCosts distance_cost;
  for (std::size_t k = 0; k < 4; ++k) {
    distance_cost.tables[k] = hn::LoadDup128(d8, costs.distance.data() + 16 * k);
  }
  const V16 one_pixel = hn::Set(d16, costs.one_pixel);
  const V16 two_pixels = hn::Set(d16, costs.two_pixels);
  const auto least = hn::Set(as_signed, kMinPixelGain - 1);
  const auto gain_of = [&](V16 distance, V16 saved, V16 length) {
    const auto gain = hn::BitCast(as_signed, hn::Sub(saved, hn::Add(length, distance_cost(distance))));
    return hn::IfThenZeroElse(hn::RebindMask(as_signed, hn::Eq(distance, hn::Zero(d16))), gain);
  };
  chunk.goes_on = {};
  chunk.is_alike = {};
  for (std::size_t i = 0; i < count; i += hn::Lanes(d16)) {
    const V16 single = hn::LoadU(d16, singles.data() + i);
    const V16 before = hn::LoadU(d16, chunk.pairs.data() + i);
    const V16 pair = hn::LoadU(d16, chunk.pairs.data() + i + 1);
    const auto three = hn::Eq(hn::LoadU(d16, chunk.pairs.data() + i + 2), pair);
    const auto four = hn::And(three, hn::Eq(hn::LoadU(d16, chunk.pairs.data() + i + 3), pair));
    const std::uint8_t* const cost = chunk.costs.data() + i;
    const V16 one = load_bytes(cost);
    V16 many = hn::Add(one, load_bytes(cost + 1));
    many = hn::Add(many, hn::IfThenElseZero(three, load_bytes(cost + 2)));
    many = hn::Add(many, hn::IfThenElseZero(four, load_bytes(cost + 3)));
    const auto single_gain = gain_of(single, one, one_pixel);
    const auto pair_gain = gain_of(pair, many, two_pixels);
    const auto is_single = hn::RebindMask(d16, hn::Gt(single_gain, pair_gain));
    const auto is_worth_it = hn::RebindMask(d16, hn::Gt(hn::Max(single_gain, pair_gain), least));
    const V16 begin =
        hn::IfThenElse(is_worth_it, hn::IfThenElse(is_single, single, pair), hn::Set(d16, PixelEvent::kLiterals));
    hn::StoreU(begin, d16, chunk.begins.data() + i);
    store_bits(hn::Eq(begin, pair), i, chunk.goes_on.data());
    store_bits(hn::Eq(before, pair), i, chunk.is_alike.data());
  }
}

void choose_matches(PixelBytes pixel_bytes, std::size_t count, bool is_row_end, const PixelCosts& costs,
                    PixelChunk& chunk) {
  pixel_bytes == PixelBytes::three ? choose_matches_of<PixelBytes::three>(count, is_row_end, costs, chunk)
                                   : choose_matches_of<PixelBytes::four>(count, is_row_end, costs, chunk);
}

std::size_t collect_events(const PixelChunk& chunk, std::size_t count, const std::uint64_t* starts,
                           std::uint32_t first_cell, std::uint32_t* marks, std::uint32_t* pixels) {
  const D32 d32;
  const hn::Rebind<std::uint16_t, D32> half;
  const V32 offsets = hn::Iota(d32, 0);
  std::size_t events = 0;
  for (std::size_t i = 0; i < count; i += hn::Lanes(d32)) {
    const std::uint64_t bits = starts[i / 64] >> (i % 64);
    std::uint8_t bytes[8] = {static_cast<std::uint8_t>(bits), static_cast<std::uint8_t>(bits >> 8)};
    const auto mask = hn::LoadMaskBits(d32, bytes);
    const V32 cell = hn::Add(hn::Set(d32, first_cell + static_cast<std::uint32_t>(i)), offsets);
    const V32 begin = hn::PromoteTo(d32, hn::LoadU(half, chunk.begins.data() + i));
    const V32 mark = hn::Or(begin, hn::ShiftLeft<16>(cell));
    hn::StoreU(hn::Compress(mark, mask), d32, marks + events);
    hn::StoreU(hn::Compress(hn::LoadU(d32, chunk.pixels.data() + i + 1), mask), d32, pixels + events);
    events += hn::CountTrue(d32, mask);
  }
  return events;
}
#endif

// No vectors written out: compilers make them.
template <class Entries>
HWY_INLINE void forget_far(std::uint16_t now, Entries& entries) {
  for (auto& entry : entries) {
    const auto age = static_cast<std::uint16_t>(now - static_cast<std::uint16_t>(entry));
    const auto place = static_cast<std::uint16_t>(now - std::min(age, kFarAge));
    entry = (entry >> 16 << 16) | place;
  }
}

void forget_far_places(std::size_t position, PixelPlaces& places) {
  forget_far(static_cast<std::uint16_t>(position), places.singles);
  forget_far(static_cast<std::uint16_t>(position), places.pairs);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imagepacker
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker {

HWY_EXPORT(prepare_pixels);
HWY_EXPORT(choose_matches);
HWY_EXPORT(collect_events);
HWY_EXPORT(forget_far_places);

void forget_far_places(std::size_t position, PixelPlaces& places) {
  HWY_DYNAMIC_DISPATCH(forget_far_places)(position, places);
}

void prepare_pixels(PixelBytes pixel_bytes, const std::uint8_t* bytes, std::size_t count, std::size_t position,
                    const PixelCosts& costs, PixelChunk& chunk) {
  HWY_DYNAMIC_DISPATCH(prepare_pixels)(pixel_bytes, bytes, count, position, costs, chunk);
}

void choose_matches(PixelBytes pixel_bytes, std::size_t count, bool is_row_end, const PixelCosts& costs,
                    PixelChunk& chunk) {
  HWY_DYNAMIC_DISPATCH(choose_matches)(pixel_bytes, count, is_row_end, costs, chunk);
}

std::size_t collect_events(const PixelChunk& chunk, std::size_t count, const std::uint64_t* starts,
                           std::uint32_t first_cell, std::uint32_t* marks, std::uint32_t* pixels) {
  return HWY_DYNAMIC_DISPATCH(collect_events)(chunk, count, starts, first_cell, marks, pixels);
}

}  // namespace imagepacker
#endif
