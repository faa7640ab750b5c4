// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/band_converter.h"

#include <algorithm>
#include <cstring>

#include "color/row_filter.h"
#include "kernels/float_rows.h"

namespace imagepacker {
namespace {

/// value / 2^log2, rounded up; right up to the largest int.
constexpr int shift_up(int value, int log2) {
  return ((value - 1) >> log2) + 1;
}

}  // namespace

BandConverter::BandConverter(const ConversionSteps& steps, const ImageView& source, int first,
                             const MutableImageView& target)
    : steps_(steps),
      source_(source),
      target_(target),
      codes_in_(source),
      codes_out_(target),
      from_(source.format.info()),
      to_(target.format.info()),
      first_(first),
      width_(source.format.size.width),
      height_(source.format.size.height),
      source_chroma_width_(shift_up(width_, from_.log2_chroma_w)),
      source_chroma_height_(shift_up(height_, from_.log2_chroma_h)),
      target_chroma_width_(shift_up(width_, to_.log2_chroma_w)),
      are_bytes_(codes_in_.sample_bytes() == 1 && codes_out_.sample_bytes() == 1 && steps.color_map == nullptr &&
                 steps.blend == AlphaBlend::none),
      color_way_(choose_color_way()),
      chroma_way_(choose_chroma_way()),
      rgb_420_mix_(choose_rgb_420_mix()) {
  configure_rings();
}

bool BandConverter::can_copy(int component) const {
  const auto c = static_cast<std::size_t>(component);
  return codes_in_.sample_bytes() == codes_out_.sample_bytes() && from_.components[c].bits == to_.components[c].bits;
}

BandConverter::ColorWay BandConverter::choose_color_way() const {
  const bool is_plain = steps_.color_map == nullptr && steps_.blend == AlphaBlend::none;
  if (is_plain && from_.model == to_.model && can_copy(0) && steps_.keeps_color) {
    return ColorWay::copy;
  }
  if (steps_.direct_chroma ||
      (steps_.color_map == nullptr && from_.model != ColorModel::rgb && to_.model == ColorModel::gray)) {
    return ColorWay::direct_luma;
  }
  if (are_bytes_ && from_.model == ColorModel::rgb) {
    return ColorWay::rgb_bytes;
  }
  if (are_bytes_ && from_.model == ColorModel::yuv && to_.model == ColorModel::rgb) {
    return ColorWay::yuv_bytes_to_rgb;
  }
  return ColorWay::general;
}

BandConverter::ChromaWay BandConverter::choose_chroma_way() const {
  if (to_.model != ColorModel::yuv) {
    return ChromaWay::none;
  }
  if (steps_.direct_chroma) {
    const bool stays = steps_.blend == AlphaBlend::none && from_.model == ColorModel::yuv && steps_.keeps_chroma;
    return stays && can_copy(1) ? ChromaWay::copy : ChromaWay::direct;
  }
  if (color_way_ == ColorWay::rgb_bytes && steps_.down_x.is_identity() && steps_.down_y.is_identity()) {
    return ChromaWay::none;
  }
  if (steps_.weighs_chroma) {
    return ChromaWay::weighted;
  }
  const bool is_linear = steps_.color_map == nullptr && steps_.blend == AlphaBlend::none;
  return is_linear && from_.model == ColorModel::rgb ? ChromaWay::rgb : ChromaWay::converted;
}

void BandConverter::configure_rings() {
  const auto configure = [this](auto& rings, int rows) {
    for (RowRing& ring : rings) {
      ring.configure(width_, rows);
    }
  };
  const bool filters_source = from_.model == ColorModel::yuv && from_.log2_chroma_h != 0;
  const bool filters_target = to_.model == ColorModel::yuv && to_.log2_chroma_h != 0;
  const int all = RowRing::kMaxRows;
  configure(source_rings_, filters_source || filters_target ? all : 1);
  if (from_.model == ColorModel::yuv) {
    source_rings_[0].configure(width_, 1);
  }
  configure(converted_rings_, filters_target ? all : 1);
  configure(weighted_rings_, filters_target ? all : 1);
  configure(upsampled_rings_, 1);
  configure(rgb_, 1);
  configure(moved_, 1);
  configure(chroma_, 1);
  share_ring_.configure(width_, filters_source ? all : 1);
  alpha_ring_.configure(width_, filters_target ? all : 1);
  weight_ring_.configure(width_, filters_target ? all : 1);
  for (RowRing* ring : {&vertical_sum_, &chroma_alpha_, &luma_scratch_}) {
    ring->configure(width_, 1);
  }
  if (from_.model == ColorModel::gray) {
    no_chroma_.resize(static_cast<std::size_t>(width_));
  }
}

void BandConverter::run() {
  const int count = target_.format.size.height;
  const int group = to_.model == ColorModel::yuv ? 1 << to_.log2_chroma_h : 1;
  bool is_pair_written = false;
  for (int y = first_; y < first_ + count; ++y) {
    codes_out_.begin_row(y - first_);
    // Bands begin with even rows.
    if (rgb_420_mix_ && y % 2 == 0) {
      is_pair_written = write_packed_rgb_rows(y);
    }
    if (!is_pair_written) {
      write_color_row(y);
    }
    if (to_.has_alpha) {
      write_alpha_row(y);
    }
    const bool ends_group = (y + 1) % group == 0 || y + 1 == first_ + count;
    if (to_.model == ColorModel::yuv && ends_group) {
      if (!is_pair_written) {
        write_chroma_row(y / group);
      }
      codes_out_.finish_row(true, y / group - (first_ >> to_.log2_chroma_h));
    }
    codes_out_.finish_row(false, y - first_);
  }
}

float BandConverter::source_offset(int component) const {
  return component == 3 ? 0.0F : static_cast<float>(steps_.source_coding.offset[static_cast<std::size_t>(component)]);
}

float BandConverter::target_offset(int component) const {
  return static_cast<float>(steps_.target_coding.offset[static_cast<std::size_t>(component)]);
}

ByteMix BandConverter::byte_mix(int component) const {
  return {steps_.to_target[static_cast<std::size_t>(component)], target_offset(component)};
}

const std::uint8_t* BandConverter::source_bytes(int component, int row) {
  return reinterpret_cast<const std::uint8_t*>(codes_in_.row(component, row).samples);
}

std::uint8_t* BandConverter::target_bytes(int component, int row) {
  return reinterpret_cast<std::uint8_t*>(codes_out_.place(component, row));
}

const float* BandConverter::source_row(int component, int row) {
  if (component > 0 && from_.model == ColorModel::gray) {
    return no_chroma_.data();
  }
  const bool is_chroma = from_.model == ColorModel::yuv && (component == 1 || component == 2);
  bool is_new = false;
  float* const samples = source_rings_[static_cast<std::size_t>(component)].find(row, is_new);
  if (is_new) {
    const int count = is_chroma ? source_chroma_width_ : width_;
    codes_in_.read(component, row, static_cast<std::size_t>(count), source_offset(component), samples);
    extend_edges(samples, count);
  }
  return samples;
}

const float* BandConverter::upsampled_row(int component, int y) {
  const auto row_at = [&](int row) { return source_row(component, row); };
  if (from_.model == ColorModel::gray || (steps_.up_x.is_identity() && steps_.up_y.is_identity())) {
    return row_at(y);
  }
  bool is_new = false;
  float* const samples = upsampled_rings_[static_cast<std::size_t>(component - 1)].find(y, is_new);
  if (is_new) {
    const float* const sum =
        filter_rows(steps_.up_y, y, source_chroma_height_, row_at, source_chroma_width_, vertical_sum_.scratch());
    filter_columns(steps_.up_x, sum, width_, samples);
  }
  return samples;
}

const float* BandConverter::chroma_share_row(int y) {
  const auto row_at = [&](int row) {
    bool is_new = false;
    float* const share = share_ring_.find(row, is_new);
    if (is_new) {
      scale_row(steps_.to_target[0][2], source_row(2, row), source_chroma_width_, share);
      scale_add_row(steps_.to_target[0][1], source_row(1, row), share, source_chroma_width_, share);
      extend_edges(share, source_chroma_width_);
    }
    return static_cast<const float*>(share);
  };
  const float* const sum =
      filter_rows(steps_.up_y, y, source_chroma_height_, row_at, source_chroma_width_, vertical_sum_.scratch());
  if (steps_.up_x.is_identity()) {
    return sum;
  }
  float* const share = upsampled_rings_[0].scratch();
  filter_columns(steps_.up_x, sum, width_, share);
  return share;
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
    const auto component = [&](int c) {
      return from_.model == ColorModel::rgb ? source_row(c, y) : upsampled_row(c, y);
    };
    convert_pixels({source_row(0, y), component(1), component(2)},
                   steps_.blend == AlphaBlend::none ? nullptr : alpha_row(y), out);
  }
  return {out[0], out[1], out[2]};
}

void BandConverter::convert_pixels(const Rows& in, const float* alpha, const std::array<float*, 3>& out) {
  Rows values = in;
  if (steps_.color_map != nullptr) {
    std::array<float*, 3> rgb{};
    for (std::size_t c = 0; c < 3; ++c) {
      rgb[c] = rgb_[c].scratch();
      mix_rows(steps_.to_rgb[c], in[0], in[1], in[2], width_, rgb[c]);
      // Curves need the colour itself.
      if (steps_.blend == AlphaBlend::flatten_premultiplied || steps_.blend == AlphaBlend::unpremultiply) {
        unpremultiply_row(alpha, width_, rgb[c]);
      }
      values[c] = rgb[c];
    }
    steps_.color_map->apply(rgb[0], rgb[1], rgb[2], width_);
  }
  const std::size_t components = to_.model == ColorModel::gray ? 1 : 3;
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

void BandConverter::write_color_row(int y) {
  const int components = to_.model == ColorModel::rgb ? 3 : 1;
  switch (color_way_) {
    case ColorWay::copy:
      for (int c = 0; c < components; ++c) {
        codes_out_.copy(c, y - first_, width_, codes_in_.row(c, y));
      }
      break;
    case ColorWay::direct_luma:
      write_direct_luma_row(y);
      break;
    case ColorWay::rgb_bytes:
      write_rgb_bytes_row(y);
      break;
    case ColorWay::yuv_bytes_to_rgb:
      write_yuv_bytes_as_rgb_row(y);
      break;
    case ColorWay::general:
      const Rows rows = converted_rows(y);
      for (int c = 0; c < components; ++c) {
        codes_out_.write(c, y - first_, width_, rows[static_cast<std::size_t>(c)], target_offset(c));
      }
      break;
  }
}

void BandConverter::write_direct_luma_row(int y) {
  const float weight = steps_.to_target[0][0];
  const float* const share = steps_.luma_reads_chroma ? chroma_share_row(y) : nullptr;
  if (are_bytes_) {
    scale_add_bytes(source_bytes(0, y), source_offset(0), weight, share, static_cast<std::size_t>(width_),
                    target_offset(0), target_bytes(0, y - first_));
    return;
  }
  float* const luma = luma_scratch_.scratch();
  if (share != nullptr) {
    scale_add_row(weight, source_row(0, y), share, width_, luma);
  } else {
    scale_row(weight, source_row(0, y), width_, luma);
  }
  if (steps_.blend != AlphaBlend::none) {
    blend(alpha_row(y), 0, width_, luma);
  }
  codes_out_.write(0, y - first_, width_, luma, target_offset(0));
}

void BandConverter::write_rgb_bytes_row(int y) {
  const int components =
      to_.model == ColorModel::rgb || (to_.model == ColorModel::yuv && chroma_way_ == ChromaWay::none) ? 3 : 1;
  std::array<const std::uint8_t*, 3> in{};
  std::array<std::uint8_t*, 3> out{};
  std::array<ByteMix, 3> mixes{};
  for (int c = 0; c < 3; ++c) {
    const auto i = static_cast<std::size_t>(c);
    in[i] = source_bytes(c, y);
    mixes[i] = byte_mix(c);
    out[i] = c < components ? target_bytes(c, y - first_) : nullptr;
  }
  mix_bytes(in.data(), source_offset(0), mixes.data(), components, static_cast<std::size_t>(width_), out.data());
}

void BandConverter::write_yuv_bytes_as_rgb_row(int y) {
  std::array<std::uint8_t*, 3> out{};
  std::array<ByteMix, 3> mixes{};
  for (int c = 0; c < 3; ++c) {
    const auto i = static_cast<std::size_t>(c);
    mixes[i] = byte_mix(c);
    out[i] = target_bytes(c, y - first_);
  }
  mix_luma_bytes(source_bytes(0, y), source_offset(0), upsampled_row(1, y), upsampled_row(2, y), mixes.data(),
                 static_cast<std::size_t>(width_), out.data());
}

void BandConverter::write_alpha_row(int y) {
  if (!steps_.copies_alpha) {
    codes_out_.fill_with_highest(3, y - first_, width_);
  } else if (can_copy(3)) {
    codes_out_.copy(3, y - first_, width_, codes_in_.row(3, y));
  } else {
    float* const scaled = luma_scratch_.scratch();
    scale_row(steps_.alpha_scale, source_row(3, y), width_, scaled);
    codes_out_.write(3, y - first_, width_, scaled, 0.0F);
  }
}

}  // namespace imagepacker
