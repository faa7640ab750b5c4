// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/reference_conversion.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <vector>

#include "color/primaries.h"
#include "color/tone_map.h"
#include "color/transfer.h"

namespace imagepacker {
namespace {

// Component values as numbers: Y, R, G, B and alpha 0..1, Cb and Cr −0.5..0.5.

struct Weighted {
  int index;
  double weight;
};

bool is_shown_alike(const ColorSpace& a, const ColorSpace& b) {
  return shown_transfer(a.transfer) == shown_transfer(b.transfer) && are_equal(a.primaries, b.primaries);
}

LumaWeights weights_of(const ColorSpace& color) {
  return luma_weights(color.matrix);
}

Vector3 rgb_from_yuv(const Vector3& yuv, const ColorSpace& color) {
  const auto [kr, kb] = weights_of(color);
  const double r = yuv[0] + 2 * (1 - kr) * yuv[2];
  const double b = yuv[0] + 2 * (1 - kb) * yuv[1];
  return {r, (yuv[0] - kr * r - kb * b) / (1 - kr - kb), b};
}

Vector3 yuv_from_rgb(const Vector3& rgb, const ColorSpace& color) {
  const auto [kr, kb] = weights_of(color);
  const double y = kr * rgb[0] + (1 - kr - kb) * rgb[1] + kb * rgb[2];
  return {y, (rgb[2] - y) / (2 * (1 - kb)), (rgb[0] - y) / (2 * (1 - kr))};
}

bool is_chroma(const PixelFormatInfo& info, int component) {
  return info.model == ColorModel::yuv && (component == 1 || component == 2);
}

struct CodeRange {
  double black;
  double span;
};

CodeRange range_of(const ImageFormat& format, int component) {
  const PixelFormatInfo& info = format.info();
  const double max = (1 << info.components[static_cast<std::size_t>(component)].bits) - 1;
  if (component == 3) {
    return {0, max};
  }
  const double unit = 1 << (info.depth - 8);
  const bool full = format.color.range == Range::full;
  if (is_chroma(info, component)) {
    return {128 * unit, full ? max : 224 * unit};
  }
  return {full ? 0 : 16 * unit, full ? max : 219 * unit};
}

/// The position of chroma sample 0 in luma samples, and the distance of samples.
struct Grid {
  double origin = 0;
  double spacing = 1;
};

Grid grid_of(const ImageFormat& format, bool vertical) {
  const int log2 = vertical ? format.info().log2_chroma_h : format.info().log2_chroma_w;
  if (log2 == 0) {
    return {};
  }
  const double spacing = 1 << log2;
  const double middle = (spacing - 1) / 2;
  ChromaSite site = format.color.chroma_site;
  if (site == ChromaSite::unspecified) {
    site = format.color.range == Range::full ? ChromaSite::center : ChromaSite::left;
  }
  switch (site) {
    case ChromaSite::left:
      return {vertical ? middle : 0, spacing};
    case ChromaSite::top_left:
      return {0, spacing};
    case ChromaSite::top:
      return {vertical ? 0 : middle, spacing};
    case ChromaSite::bottom_left:
      return {vertical ? spacing - 1 : 0, spacing};
    case ChromaSite::bottom:
      return {vertical ? spacing - 1 : middle, spacing};
    default:
      return {middle, spacing};
  }
}

/// The source samples that make target sample `index` along one axis.
std::vector<Weighted> taps(Grid source, Grid target, int index) {
  const double position = (index * target.spacing + target.origin - source.origin) / source.spacing;
  const int below = static_cast<int>(std::floor(position));
  const double fraction = position - below;
  const double ratio = target.spacing / source.spacing;
  if (ratio <= 1) {
    return {{below, 1 - fraction}, {below + 1, fraction}};
  }
  // The target sample's cell [position − ratio / 2, position + ratio / 2], cut into the cells of source samples.
  std::vector<Weighted> result;
  for (int sample = below - static_cast<int>(ratio); sample <= below + static_cast<int>(ratio); ++sample) {
    const double left = std::max(position - ratio / 2, sample - 0.5);
    const double right = std::min(position + ratio / 2, sample + 0.5);
    if (right > left) {
      result.push_back({sample, (right - left) / ratio});
    }
  }
  return result;
}

class Reference {
 public:
  Reference(const ImageView& image, const ImageFormat& target, std::uint32_t background)
      : image_(image), target_(target), background_(background) {}

  double value(int component, int x, int y) const {
    const PixelFormatInfo& to = target_.info();
    const PixelFormatInfo& from = image_.format.info();
    double number = 0;
    if (component == 3) {
      number = image_.format.has_alpha() && target_.has_alpha() ? source_at(3, x, y) : 1;
    } else if (!is_chroma(to, component)) {
      number = at_luma_resolution(x, y)[static_cast<std::size_t>(component)];
    } else if (from.model != ColorModel::rgb && is_shown_alike(image_.format.color, target_.color) &&
               !averages_straight_color()) {
      number = moved_chroma(component, x, y);
    } else {
      number = averaged_chroma(component, x, y);
    }
    const CodeRange range = range_of(target_, component);
    const double max = (1 << to.components[static_cast<std::size_t>(component)].bits) - 1;
    return std::clamp(range.black + number * range.span, 0.0, max);
  }

 private:
  /// The number of a source component at its own resolution; beyond the edges stands what is at the edges.
  double source_at(int component, int x, int y) const {
    const PixelFormatInfo& from = image_.format.info();
    const bool chroma = is_chroma(from, component);
    const auto last = [&](int size, int log2) { return (chroma ? (size + (1 << log2) - 1) >> log2 : size) - 1; };
    const int column = std::clamp(x, 0, last(image_.format.size.width, from.log2_chroma_w));
    const int row = std::clamp(y, 0, last(image_.format.size.height, from.log2_chroma_h));
    const CodeRange range = range_of(image_.format, component);
    return (code_at(image_, component, column, row) - range.black) / range.span;
  }

  /// Sample (x, y) of the target's chroma grid out of samples on the grids given.
  double filtered(Grid from_x, Grid from_y, int x, int y, const std::function<double(int, int)>& sample) const {
    double sum = 0;
    for (const Weighted& row : taps(from_y, grid_of(target_, true), y)) {
      for (const Weighted& column : taps(from_x, grid_of(target_, false), x)) {
        if (row.weight * column.weight != 0) {
          sum += row.weight * column.weight * sample(column.index, row.index);
        }
      }
    }
    return sum;
  }

  double source_chroma_at_luma(int component, int x, int y) const {
    double sum = 0;
    for (const Weighted& row : taps(grid_of(image_.format, true), Grid{}, y)) {
      for (const Weighted& column : taps(grid_of(image_.format, false), Grid{}, x)) {
        if (row.weight * column.weight != 0) {
          sum += row.weight * column.weight * source_at(component, column.index, row.index);
        }
      }
    }
    return sum;
  }

  Vector3 source_rgb(int x, int y) const {
    switch (image_.format.info().model) {
      case ColorModel::gray:
        return {source_at(0, x, y), source_at(0, x, y), source_at(0, x, y)};
      case ColorModel::rgb:
        return {source_at(0, x, y), source_at(1, x, y), source_at(2, x, y)};
      case ColorModel::yuv:
        break;
    }
    return rgb_from_yuv({source_at(0, x, y), source_chroma_at_luma(1, x, y), source_chroma_at_luma(2, x, y)},
                        image_.format.color);
  }

  Vector3 as_target(const Vector3& rgb) const {
    return target_.info().model == ColorModel::rgb ? rgb : yuv_from_rgb(rgb, target_.color);
  }

  /// What the target's components are in the middle of pixel (x, y).
  Vector3 at_luma_resolution(int x, int y) const {
    const int column = std::clamp(x, 0, image_.format.size.width - 1);
    const int row = std::clamp(y, 0, image_.format.size.height - 1);
    Vector3 rgb = source_rgb(column, row);
    const double alpha = image_.format.has_alpha() ? source_at(3, column, row) : 1;
    bool premultiplied = image_.format.has_alpha() && image_.format.alpha == Alpha::premultiplied;
    if (!is_shown_alike(image_.format.color, target_.color)) {
      if (premultiplied) {
        for (double& component : rgb) {
          component = alpha > 0 ? component / alpha : 0;
        }
        premultiplied = false;
      }
      rgb = recolored(rgb);
    }
    Vector3 result = as_target(rgb);
    for (int c = 0; c < 3; ++c) {
      result[static_cast<std::size_t>(c)] = blended(result[static_cast<std::size_t>(c)], alpha, premultiplied, c);
    }
    return result;
  }

  double blended(double value, double alpha, bool premultiplied, int component) const {
    if (!image_.format.has_alpha()) {
      return value;
    }
    if (target_.has_alpha()) {
      const bool divide = premultiplied && target_.alpha == Alpha::straight;
      return divide ? (alpha > 0 ? value / alpha : 0) : value;
    }
    const Vector3 behind = as_target(background_color());
    return (premultiplied ? value : value * alpha) + behind[static_cast<std::size_t>(component)] * (1 - alpha);
  }

  /// Where straight alpha stays, pixels count by it.
  double averaged_chroma(int component, int x, int y) const {
    const bool weighs = image_.format.has_alpha() && target_.has_alpha() && target_.alpha == Alpha::straight;
    const auto weight = [&](int px, int py) { return weighs ? source_at(3, px, py) + 1.0 / 65536 : 1.0; };
    const double sum = filtered(Grid{}, Grid{}, x, y, [&](int px, int py) {
      return weight(px, py) * at_luma_resolution(px, py)[static_cast<std::size_t>(component)];
    });
    return sum / filtered(Grid{}, Grid{}, x, y, weight);
  }

  /// What straight alpha hides has no part in coarser chroma.
  bool averages_straight_color() const {
    const PixelFormatInfo& from = image_.format.info();
    const PixelFormatInfo& to = target_.info();
    return image_.format.has_alpha() && image_.format.alpha == Alpha::straight &&
           (to.log2_chroma_w > from.log2_chroma_w || to.log2_chroma_h > from.log2_chroma_h);
  }

  double moved_chroma(int component, int x, int y) const {
    if (image_.format.info().model == ColorModel::gray) {
      return 0;
    }
    const auto moved = [&](int c) {
      return filtered(grid_of(image_.format, false), grid_of(image_.format, true), x, y,
                      [&](int px, int py) { return source_at(c, px, py); });
    };
    // Luma has no part in it: any will do.
    const Vector3 chroma = yuv_from_rgb(rgb_from_yuv({0, moved(1), moved(2)}, image_.format.color), target_.color);
    double alpha = 1;
    if (image_.format.has_alpha()) {
      alpha = filtered(Grid{}, Grid{}, x, y, [&](int px, int py) { return source_at(3, px, py); });
    }
    return blended(chroma[static_cast<std::size_t>(component)], alpha, image_.format.alpha == Alpha::premultiplied,
                   component);
  }

  Vector3 background_color() const {
    const Vector3 srgb = {(background_ >> 16 & 0xFF) / 255.0, (background_ >> 8 & 0xFF) / 255.0,
                          (background_ & 0xFF) / 255.0};
    const ColorSpace srgb_space;
    return is_shown_alike(srgb_space, target_.color) ? srgb : between(srgb, srgb_space, {}, target_.color);
  }

  Vector3 recolored(const Vector3& rgb) const {
    return between(rgb, image_.format.color, image_.format.hdr, target_.color);
  }

  /// Through linear light relative to SDR white.
  static Vector3 between(const Vector3& rgb, const ColorSpace& from, const HdrInfo& hdr, const ColorSpace& to) {
    Vector3 light{};
    const auto scaled = [](const Vector3& v, double gain) { return Vector3{v[0] * gain, v[1] * gain, v[2] * gain}; };
    const auto luminance = [](const Vector3& v, Primaries primaries) {
      const Vector3 w = luminance_weights(primaries);
      return w[0] * v[0] + w[1] * v[1] + w[2] * v[2];
    };
    for (std::size_t i = 0; i < 3; ++i) {
      light[i] = from.transfer == Transfer::pq    ? pq_eotf(rgb[i]) / 203
                 : from.transfer == Transfer::hlg ? hlg_inverse_oetf(rgb[i])
                                                  : sdr_to_linear(from.transfer, rgb[i]);
    }
    if (from.transfer == Transfer::hlg) {
      light = scaled(light, 1000.0 / 203 * std::pow(luminance(light, from.primaries), 0.2));
    }
    if (is_hdr(from.transfer) && !is_hdr(to.transfer)) {
      ImageFormat format{.color = from, .hdr = hdr};
      const double highest = std::max({light[0], light[1], light[2]});
      light = highest > 0 ? scaled(light, tone_mapped(highest, content_peak_nits(format)) / highest) : light;
    }
    light = rgb_to_rgb(from.primaries, to.primaries) * light;
    for (double& component : light) {
      component = std::max(component, 0.0);
    }
    if (to.transfer == Transfer::hlg) {
      const double on_display = luminance(light, to.primaries) * 203 / 1000;
      light = scaled(light, on_display > 0 ? 203.0 / 1000 * std::pow(on_display, 1 / 1.2 - 1) : 0);
    }
    Vector3 result{};
    for (std::size_t i = 0; i < 3; ++i) {
      result[i] = to.transfer == Transfer::pq    ? pq_inverse_eotf(light[i] * 203)
                  : to.transfer == Transfer::hlg ? hlg_oetf(light[i])
                                                 : sdr_from_linear(to.transfer, light[i]);
    }
    return result;
  }

  const ImageView& image_;
  const ImageFormat& target_;
  std::uint32_t background_;
};

}  // namespace

int code_at(const ImageView& image, int component, int x, int y) {
  const PixelFormatInfo& info = image.format.info();
  const PixelComponent& sample = info.components[static_cast<std::size_t>(component)];
  const Plane& plane = image.planes[sample.plane];
  const auto byte = [&](std::size_t at) {
    return std::to_integer<unsigned>(plane.bytes[static_cast<std::size_t>(y) * plane.stride_bytes + at]);
  };
  const auto column = static_cast<std::size_t>(x);
  std::size_t at = sample.offset_bytes + column * sample.step_bytes;
  unsigned word = 0;
  unsigned shift = sample.shift;
  switch (info.packing) {
    case Packing::bytes:
      word = byte(at);
      break;
    case Packing::words_le:
      word = byte(at) + 256 * byte(at + 1);
      break;
    case Packing::words_be:
      word = byte(at + 1) + 256 * byte(at);
      break;
    case Packing::v210: {
      // Per group of 6 pixels in 16 bytes: (word, shift) of Y0…Y5, Cb0…Cb2, Cr0…Cr2.
      constexpr std::array<std::array<unsigned, 2>, 6> kLuma = {{{0, 10}, {1, 0}, {1, 20}, {2, 10}, {3, 0}, {3, 20}}};
      constexpr std::array<std::array<unsigned, 2>, 3> kCb = {{{0, 0}, {1, 10}, {2, 20}}};
      constexpr std::array<std::array<unsigned, 2>, 3> kCr = {{{0, 20}, {2, 0}, {3, 10}}};
      const auto place = component == 0 ? kLuma[column % 6] : component == 1 ? kCb[column % 3] : kCr[column % 3];
      at = column / (component == 0 ? 6 : 3) * 16 + 4 * place[0];
      shift = place[1];
      [[fallthrough]];
    }
    case Packing::dwords_le:
      word = byte(at) + (byte(at + 1) << 8) + (byte(at + 2) << 16) + (byte(at + 3) << 24);
      break;
  }
  return static_cast<int>(word >> shift & ((1U << sample.bits) - 1));
}

double reference_value(const ImageView& image, const ImageFormat& target, std::uint32_t background, int component,
                       int x, int y) {
  return Reference(image, target, background).value(component, x, y);
}

double largest_deviation(const ImageView& image, const ImageView& converted, std::uint32_t background) {
  const PixelFormatInfo& info = converted.format.info();
  const Reference reference(image, converted.format, background);
  double largest = 0;
  for (int c = 0; c < 4; ++c) {
    if (c == 3 ? !info.has_alpha : c >= info.color_component_count()) {
      continue;
    }
    const bool chroma = is_chroma(info, c);
    const auto count = [&](int size, int log2) { return chroma ? (size + (1 << log2) - 1) >> log2 : size; };
    for (int y = 0; y < count(converted.format.size.height, info.log2_chroma_h); ++y) {
      for (int x = 0; x < count(converted.format.size.width, info.log2_chroma_w); ++x) {
        largest = std::max(largest, std::abs(code_at(converted, c, x, y) - reference.value(c, x, y)));
      }
    }
  }
  return largest;
}

}  // namespace imagepacker
