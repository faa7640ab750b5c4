// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/expected_pixels.h"

#include <algorithm>
#include <cmath>

#include "support/color_math.h"

namespace imagepacker::testing {
namespace {

/// A position on an axis between two samples.
struct Between {
  int low, high;
  double weight_high;
};

/// How an axis of chroma samples is laid over luma: sample i lies at luma position i * step + offset.
struct Axis {
  int step;
  double offset;
  int count;

  [[nodiscard]] Between at(double luma_position) const {
    const double position = std::clamp((luma_position - offset) / step, 0.0, count - 1.0);
    const int low = static_cast<int>(position);
    return {low, std::min(low + 1, count - 1), position - low};
  }
  [[nodiscard]] double position(int sample) const { return sample * step + offset; }
};

ChromaSite site_of(const ImageFormat& format) {
  if (format.color.chroma_site != ChromaSite::unspecified) {
    return format.color.chroma_site;
  }
  return ChromaSite::left;
}

bool is_centered_horizontally(ChromaSite site) {
  return site == ChromaSite::center || site == ChromaSite::top || site == ChromaSite::bottom;
}

Axis horizontal_axis(const ImageFormat& format, int component) {
  const int count = component_size(format.info(), component, format.size).width;
  const int step = component == 1 || component == 2 ? 1 << format.info().log2_chroma_w : 1;
  return {step, is_centered_horizontally(site_of(format)) ? (step - 1) / 2.0 : 0.0, count};
}

Axis vertical_axis(const ImageFormat& format, int component) {
  const int count = component_size(format.info(), component, format.size).height;
  const int step = component == 1 || component == 2 ? 1 << format.info().log2_chroma_h : 1;
  switch (site_of(format)) {
    case ChromaSite::top_left:
    case ChromaSite::top:
      return {step, 0.0, count};
    case ChromaSite::bottom_left:
    case ChromaSite::bottom:
      return {step, step - 1.0, count};
    default:
      return {step, (step - 1) / 2.0, count};
  }
}

/// The source's component as codes at the positions of the target's.
std::vector<double> resampled(const RawFrame& frame, const ImageFormat& target, int component, bool at_luma) {
  const auto& codes = frame.codes[static_cast<std::size_t>(component)];
  const int placed_as = at_luma ? 0 : component;
  const Axis from_x = horizontal_axis(frame.format, component);
  const Axis from_y = vertical_axis(frame.format, component);
  const Axis to_x = horizontal_axis(target, placed_as);
  const Axis to_y = vertical_axis(target, placed_as);
  std::vector<Between> columns;
  for (int x = 0; x < to_x.count; ++x) {
    columns.push_back(from_x.at(to_x.position(x)));
  }
  std::vector<double> result;
  result.reserve(static_cast<std::size_t>(to_x.count) * static_cast<std::size_t>(to_y.count));
  for (int y = 0; y < to_y.count; ++y) {
    const Between row = from_y.at(to_y.position(y));
    const std::uint16_t* const low = codes.data() + static_cast<std::ptrdiff_t>(row.low) * from_x.count;
    const std::uint16_t* const high = codes.data() + static_cast<std::ptrdiff_t>(row.high) * from_x.count;
    for (const Between& column : columns) {
      const double upper = low[column.low] * (1 - column.weight_high) + low[column.high] * column.weight_high;
      const double lower = high[column.low] * (1 - column.weight_high) + high[column.high] * column.weight_high;
      result.push_back(upper * (1 - row.weight_high) + lower * row.weight_high);
    }
  }
  return result;
}

CodeScale scale_of(const ImageFormat& format, int component, int bits) {
  if (component == 3) {
    return luma_scale(Range::full, bits);
  }
  const bool is_chroma = component != 0 && format.info().model == ColorModel::yuv;
  return is_chroma ? chroma_scale(format.color.range, bits) : luma_scale(format.color.range, bits);
}

int bits_of(const ImageFormat& format, int component) {
  return format.info().components[static_cast<std::size_t>(component)].bits;
}

/// Codes -> numbers, in place.
void normalize(std::vector<double>& plane, const ImageFormat& format, int component) {
  const auto [offset, scale] = scale_of(format, component, bits_of(format, component));
  for (double& value : plane) {
    value = (value - offset) / scale;
  }
}

/// Numbers -> codes, in place.
void encode(std::vector<double>& plane, const ImageFormat& format, int component) {
  const int bits = bits_of(format, component);
  const auto [offset, scale] = scale_of(format, component, bits);
  const double largest = std::ldexp(1.0, bits) - 1;
  for (double& value : plane) {
    value = std::clamp(offset + scale * value, 0.0, largest);
  }
}

/// What a transparent pixel over `background` looks like.
Triple flattened(const Triple& rgb, double alpha, Alpha kind, const Triple& background) {
  Triple result{};
  for (std::size_t c = 0; c < 3; ++c) {
    result[c] = (kind == Alpha::premultiplied ? rgb[c] : rgb[c] * alpha) + background[c] * (1 - alpha);
  }
  return result;
}

using Planes = std::array<std::vector<double>, 4>;

void change_matrix(Planes& planes, const ImageFormat& source, const ImageFormat& target, const Triple& background) {
  const ColorModel from = source.info().model;
  const ColorModel to = target.info().model;
  const bool flatten = source.has_alpha() && !target.has_alpha();
  for (std::size_t i = 0; i < planes[0].size(); ++i) {
    Triple rgb{planes[0][i], planes[0][i], planes[0][i]};
    if (from == ColorModel::yuv) {
      rgb = rgb_from_ypbpr({planes[0][i], planes[1][i], planes[2][i]}, source.color.matrix);
    } else if (from == ColorModel::rgb) {
      rgb = {planes[0][i], planes[1][i], planes[2][i]};
    }
    for (double& value : rgb) {
      value = std::clamp(value, 0.0, 1.0);
    }
    if (flatten) {
      rgb = flattened(rgb, planes[3][i], source.alpha, background);
    }
    const Triple out = to == ColorModel::rgb ? rgb : ypbpr_from_rgb(rgb, target.color.matrix);
    for (std::size_t c = 0; c < (to == ColorModel::gray ? 1U : 3U); ++c) {
      planes[c][i] = out[c];
    }
  }
}

bool keeps_components(const ImageFormat& source, const ImageFormat& target) {
  const bool same_matrix = source.info().model != ColorModel::yuv || source.color.matrix == target.color.matrix;
  return source.info().model == target.info().model && same_matrix && !(source.has_alpha() && !target.has_alpha());
}

}  // namespace

ExpectedPixels expected_pixels(const RawFrame& frame, const ImageFormat& target,
                               const std::array<double, 3>& background) {
  ExpectedPixels expected;
  const ImageFormat& source = frame.format;
  const bool direct = keeps_components(source, target);
  for (int c = 0; c < 4; ++c) {
    const auto index = static_cast<std::size_t>(c);
    if (frame.codes[index].empty()) {
      continue;
    }
    expected.planes[index] = resampled(frame, target, c, !direct);
    normalize(expected.planes[index], source, c);
  }
  if (!direct) {
    for (std::size_t c = 1; c < 3; ++c) {
      expected.planes[c].resize(expected.planes[0].size());
    }
    change_matrix(expected.planes, source, target, background);
  }
  for (int c = 0; c < 4; ++c) {
    if (c == 3 ? target.has_alpha() : c < target.info().color_component_count()) {
      encode(expected.planes[static_cast<std::size_t>(c)], target, c);
    } else {
      expected.planes[static_cast<std::size_t>(c)].clear();
    }
  }
  return expected;
}

}  // namespace imagepacker::testing
