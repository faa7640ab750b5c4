// SPDX-License-Identifier: LGPL-2.1-or-later
#include "scale/stripe.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/try.h"
#include "color/chroma_axis.h"
#include "color/matrix.h"
#include "color/row_filter.h"
#include "color/row_pack.h"
#include "color/source_codes.h"

namespace imagepacker {
namespace {

/// 16-bit words are what is resampled: word = (value + offset) · unit.
struct WordCoding {
  float offset;
  float unit;

  void to_words(const float* values, int count, std::uint16_t* words) const {
    const float bias = offset * unit + 0.5F;
    for (int x = 0; x < count; ++x) {
      const float word = std::min(std::max(values[x] * unit + bias, 0.0F), 65535.0F);
      words[x] = static_cast<std::uint16_t>(static_cast<std::int32_t>(word));
    }
  }
  void from_words(const std::uint16_t* words, int count, float* values) const {
    for (int x = 0; x < count; ++x) {
      values[x] = static_cast<float>(static_cast<std::int32_t>(words[x])) / unit - offset;
    }
  }
};

/// For alpha as weight and for colour that it has weighted: beside an edge a filter overshoots both alike, so that the
/// quotient is right, but only while neither is cut. Half of the range remains on both sides for that.
constexpr WordCoding kWeightCoding = {.offset = 0.5F, .unit = 32768};

WordCoding coding_of_codes(float offset, int bits, bool may_overshoot) {
  const auto range = static_cast<float>(1 << bits);
  return may_overshoot ? WordCoding{offset + range * kWeightCoding.offset, kWeightCoding.unit / range}
                       : WordCoding{offset, 65536 / range};
}

float max_code(const PixelComponent& component) {
  return static_cast<float>((1 << component.bits) - 1);
}

/// Room for a row with the margins that filters read.
class MarginRow {
 public:
  explicit MarginRow(int width) : samples_(static_cast<std::size_t>(width + 2 * ResamplingAxis::kMargin)) {}
  float* get() { return samples_.data() + ResamplingAxis::kMargin; }

 private:
  std::vector<float> samples_;
};

/// Alpha 0..1 of the source where the samples of a component lie.
class AlphaOnGrid {
 public:
  AlphaOnGrid(const ImageView& image, bool is_chroma)
      : image_(image),
        codes_(image),
        x_(kLumaGrid, is_chroma ? chroma_grid_x(image.format.info(), image.format.color) : kLumaGrid),
        y_(kLumaGrid, is_chroma ? chroma_grid_y(image.format.info(), image.format.color) : kLumaGrid),
        max_(max_code(image.format.info().components[3])),
        sum_(image.format.size.width) {
    for (int i = 0; i < ResamplingAxis::kMaxTaps; ++i) {
      rows_.emplace_back(image.format.size.width);
    }
  }

  /// The `count` values of row `row` of the component.
  void read(int row, int count, float* out) {
    const int width = image_.format.size.width;
    std::size_t next = 0;
    const auto row_at = [&](int y) {
      float* const alpha = rows_[next++].get();
      codes_.read(3, y, static_cast<std::size_t>(width), 0.0F, alpha);
      divide_row(max_, alpha, width, alpha);
      extend_edges(alpha, width);
      return alpha;
    };
    filter_columns(x_, filter_rows(y_, row, image_.format.size.height, row_at, width, sum_.get()), count, out);
  }

 private:
  const ImageView& image_;
  SourceCodes codes_;
  ResamplingAxis x_;
  ResamplingAxis y_;
  float max_;
  std::vector<MarginRow> rows_;
  MarginRow sum_;
};

/// The part of the source that the stripe reads.
struct Window {
  int first_row;
  AxisScaling vertical;
};

Window window_of(const Stripe& stripe) {
  const AxisScaling& whole = stripe.vertical;
  const double ratio = whole.extent / whole.target_count;
  const double begin = whole.begin + stripe.first_row * ratio;
  const double extent = stripe.row_count * ratio;
  const int reach = RowResampler::reach(ratio);
  const int first = std::clamp(static_cast<int>(std::floor(begin)) - reach, 0, whole.source_count - 1);
  const int end = std::clamp(static_cast<int>(std::ceil(begin + extent)) + reach, first + 1, whole.source_count);
  return {first, {end - first, stripe.row_count, begin - first, extent}};
}

/// Alpha where the stripe's samples lie, scaled: row after row, beyond 0..1 where the filter overshoots.
Result<std::vector<float>> scale_alpha(const Stripe& stripe, const Window& window, const RowResampler& resampler,
                                       AlphaOnGrid& alpha) {
  const int columns = stripe.horizontal.source_count;
  const int target_columns = stripe.horizontal.target_count;
  const auto pitch = static_cast<std::size_t>(target_columns);
  std::vector<float> values(static_cast<std::size_t>(columns));
  std::vector<float> scaled(pitch * static_cast<std::size_t>(stripe.row_count));
  IP_TRY(resampler.run(
      [&](int row, std::uint16_t* out) {
        alpha.read(window.first_row + row, columns, values.data());
        kWeightCoding.to_words(values.data(), columns, out);
      },
      [&](int row, const std::uint16_t* samples) {
        kWeightCoding.from_words(samples, target_columns, scaled.data() + static_cast<std::size_t>(row) * pitch);
      }));
  return scaled;
}

/// Takes premultiplied colour back by what its alpha will lose when it is clamped to 1.
void follow_clamped_alpha(const float* alpha, int count, float* values) {
  for (int x = 0; x < count; ++x) {
    values[x] /= std::max(alpha[x], 1.0F);
  }
}

}  // namespace

Status scale_stripe(const Stripe& stripe) {
  const ImageFormat& format = stripe.source.format;
  const PixelFormatInfo& info = format.info();
  const auto component = static_cast<std::size_t>(stripe.component);
  const bool is_color = stripe.component < 3;
  const bool is_chroma = info.model == ColorModel::yuv && is_color && stripe.component > 0;
  const bool is_weighted = is_color && format.has_alpha();
  const bool is_straight = format.alpha == Alpha::straight;
  const int columns = stripe.horizontal.source_count;
  const int target_columns = stripe.horizontal.target_count;
  const auto offset =
      is_color ? static_cast<float>(coding_of(info.model, info.depth, format.color).offset[component]) : 0.0F;
  // Premultiplied colour and its alpha must overshoot alike, between the two directions of the filter as well.
  const bool may_overshoot = is_weighted || (format.has_alpha() && !is_straight);
  const WordCoding coding = coding_of_codes(offset, info.components[component].bits, may_overshoot);
  // Two bits of alpha beside ten of each colour become ten, too, in planes.
  const float widening =
      max_code(stripe.target.format.info().components[component]) / max_code(info.components[component]);
  const Window window = window_of(stripe);
  IP_ASSIGN(const RowResampler resampler, RowResampler::create(stripe.horizontal, window.vertical));
  AlphaOnGrid alpha(stripe.source, is_chroma);
  std::vector<float> scaled_alpha;
  if (is_weighted) {
    IP_ASSIGN(scaled_alpha, scale_alpha(stripe, window, resampler, alpha));
  }
  SourceCodes codes(stripe.source);
  std::vector<float> values(static_cast<std::size_t>(std::max(columns, target_columns)));
  std::vector<float> weights(static_cast<std::size_t>(columns));
  return resampler.run(
      [&](int row, std::uint16_t* out) {
        codes.read(stripe.component, window.first_row + row, static_cast<std::size_t>(columns), offset, values.data());
        if (is_weighted && is_straight) {
          alpha.read(window.first_row + row, columns, weights.data());
          multiply_row(weights.data(), columns, values.data());
        }
        coding.to_words(values.data(), columns, out);
      },
      [&](int row, const std::uint16_t* samples) {
        coding.from_words(samples, target_columns, values.data());
        if (is_weighted) {
          const float* const alpha_row = scaled_alpha.data() + static_cast<std::size_t>(row) * target_columns;
          (is_straight ? unpremultiply_row : follow_clamped_alpha)(alpha_row, target_columns, values.data());
        }
        if (widening != 1) {
          scale_row(widening, values.data(), target_columns, values.data());
        }
        pack_row(stripe.target, stripe.component, stripe.first_row + row, target_columns, values.data(), offset);
      });
}

}  // namespace imagepacker
