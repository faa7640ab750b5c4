// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hdr/gain_map_image.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/try.h"
#include "color/transfer.h"
#include "hdr/tone_curves.h"
#include "hdr/video_kernels.h"

namespace imagepacker {
namespace {

/// Smaller ranges than a hundredth of a stop would make metadata that readers refuse.
constexpr double kSmallestGainMax = 0.01;

/// Map rows per task, and those that are made at a time: few, so that the light under them stays in cache.
constexpr int kBandRows = 16;
constexpr int kCachedRows = 4;

double gain_max_of(double peak_nits) {
  return std::max(std::log2(peak_nits / kSdrWhiteNits), kSmallestGainMax);
}

}  // namespace

Size gain_map_size(Size size, int scale) {
  const auto scaled = [scale](int length) { return std::max(1, (length + scale / 2) / scale); };
  return {scaled(size.width), scaled(size.height)};
}

bool has_shape_of(Size map, Size picture) {
  constexpr double kTolerance = 0.01;
  const double stretch =
      static_cast<double>(map.width) * picture.height / (static_cast<double>(map.height) * picture.width);
  return std::max(stretch, 1 / stretch) <= 1 + kTolerance;
}

GainMapMaker::GainMapMaker(const LightRows& rows, double peak_nits, int scale)
    : rows_(rows),
      format_{.layout = PixelFormat::gray8,
              .size = gain_map_size(rows.source().size, scale),
              .color = {.matrix = Matrix::bt601, .range = Range::full},
              .alpha = Alpha::none,
              .hdr = {}},
      gain_max_(gain_max_of(peak_nits)),
      gain_(tone_gain(peak_nits, gain_max_)),
      pairs_columns_(rows.source().size.width == 2 * format_.size.width),
      columns_(footprints(rows.source().size.width, format_.size.width)),
      lines_(footprints(rows.source().size.height, format_.size.height)) {}

GainMapMetadata GainMapMaker::metadata() const {
  GainMapMetadata metadata;
  metadata.channels.fill({.gain_min = 0, .gain_max = gain_max_, .gamma = 1, .base_offset = 0, .alternate_offset = 0});
  metadata.base_hdr_headroom = 0;
  metadata.alternate_hdr_headroom = gain_max_;
  metadata.use_base_color_space = true;
  return metadata;
}

std::vector<GainMapMaker::Footprint> GainMapMaker::footprints(int samples, int cells) {
  // In units of 1 / cells of a sample every border is a whole number.
  std::vector<Footprint> result(static_cast<std::size_t>(cells));
  for (int cell = 0; cell < cells; ++cell) {
    const std::int64_t begin = std::int64_t{cell} * samples;
    const std::int64_t end = begin + samples;
    const auto first = static_cast<int>(begin / cells);
    const auto last = static_cast<int>((end - 1) / cells);
    const auto covered = [&](int sample) {
      const std::int64_t from = std::max(begin, std::int64_t{sample} * cells);
      const std::int64_t to = std::min(end, (std::int64_t{sample} + 1) * cells);
      return static_cast<float>(static_cast<double>(to - from) / cells);
    };
    result[static_cast<std::size_t>(cell)] = {first, last - first + 1, covered(first), covered(last)};
  }
  return result;
}

void GainMapMaker::add_row(const float* gains, float weight, float* sums) const {
  if (pairs_columns_ && weight == 1.0F) {
    add_pairs(gains, columns_.size(), sums);
    return;
  }
  for (std::size_t cell = 0; cell < columns_.size(); ++cell) {
    const Footprint& column = columns_[cell];
    float sum = column.first_weight * gains[column.first];
    for (int i = 1; i + 1 < column.count; ++i) {
      sum += gains[column.first + i];
    }
    if (column.count > 1) {
      sum += column.last_weight * gains[column.first + column.count - 1];
    }
    sums[cell] += weight * sum;
  }
}

Status GainMapMaker::make_rows(const ImageView& image, int first, int count, GainMemory& memory,
                               const MutableImageView& map) const {
  const int width = image.format.size.width;
  const int group = 1 << image.format.info().log2_chroma_h;
  const Footprint& last = lines_[static_cast<std::size_t>(first + count - 1)];
  const int first_line = lines_[static_cast<std::size_t>(first)].first / group * group;
  const int end_line = std::min(image.format.size.height, (last.first + last.count + group - 1) / group * group);
  std::vector<float>& gains = memory.gains;
  std::vector<float>& sums = memory.sums;
  gains.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(end_line - first_line));
  IP_TRY(rows_.read(image, first_line, end_line - first_line, memory.scratch, gains.data()));
  apply_curve(gain_, gains.data(), gains.size());

  const float area = static_cast<float>(static_cast<double>(image.format.size.width) * image.format.size.height /
                                        (static_cast<double>(format_.size.width) * format_.size.height));
  const float scale = 255.0F / area;
  for (int row = first; row < first + count; ++row) {
    const Footprint& lines = lines_[static_cast<std::size_t>(row)];
    sums.assign(columns_.size(), 0.0F);
    for (int i = 0; i < lines.count; ++i) {
      const float weight = i == 0 ? lines.first_weight : i + 1 == lines.count ? lines.last_weight : 1.0F;
      const auto line = static_cast<std::size_t>(lines.first + i - first_line);
      add_row(gains.data() + line * static_cast<std::size_t>(width), weight, sums.data());
    }
    std::byte* const out = map.planes[0].bytes.data() + static_cast<std::size_t>(row) * map.planes[0].stride_bytes;
    // By value: bytes are written, which could otherwise be where the vector keeps its place.
    const float* const sum = sums.data();
    for (std::size_t cell = 0, cells = sums.size(); cell < cells; ++cell) {
      out[cell] = static_cast<std::byte>(static_cast<int>(std::min(sum[cell] * scale + 0.5F, 255.0F)));
    }
  }
  return {};
}

Status GainMapMaker::make(const ImageView& image, ImageBuffer& map, TaskPool& pool, const std::stop_token& stop) const {
  IP_TRY(map.reset(format_));
  const MutableImageView view = map.view();
  const int rows = format_.size.height;
  return pool.for_each(static_cast<std::size_t>((rows + kBandRows - 1) / kBandRows), [&](std::size_t band) -> Status {
    if (stop.stop_requested()) {
      return make_error(Errc::cancelled, "making the gain map was cancelled");
    }
    const int end = std::min(rows, static_cast<int>(band + 1) * kBandRows);
    GainMemory memory;
    for (int first = static_cast<int>(band) * kBandRows; first < end; first += kCachedRows) {
      IP_TRY(make_rows(image, first, std::min(kCachedRows, end - first), memory, view));
    }
    return {};
  });
}

}  // namespace imagepacker
