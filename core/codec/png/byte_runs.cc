// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/byte_runs.h"

#include <algorithm>
#include <bit>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/png/byte_runs.cc"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#ifndef IMAGEPACKER_CODEC_PNG_BYTE_RUNS_CC
#define IMAGEPACKER_CODEC_PNG_BYTE_RUNS_CC
namespace imagepacker {

/// Finds runs in a row of bit masks, 64 positions each, a set bit for a byte that is equal to the one before. Where
/// runs begin and end is found for a whole mask at once: a branch for each would be guessed wrong too often.
class RunFinder {
 public:
  explicit RunFinder(std::vector<Sequence>& sequences) : sequences_(sequences) { sequences_.clear(); }

  /// Appends a mask. Runs are looked for in the one before, for which this one tells what comes.
  void add_mask(std::uint64_t next) {
    const std::uint64_t starts = long_run_starts(mask_, next);
    const std::uint64_t inside = spread(starts) | carried_;
    carried_ = spread_over_end(starts);
    std::uint64_t edges = inside ^ (inside << 1 | was_inside_);
    was_inside_ = inside >> 63;
    while (edges != 0) {
      const std::size_t edge = position_ - 64 + static_cast<std::size_t>(std::countr_zero(edges));
      edges &= edges - 1;
      if (is_open_) {
        add_run(begin_, edge);
      }
      begin_ = edge;
      is_open_ = !is_open_;
    }
    mask_ = next;
    position_ += 64;
  }

  void finish(std::size_t end) {
    add_mask(0);
    if (is_open_) {
      add_run(begin_, position_ - 64);
    }
    if (covered_ < end) {
      sequences_.push_back({static_cast<std::uint32_t>(end - covered_), 0, 0});
    }
  }

 private:
  /// Positions in `mask` from which kMinRunRepeats bits are set, those of `next` behind them.
  static std::uint64_t long_run_starts(std::uint64_t mask, std::uint64_t next) {
    std::uint64_t starts = mask;
    for (std::size_t i = 1; i < kMinRunRepeats; ++i) {
      starts &= mask >> i | next << (64 - i);
    }
    return starts;
  }
  static std::uint64_t spread(std::uint64_t starts) {
    std::uint64_t inside = starts;
    for (std::size_t i = 1; i < kMinRunRepeats; ++i) {
      inside |= starts << i;
    }
    return inside;
  }
  static std::uint64_t spread_over_end(std::uint64_t starts) {
    std::uint64_t inside = 0;
    for (std::size_t i = 1; i < kMinRunRepeats; ++i) {
      inside |= starts >> (64 - i);
    }
    return inside;
  }

  /// Bytes from `begin` to `end` that are equal to the one before.
  void add_run(std::size_t begin, std::size_t end) {
    std::size_t literals = begin - covered_;
    std::size_t rest = end - begin;
    while (rest >= kMinMatchLength) {
      const std::size_t length = std::min(rest, kMaxMatchLength);
      sequences_.push_back(
          {static_cast<std::uint32_t>(literals), static_cast<std::uint16_t>(length), std::uint16_t{1}});
      literals = 0;
      rest -= length;
    }
    covered_ = end - rest;
  }

  std::vector<Sequence>& sequences_;
  std::size_t covered_ = 0;
  std::size_t position_ = 0;      ///< behind mask_
  std::uint64_t mask_ = 0;        ///< the last one added
  std::uint64_t carried_ = 0;     ///< bits of mask_ in a long run that began before
  std::uint64_t was_inside_ = 0;  ///< 1 when the bit before mask_ was in a long run
  bool is_open_ = false;
  std::size_t begin_ = 0;  ///< of the run that is open
};

}  // namespace imagepacker
#endif

HWY_BEFORE_NAMESPACE();
namespace imagepacker {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kMaskBytes = 64;

/// A bit for each of kMaskBytes bytes that is equal to the one before, which must be readable.
HWY_INLINE std::uint64_t repeat_mask(const std::uint8_t* bytes) {
#if HWY_TARGET == HWY_SCALAR
  // A lane's bit would take a byte.
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < kMaskBytes; ++i) {
    mask |= std::uint64_t{bytes[i] == *(bytes + i - 1)} << i;
  }
  return mask;
#else
  const hn::CappedTag<std::uint8_t, kMaskBytes> d;
  std::uint8_t bits[sizeof(std::uint64_t) + 8] = {};
  for (std::size_t i = 0; i < kMaskBytes; i += hn::Lanes(d)) {
    hn::StoreMaskBits(d, hn::Eq(hn::LoadU(d, bytes + i), hn::LoadU(d, bytes + i - 1)), bits + i / 8);
  }
  std::uint64_t mask;
  std::memcpy(&mask, bits, sizeof mask);
  return std::endian::native == std::endian::little ? mask : __builtin_bswap64(mask);
#endif
}

/// The same for `count` bytes, of which the first has nothing before it. Bits behind them are clear.
std::uint64_t repeat_mask_alone(const std::uint8_t* bytes, std::size_t count) {
  std::uint64_t mask = 0;
  for (std::size_t i = 1; i < count; ++i) {
    mask |= std::uint64_t{bytes[i] == bytes[i - 1]} << i;
  }
  return mask;
}

void find_byte_runs(std::span<const std::uint8_t> bytes, std::vector<Sequence>& sequences) {
  RunFinder finder(sequences);
  const std::size_t first = std::min(bytes.size(), kMaskBytes);
  finder.add_mask(repeat_mask_alone(bytes.data(), first));
  std::size_t i = first;
  for (; i + kMaskBytes <= bytes.size(); i += kMaskBytes) {
    finder.add_mask(repeat_mask(bytes.data() + i));
  }
  if (i < bytes.size()) {
    finder.add_mask(repeat_mask_alone(bytes.data() + i - 1, bytes.size() - i + 1) >> 1);
  }
  finder.finish(bytes.size());
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imagepacker
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker {

HWY_EXPORT(find_byte_runs);

void find_byte_runs(std::span<const std::uint8_t> bytes, std::vector<Sequence>& sequences) {
  HWY_DYNAMIC_DISPATCH(find_byte_runs)(bytes, sequences);
}

}  // namespace imagepacker
#endif
