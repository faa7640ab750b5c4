// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8/segmentation.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>

#include "codec/webp/vp8/fixed_log2.h"
#include "codec/webp/vp8/format_tables.h"

namespace imagepacker::vp8 {
namespace {

constexpr int kOctave = 256;         // of fixed_log2()
constexpr int kActivityOctave = 16;  // of luma_activity()

// Found with butteraugli on photographs: by how many octaves the step rises with an octave of variance, and how far it
// goes. Text has more variance than it hides.
constexpr int kStrengthNumerator = 9;
constexpr int kStrengthDenominator = 64;
constexpr int kMostFiner = -kOctave;
constexpr int kMostCoarser = kOctave * 5 / 8;

/// 16 times a variance below which blocks count as equally smooth.
constexpr std::uint32_t kSmooth = 16;
constexpr int kSmoothActivity = 4 * kActivityOctave;

/// log2, linear between powers of two.
int activity_log2(std::uint32_t value) {
  const int whole = std::bit_width(value) - 1;
  return whole * kActivityOctave +
         static_cast<int>(((std::uint64_t{value} * kActivityOctave) >> whole) % kActivityOctave);
}

/// 16 times the variance of 4×4 samples.
std::uint32_t block_variance(const std::uint8_t* samples) {
  std::uint32_t sum = 0;
  std::uint32_t squares = 0;
  for (std::size_t y = 0; y < 4; ++y) {
    for (std::size_t x = 0; x < 4; ++x) {
      const std::uint32_t sample = samples[y * 16 + x];
      sum += sample;
      squares += sample * sample;
    }
  }
  return squares - sum * sum / 16;
}

// A picture has even areas when so many in 1024 of its macroblocks have hardly any variance.
constexpr std::size_t kEvenActivity = 2;
constexpr std::uint64_t kEvenShare = 200;
constexpr int kEvenChromaDcDelta = -5;

using Histogram = std::array<std::uint32_t, kMaxActivity + 1>;
using Centers = std::array<int, 4>;

/// The centers rise, so that it suffices to count the midpoints below `activity`. g++ 12 at -O3 makes wrong code of a
/// search for the least distance here: it never finds the second center.
std::size_t nearest(const Centers& centers, int activity) {
  std::size_t best = 0;
  while (best + 1 < centers.size() && 2 * activity > centers[best] + centers[best + 1]) {
    ++best;
  }
  return best;
}

/// Activities that an eighth, three, five and seven eighths of all macroblocks are below.
Centers quantiles(const Histogram& histogram, std::uint64_t total) {
  Centers result{};
  std::uint64_t below = 0;
  std::size_t i = 0;
  for (std::size_t activity = 0; activity < histogram.size(); ++activity) {
    below += histogram[activity];
    for (; i < result.size() && below * 8 >= total * (2 * i + 1); ++i) {
      result[i] = static_cast<int>(activity);
    }
  }
  return result;
}

/// Lloyd's algorithm in one dimension.
Centers find_centers(const Histogram& histogram, std::uint64_t total) {
  constexpr int kRounds = 8;
  Centers centers = quantiles(histogram, total);
  for (int round = 0; round < kRounds; ++round) {
    std::array<std::uint64_t, 4> counts{};
    std::array<std::uint64_t, 4> sums{};
    for (std::size_t activity = 0; activity < histogram.size(); ++activity) {
      const std::size_t segment = nearest(centers, static_cast<int>(activity));
      counts[segment] += histogram[activity];
      sums[segment] += std::uint64_t{histogram[activity]} * activity;
    }
    for (std::size_t i = 0; i < centers.size(); ++i) {
      if (counts[i] != 0) {
        centers[i] = static_cast<int>((sums[i] + counts[i] / 2) / counts[i]);
      }
    }
  }
  return centers;
}

bool has_even_areas(const Histogram& histogram, std::uint64_t total) {
  std::uint64_t even = 0;
  for (std::size_t activity = 0; activity < kEvenActivity; ++activity) {
    even += histogram[activity];
  }
  return even * 1024 >= total * kEvenShare;
}

int step_log2(int index) {
  return fixed_log2(kAcSteps[static_cast<std::size_t>(index)]);
}

/// The logarithm of the step at an index between two.
int step_log2(double index) {
  const double clamped = std::clamp(index, 0.0, double{kMaxQuantIndex});
  const int low = static_cast<int>(clamped);
  const int high = std::min(low + 1, kMaxQuantIndex);
  return static_cast<int>(std::lround(step_log2(low) + (step_log2(high) - step_log2(low)) * (clamped - low)));
}

int index_of(int log2) {
  int best = 0;
  for (int index = 1; index <= kMaxQuantIndex; ++index) {
    if (std::abs(step_log2(index) - log2) < std::abs(step_log2(best) - log2)) {
      best = index;
    }
  }
  return best;
}

}  // namespace

int luma_activity(const MacroblockSamples& samples) {
  int sum = 0;
  for (std::size_t block = 0; block < 16; ++block) {
    sum += activity_log2(block_variance(&samples.luma[block / 4 * 64 + block % 4 * 4]) + kSmooth) - kSmoothActivity;
  }
  return std::min(sum / 16, kMaxActivity);
}

Segmentation make_segmentation(std::span<const std::uint8_t> activities, double quant_index) {
  Histogram histogram{};
  std::uint64_t sum = 0;
  for (const std::uint8_t activity : activities) {
    ++histogram[activity];
    sum += activity;
  }
  const int mean = static_cast<int>(sum / activities.size());
  const Centers centers = find_centers(histogram, activities.size());
  Segmentation result;
  result.chroma_dc_delta = has_even_areas(histogram, activities.size()) ? kEvenChromaDcDelta : 0;
  for (std::size_t activity = 0; activity < histogram.size(); ++activity) {
    result.segment_of[activity] = static_cast<std::uint8_t>(nearest(centers, static_cast<int>(activity)));
  }
  for (std::size_t i = 0; i < centers.size(); ++i) {
    const int change = (centers[i] - mean) * (kOctave / kActivityOctave) * kStrengthNumerator / kStrengthDenominator;
    result.quant_indices[i] = index_of(step_log2(quant_index) + std::clamp(change, kMostFiner, kMostCoarser));
  }
  return result;
}

}  // namespace imagepacker::vp8
