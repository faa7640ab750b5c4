// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hdr/light_level.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <mutex>
#include <vector>

#include "base/try.h"
#include "color/transfer.h"

namespace imagepacker {
namespace {

/// Large pictures are read in part, down to this many pixels.
constexpr std::int64_t kEnoughPixels = std::int64_t{1} << 19;
constexpr int kBandRows = 8;
/// Levels above MaxCLL: one pixel in ten thousand.
constexpr std::uint64_t kOutlierShare = 10000;

/// Counts of light levels in bins of 1/256 octave, found through the bits of a float, and their sum.
class LightHistogram {
 public:
  void add(const float* light, int count) {
    for (int x = 0; x < count; ++x) {
      const float clamped = std::clamp(light[x], kLowest, kHighest);
      highest_ = std::max(highest_, clamped);
      ++counts_[(std::bit_cast<std::uint32_t>(clamped) - std::bit_cast<std::uint32_t>(kLowest)) >> kShift];
      // In fixed point, so that the order of summing has no part in the result.
      sum_ += static_cast<std::uint64_t>(light[x] * kSumUnit);
    }
    pixels_ += static_cast<std::uint64_t>(count);
  }

  void add(const LightHistogram& other) {
    for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
      counts_[bin] += other.counts_[bin];
    }
    highest_ = std::max(highest_, other.highest_);
    sum_ += other.sum_;
    pixels_ += other.pixels_;
  }

  [[nodiscard]] double mean() const { return static_cast<double>(sum_) / kSumUnit / static_cast<double>(pixels_); }

  /// The upper end of the bin above which 1 / kOutlierShare of the pixels stand at most, but no more than the highest.
  [[nodiscard]] float peak() const {
    std::uint64_t above = pixels_ / kOutlierShare;
    std::size_t bin = counts_.size() - 1;
    while (bin > 0 && counts_[bin] <= above) {
      above -= counts_[bin];
      --bin;
    }
    const auto bits = std::bit_cast<std::uint32_t>(kLowest) + (static_cast<std::uint32_t>(bin + 1) << kShift);
    return std::min(std::bit_cast<float>(bits), highest_);
  }

 private:
  static constexpr float kLowest = 0x1p-8F;
  static constexpr float kHighest = 0x1.fffffep5F;
  static constexpr int kShift = 15;
  static constexpr float kSumUnit = 65536;
  static constexpr std::size_t kBins =
      ((std::bit_cast<std::uint32_t>(kHighest) - std::bit_cast<std::uint32_t>(kLowest)) >> kShift) + 1;

  std::array<std::uint64_t, kBins> counts_{};
  float highest_ = kLowest;
  std::uint64_t sum_ = 0;
  std::uint64_t pixels_ = 0;
};

/// What single precision leaves of a whole number of nits.
constexpr double kRounding = 0.01;

std::uint16_t whole_nits(double nits) {
  return static_cast<std::uint16_t>(std::clamp(nits, 1.0, kPqPeakNits));
}

}  // namespace

Result<ContentLightLevel> measure_light_level(const LightRows& rows, const ImageView& image, TaskPool& pool,
                                              const std::stop_token& stop) {
  const Size size = image.format.size;
  const int bands = (size.height + kBandRows - 1) / kBandRows;
  const std::int64_t pixels = std::int64_t{size.width} * size.height;
  const int step = std::clamp<int>(static_cast<int>(pixels / kEnoughPixels), 1, bands);
  const int used_bands = (bands + step - 1) / step;

  LightHistogram all;
  std::mutex mutex;
  const Status done = pool.for_each(static_cast<std::size_t>(used_bands), [&](std::size_t index) -> Status {
    if (stop.stop_requested()) {
      return make_error(Errc::cancelled, "measuring the light level was cancelled");
    }
    const int first = static_cast<int>(index) * step * kBandRows;
    const int count = std::min(kBandRows, size.height - first);
    ImageBuffer scratch;
    std::vector<float> light(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(count));
    IP_TRY(rows.read(image, first, count, scratch, light.data()));
    LightHistogram band;
    for (int y = 0; y < count; ++y) {
      band.add(light.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width), size.width);
    }
    const std::lock_guard lock(mutex);
    all.add(band);
    return {};
  });
  IP_TRY(done);
  return ContentLightLevel{.max_cll = whole_nits(std::ceil(all.peak() * kSdrWhiteNits - kRounding)),
                           .max_fall = whole_nits(std::round(all.mean() * kSdrWhiteNits))};
}

}  // namespace imagepacker
