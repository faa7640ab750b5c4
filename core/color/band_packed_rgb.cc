// SPDX-License-Identifier: LGPL-2.1-or-later

// Packed R, G, B to 4:2:0, for BandConverter.

#include <algorithm>
#include <array>
#include <cstring>

#include "color/band_converter.h"

namespace imagepacker {
namespace {

/// All of `width` pixels of four bytes have 255 in byte `alpha_byte`.
bool is_opaque_row(const std::uint8_t* pixels, int width, std::size_t alpha_byte) {
  std::array<std::uint8_t, 4> bytes{};
  bytes[alpha_byte] = 0xFF;
  std::uint32_t mask = 0;
  std::memcpy(&mask, bytes.data(), sizeof mask);
  // Without a branch, so that compilers make vectors of it.
  std::uint32_t all = mask;
  for (int x = 0; x < width; ++x) {
    std::uint32_t pixel = 0;
    std::memcpy(&pixel, pixels + 4 * static_cast<std::size_t>(x), sizeof pixel);
    all &= pixel;
  }
  return all == mask;
}

}  // namespace

std::optional<Rgb420Mix> BandConverter::choose_rgb_420_mix() const {
  const bool is_packed_rgb = from_.model == ColorModel::rgb && from_.plane_count == 1 &&
                             codes_in_.sample_bytes() == 1 && source_offset(0) == 0;
  const bool is_420 = to_.model == ColorModel::yuv && codes_out_.sample_bytes() == 1 && steps_.down_x.is_box_of_two() &&
                      steps_.down_y.is_box_of_two();
  const bool keeps_opaque_pixels = steps_.blend == AlphaBlend::none || steps_.blend == AlphaBlend::flatten_straight ||
                                   steps_.blend == AlphaBlend::flatten_premultiplied;
  if (!is_packed_rgb || !is_420 || !keeps_opaque_pixels || steps_.color_map != nullptr) {
    return std::nullopt;
  }
  return Rgb420Mix::of({byte_mix(0), byte_mix(1), byte_mix(2)});
}

bool BandConverter::write_packed_rgb_rows(int y) {
  const Plane& plane = source_.planes[0];
  const auto row_at = [&](int row) {
    return reinterpret_cast<const std::uint8_t*>(plane.bytes.data() +
                                                 static_cast<std::size_t>(row) * plane.stride_bytes);
  };
  const int other = std::min(y + 1, height_ - 1);
  const bool asks_alpha = steps_.blend != AlphaBlend::none || steps_.weighs_chroma;
  if (asks_alpha && !(is_opaque_row(row_at(y), width_, from_.components[3].offset_bytes) &&
                      is_opaque_row(row_at(other), width_, from_.components[3].offset_bytes))) {
    return false;
  }
  PackedRgb layout{.pixel_bytes = from_.components[0].step_bytes, .byte_of_component = {}};
  for (std::size_t c = 0; c < layout.byte_of_component.size(); ++c) {
    layout.byte_of_component[c] = static_cast<std::uint8_t>(from_.components[c].offset_bytes);
  }
  const int row = y - first_;
  rgb_to_420(
      layout, {row_at(y), row_at(other)}, *rgb_420_mix_, static_cast<std::size_t>(width_),
      {{target_bytes(0, row), target_bytes(0, other - first_)}, {target_bytes(1, row / 2), target_bytes(2, row / 2)}});
  return true;
}

}  // namespace imagepacker
