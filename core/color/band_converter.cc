// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/band_converter.h"

#include <algorithm>

#include "color/row_filter.h"
#include "color/row_pack.h"
#include "color/row_unpack.h"
#include "kernels/float_rows.h"

namespace imagepacker {
namespace {

constexpr int shift_up(int value, int log2) {
  return (value + (1 << log2) - 1) >> log2;
}

float* only_row(RowRing& ring) {
  bool is_new = false;
  return ring.find(0, is_new);
}

}  // namespace

BandConverter::BandConverter(const ConversionSteps& steps, const ImageView& source, int first,
                             const MutableImageView& target)
    : steps_(steps),
      source_(source),
      target_(target),
      from_(source.format.info()),
      to_(target.format.info()),
      first_(first),
      width_(source.format.size.width),
      height_(source.format.size.height),
      source_chroma_width_(shift_up(width_, from_.log2_chroma_w)),
      source_chroma_height_(shift_up(height_, from_.log2_chroma_h)),
      target_chroma_width_(shift_up(width_, to_.log2_chroma_w)) {
  const auto allocate = [this](auto& rings) {
    for (RowRing& ring : rings) {
      ring.allocate(width_);
    }
  };
  allocate(source_rings_);
  allocate(upsampled_rings_);
  allocate(converted_rings_);
  allocate(rgb_);
  allocate(chroma_);
  for (RowRing* ring : {&alpha_ring_, &vertical_sum_, &chroma_mix_, &chroma_alpha_}) {
    ring->allocate(width_);
  }
  neutral_chroma_.resize(static_cast<std::size_t>(width_));
  if (target.format.has_alpha() || to_.has_alpha) {
    opaque_.resize(static_cast<std::size_t>(width_), static_cast<float>((1 << to_.components[3].bits) - 1));
  }
}

void BandConverter::run() {
  const int count = target_.format.size.height;
  const int group = to_.model == ColorModel::yuv ? 1 << to_.log2_chroma_h : 1;
  for (int y = first_; y < first_ + count; ++y) {
    begin_packed_row(target_, y - first_);
    write_luma_row(y);
    if (to_.has_alpha) {
      write_alpha_row(y);
    }
    const bool ends_group = (y + 1) % group == 0 || y + 1 == first_ + count;
    if (to_.model == ColorModel::yuv && ends_group) {
      write_chroma_row(y / group);
    }
  }
}

const float* BandConverter::source_row(int component, int row) {
  if (component > 0 && from_.model == ColorModel::gray) {
    return neutral_chroma_.data();
  }
  const bool is_chroma = from_.model == ColorModel::yuv && (component == 1 || component == 2);
  bool is_new = false;
  float* const samples = source_rings_[static_cast<std::size_t>(component)].find(row, is_new);
  if (is_new) {
    const int count = is_chroma ? source_chroma_width_ : width_;
    const auto offset =
        component == 3 ? 0.0F : static_cast<float>(steps_.source_coding.offset[static_cast<std::size_t>(component)]);
    unpack_row(source_, component, row, count, offset, samples);
    extend_edges(samples, count);
  }
  return samples;
}

const float* BandConverter::upsampled_row(int component, int y) {
  if (from_.model == ColorModel::gray) {
    return neutral_chroma_.data();
  }
  const auto row_at = [&](int row) { return source_row(component, row); };
  if (steps_.up_x.is_identity() && steps_.up_y.is_identity()) {
    return row_at(y);
  }
  bool is_new = false;
  float* const samples = upsampled_rings_[static_cast<std::size_t>(component - 1)].find(y, is_new);
  if (is_new) {
    const float* const sum =
        filter_rows(steps_.up_y, y, source_chroma_height_, row_at, source_chroma_width_, only_row(vertical_sum_));
    filter_columns(steps_.up_x, sum, width_, samples);
  }
  return samples;
}

const float* BandConverter::alpha_row(int y) {
  bool is_new = false;
  float* const alpha = alpha_ring_.find(y, is_new);
  if (is_new) {
    divide_row(steps_.alpha_max, source_row(3, y), width_, alpha);
    extend_edges(alpha, width_);
  }
  return alpha;
}

BandConverter::Rows BandConverter::converted_rows(int y) {
  bool is_new = false;
  std::array<float*, 3> out{};
  for (std::size_t c = 0; c < 3; ++c) {
    out[c] = converted_rings_[c].find(y, is_new);
  }
  if (is_new) {
    const bool reads_chroma = !steps_.direct_chroma || steps_.luma_reads_chroma;
    const bool is_yuv = from_.model == ColorModel::yuv;
    const auto component = [&](int c) {
      if (from_.model == ColorModel::gray || (is_yuv && !reads_chroma)) {
        return static_cast<const float*>(neutral_chroma_.data());
      }
      return is_yuv ? upsampled_row(c, y) : source_row(c, y);
    };
    const Rows in = {source_row(0, y), component(1), component(2)};
    convert_pixels(in, steps_.blend == AlphaBlend::none ? nullptr : alpha_row(y), out);
  }
  return {out[0], out[1], out[2]};
}

void BandConverter::convert_pixels(const Rows& in, const float* alpha, const std::array<float*, 3>& out) {
  Rows values = in;
  bool is_premultiplied = steps_.blend == AlphaBlend::flatten_premultiplied;
  if (steps_.color_map != nullptr) {
    std::array<float*, 3> rgb{};
    for (std::size_t c = 0; c < 3; ++c) {
      rgb[c] = only_row(rgb_[c]);
      mix_rows(steps_.to_rgb[c], in[0], in[1], in[2], width_, rgb[c]);
      // Curves need the colour itself.
      if (is_premultiplied || steps_.blend == AlphaBlend::unpremultiply) {
        unpremultiply_row(alpha, width_, rgb[c]);
      }
      values[c] = rgb[c];
    }
    is_premultiplied = false;
    steps_.color_map->apply(rgb[0], rgb[1], rgb[2], width_);
  }
  const std::size_t components = to_.model == ColorModel::gray || steps_.direct_chroma ? 1 : 3;
  for (std::size_t c = 0; c < components; ++c) {
    mix_rows(steps_.to_target[c], values[0], values[1], values[2], width_, out[c]);
    if (alpha != nullptr) {
      blend(alpha, static_cast<int>(c), width_, out[c]);
    }
    extend_edges(out[c], width_);
  }
}

void BandConverter::blend(const float* alpha, int component, int count, float* values) const {
  const float background = steps_.background[static_cast<std::size_t>(component)];
  // A ColorMap has been given the colour itself already.
  const bool is_straight = steps_.color_map != nullptr;
  switch (steps_.blend) {
    case AlphaBlend::none:
      break;
    case AlphaBlend::flatten_straight:
      flatten_straight_row(alpha, background, count, values);
      break;
    case AlphaBlend::flatten_premultiplied:
      is_straight ? flatten_straight_row(alpha, background, count, values)
                  : flatten_premultiplied_row(alpha, background, count, values);
      break;
    case AlphaBlend::unpremultiply:
      if (!is_straight) {
        unpremultiply_row(alpha, count, values);
      }
      break;
  }
}

void BandConverter::write_luma_row(int y) {
  const Rows rows = converted_rows(y);
  const int components = to_.model == ColorModel::rgb ? 3 : 1;
  for (int c = 0; c < components; ++c) {
    pack_row(target_, c, y - first_, width_, rows[static_cast<std::size_t>(c)],
             static_cast<float>(steps_.target_coding.offset[static_cast<std::size_t>(c)]));
  }
}

void BandConverter::write_alpha_row(int y) {
  const float* codes = opaque_.data();
  if (steps_.copies_alpha) {
    float* const scaled = only_row(vertical_sum_);
    scale_row(steps_.alpha_scale, source_row(3, y), width_, scaled);
    codes = scaled;
  }
  pack_row(target_, 3, y - first_, width_, codes, 0.0F);
}

void BandConverter::write_chroma_row(int row) {
  const std::array<float*, 2> chroma = {only_row(chroma_[0]), only_row(chroma_[1])};
  if (steps_.direct_chroma) {
    direct_chroma_rows(row, chroma);
  } else {
    averaged_chroma_rows(row, chroma);
  }
  for (int c = 1; c <= 2; ++c) {
    pack_row(target_, c, row - (first_ >> to_.log2_chroma_h), target_chroma_width_,
             chroma[static_cast<std::size_t>(c - 1)],
             static_cast<float>(steps_.target_coding.offset[static_cast<std::size_t>(c)]));
  }
}

void BandConverter::direct_chroma_rows(int row, const std::array<float*, 2>& out) {
  std::array<float*, 2> moved = {only_row(chroma_mix_), only_row(rgb_[0])};
  for (int c = 1; c <= 2; ++c) {
    float* const to = moved[static_cast<std::size_t>(c - 1)];
    if (from_.model == ColorModel::gray) {
      std::fill(to, to + target_chroma_width_, 0.0F);
      continue;
    }
    const auto row_at = [&](int at) { return source_row(c, at); };
    const float* const sum =
        filter_rows(steps_.direct_y, row, source_chroma_height_, row_at, source_chroma_width_, only_row(vertical_sum_));
    filter_columns(steps_.direct_x, sum, target_chroma_width_, to);
  }
  const float* alpha = nullptr;
  if (steps_.blend != AlphaBlend::none) {
    const auto row_at = [&](int at) { return alpha_row(at); };
    const float* const sum = filter_rows(steps_.down_y, row, height_, row_at, width_, only_row(vertical_sum_));
    float* const averaged = only_row(chroma_alpha_);
    filter_columns(steps_.down_x, sum, target_chroma_width_, averaged);
    alpha = averaged;
  }
  for (std::size_t c = 0; c < 2; ++c) {
    const MixingRow& m = steps_.to_target[c + 1];
    mix_rows({m[1], m[2], 0.0F}, moved[0], moved[1], moved[1], target_chroma_width_, out[c]);
    if (alpha != nullptr) {
      blend(alpha, static_cast<int>(c) + 1, target_chroma_width_, out[c]);
    }
  }
}

void BandConverter::averaged_chroma_rows(int row, const std::array<float*, 2>& out) {
  for (std::size_t c = 0; c < 2; ++c) {
    const auto row_at = [&](int y) { return converted_rows(y)[c + 1]; };
    const float* const sum = filter_rows(steps_.down_y, row, height_, row_at, width_, only_row(vertical_sum_));
    filter_columns(steps_.down_x, sum, target_chroma_width_, out[c]);
  }
}

}  // namespace imagepacker
