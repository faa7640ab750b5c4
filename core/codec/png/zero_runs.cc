// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/zero_runs.h"

#include <algorithm>
#include <bit>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/png/zero_runs.cc"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#ifndef IMAGEPACKER_CODEC_PNG_ZERO_RUNS_CC
#define IMAGEPACKER_CODEC_PNG_ZERO_RUNS_CC
namespace imagepacker {

/// Turns runs, in order, into sequences.
class RunSequences {
 public:
  explicit RunSequences(std::vector<Sequence>& sequences) : sequences_(sequences) { sequences_.clear(); }

  void add_run(std::size_t begin, std::size_t end) {
    std::size_t literals = begin + 1 - covered_;
    std::size_t rest = end - begin - 1;
    while (rest >= kMinMatchLength) {
      const std::size_t length = std::min(rest, kMaxMatchLength);
      sequences_.push_back(
          {static_cast<std::uint32_t>(literals), static_cast<std::uint16_t>(length), std::uint16_t{1}});
      literals = 0;
      rest -= length;
    }
    covered_ = end - rest;
  }

  void finish(std::size_t end) {
    if (covered_ < end) {
      sequences_.push_back({static_cast<std::uint32_t>(end - covered_), 0, 0});
    }
  }

 private:
  std::vector<Sequence>& sequences_;
  std::size_t covered_ = 0;
};

/// Finds runs in a row of bit masks, 64 positions each, a set bit for a zero.
class RunFinder {
 public:
  explicit RunFinder(std::vector<Sequence>& sequences) : runs_(sequences) {}

  void add_mask(std::uint64_t zeros) {
    if (zeros == ~std::uint64_t{0}) {
      pending_ += 64;
      position_ += 64;
      return;
    }
    const auto head = static_cast<std::size_t>(std::countr_one(zeros));
    end_run(position_ + head, pending_ + head);
    pending_ = static_cast<std::size_t>(std::countl_one(zeros));
    find_inside(zeros, head);
    position_ += 64;
  }

  void finish(std::size_t end) {
    // The last mask has clear bits behind the end, so nothing is pending unless it was full.
    end_run(position_, pending_);
    runs_.finish(end);
  }

 private:
  void end_run(std::size_t end, std::size_t length) {
    if (length >= kMinZeroRun) {
      runs_.add_run(end - length, end);
    }
  }

  /// Runs that touch neither end of the mask.
  void find_inside(std::uint64_t zeros, std::size_t head) {
    static_assert(kMinZeroRun == 8);
    std::uint64_t starts = zeros & (zeros >> 1);
    starts &= starts >> 2;
    starts &= starts >> 4;
    starts = starts >> head << head;
    while (starts != 0) {
      const int begin = std::countr_zero(starts);
      const int length = std::countr_one(zeros >> begin);
      if (begin + length == 64) {
        return;
      }
      runs_.add_run(position_ + static_cast<std::size_t>(begin), position_ + static_cast<std::size_t>(begin + length));
      starts = starts >> (begin + length) << (begin + length);
    }
  }

  RunSequences runs_;
  std::size_t position_ = 0;
  std::size_t pending_ = 0;  ///< zeros just before position_
};

}  // namespace imagepacker
#endif

HWY_BEFORE_NAMESPACE();
namespace imagepacker {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kMaskBytes = 64;

HWY_INLINE std::uint64_t zero_mask(const std::uint8_t* bytes) {
  const hn::CappedTag<std::uint8_t, kMaskBytes> d;
  std::uint8_t bits[sizeof(std::uint64_t) + 8] = {};
  for (std::size_t i = 0; i < kMaskBytes; i += hn::Lanes(d)) {
    hn::StoreMaskBits(d, hn::Eq(hn::LoadU(d, bytes + i), hn::Zero(d)), bits + i / 8);
  }
  std::uint64_t mask;
  std::memcpy(&mask, bits, sizeof mask);
  return std::endian::native == std::endian::little ? mask : __builtin_bswap64(mask);
}

void find_zero_runs(std::span<const std::uint8_t> bytes, std::vector<Sequence>& sequences) {
  RunFinder finder(sequences);
  std::size_t i = 0;
  for (; i + kMaskBytes <= bytes.size(); i += kMaskBytes) {
    finder.add_mask(zero_mask(bytes.data() + i));
  }
  if (i < bytes.size()) {
    std::uint8_t rest[kMaskBytes];
    std::memset(rest, 0xFF, sizeof rest);
    std::memcpy(rest, bytes.data() + i, bytes.size() - i);
    finder.add_mask(zero_mask(rest));
  }
  finder.finish(bytes.size());
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imagepacker
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imagepacker {

HWY_EXPORT(find_zero_runs);

void find_zero_runs(std::span<const std::uint8_t> bytes, std::vector<Sequence>& sequences) {
  HWY_DYNAMIC_DISPATCH(find_zero_runs)(bytes, sequences);
}

}  // namespace imagepacker
#endif
