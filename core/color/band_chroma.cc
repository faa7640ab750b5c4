// SPDX-License-Identifier: LGPL-2.1-or-later

// The chroma of BandConverter.

#include <algorithm>

#include "color/band_converter.h"
#include "color/row_filter.h"
#include "kernels/float_rows.h"
#include "kernels/pixel_rows.h"

namespace imagepacker {
void BandConverter::write_chroma_row(int row) {
  if (chroma_way_ == ChromaWay::none) {
    return;
  }
  const int target_row = row - (first_ >> to_.log2_chroma_h);
  if (chroma_way_ == ChromaWay::copy) {
    codes_out_.copy(1, target_row, target_chroma_width_, codes_in_.row(1, row));
    codes_out_.copy(2, target_row, target_chroma_width_, codes_in_.row(2, row));
    return;
  }
  const std::array<float*, 2> chroma = {chroma_[0].scratch(), chroma_[1].scratch()};
  if (chroma_way_ == ChromaWay::direct) {
    direct_chroma_rows(row, chroma);
  } else if (chroma_way_ == ChromaWay::rgb) {
    rgb_chroma_rows(row, chroma);
  } else if (chroma_way_ == ChromaWay::weighted) {
    weighted_chroma_rows(row, chroma);
  } else {
    converted_chroma_rows(row, chroma);
  }
  for (int c = 1; c <= 2; ++c) {
    codes_out_.write(c, target_row, target_chroma_width_, chroma[static_cast<std::size_t>(c - 1)], target_offset(c));
  }
}

void BandConverter::direct_chroma_rows(int row, const std::array<float*, 2>& out) {
  Rows moved = {no_chroma_.data(), no_chroma_.data()};
  if (from_.model == ColorModel::yuv) {
    for (int c = 1; c <= 2; ++c) {
      const auto i = static_cast<std::size_t>(c - 1);
      const auto row_at = [&](int at) { return source_row(c, at); };
      moved[i] = filter_rows(steps_.direct_y, row, source_chroma_height_, row_at, source_chroma_width_,
                             vertical_sum_.scratch());
      if (!steps_.direct_x.is_identity() || moved[i] == vertical_sum_.scratch()) {
        float* const to = moved_[i].scratch();
        filter_columns(steps_.direct_x, moved[i], target_chroma_width_, to);
        moved[i] = to;
      }
    }
  }
  const float* alpha = nullptr;
  if (steps_.blend != AlphaBlend::none) {
    const auto row_at = [&](int at) { return alpha_row(at); };
    const float* const sum = filter_rows(steps_.down_y, row, height_, row_at, width_, vertical_sum_.scratch());
    float* const averaged = chroma_alpha_.scratch();
    filter_columns(steps_.down_x, sum, target_chroma_width_, averaged);
    alpha = averaged;
  }
  for (std::size_t c = 0; c < 2; ++c) {
    const MixingRow& m = steps_.to_target[c + 1];
    scale_row(m[2], moved[1], target_chroma_width_, out[c]);
    scale_add_row(m[1], moved[0], out[c], target_chroma_width_, out[c]);
    if (alpha != nullptr) {
      blend(alpha, static_cast<int>(c) + 1, target_chroma_width_, out[c]);
    }
  }
}

void BandConverter::rgb_chroma_rows(int row, const std::array<float*, 2>& out) {
  Rows averaged{};
  for (int c = 0; c < 3; ++c) {
    float* const to = rgb_[static_cast<std::size_t>(c)].scratch();
    averaged[static_cast<std::size_t>(c)] = to;
    if (codes_in_.sample_bytes() == 1 && steps_.down_x.is_box_of_two() && steps_.down_y.is_box_of_two()) {
      const std::uint8_t* const upper = source_bytes(c, 2 * row);
      const std::uint8_t* const lower = source_bytes(c, std::min(2 * row + 1, height_ - 1));
      average_2x2_bytes(upper, lower, static_cast<std::size_t>(width_), source_offset(c), to);
    } else {
      const auto row_at = [&](int at) { return source_row(c, at); };
      const float* const sum = filter_rows(steps_.down_y, row, height_, row_at, width_, vertical_sum_.scratch());
      filter_columns(steps_.down_x, sum, target_chroma_width_, to);
    }
  }
  for (std::size_t c = 0; c < 2; ++c) {
    mix_rows(steps_.to_target[c + 1], averaged[0], averaged[1], averaged[2], target_chroma_width_, out[c]);
  }
}

void BandConverter::converted_chroma_rows(int row, const std::array<float*, 2>& out) {
  for (std::size_t c = 0; c < 2; ++c) {
    const auto row_at = [&](int y) { return converted_rows(y)[c + 1]; };
    const float* const sum = filter_rows(steps_.down_y, row, height_, row_at, width_, vertical_sum_.scratch());
    filter_columns(steps_.down_x, sum, target_chroma_width_, out[c]);
  }
}

const float* BandConverter::weight_row(int y) {
  bool is_new = false;
  float* const weight = weight_ring_.find(y, is_new);
  if (is_new) {
    divide_row(steps_.alpha_max, source_row(3, y), width_, weight);
    std::for_each_n(weight, width_, [](float& value) { value += ConversionSteps::kHiddenWeight; });
    extend_edges(weight, width_);
  }
  return weight;
}

void BandConverter::weighted_chroma_rows(int row, const std::array<float*, 2>& out) {
  float* const weight = chroma_alpha_.scratch();
  const auto weight_at = [&](int y) { return weight_row(y); };
  filter_columns(steps_.down_x, filter_rows(steps_.down_y, row, height_, weight_at, width_, vertical_sum_.scratch()),
                 target_chroma_width_, weight);
  for (std::size_t c = 0; c < 2; ++c) {
    const auto row_at = [&](int y) {
      bool is_new = false;
      float* const weighted = weighted_rings_[c].find(y, is_new);
      if (is_new) {
        std::copy_n(converted_rows(y)[c + 1], width_, weighted);
        flatten_straight_row(weight_row(y), 0, width_, weighted);
        extend_edges(weighted, width_);
      }
      return static_cast<const float*>(weighted);
    };
    const float* const sum = filter_rows(steps_.down_y, row, height_, row_at, width_, vertical_sum_.scratch());
    filter_columns(steps_.down_x, sum, target_chroma_width_, out[c]);
    unpremultiply_row(weight, target_chroma_width_, out[c]);
  }
}

}  // namespace imagepacker
