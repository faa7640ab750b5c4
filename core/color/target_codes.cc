// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/target_codes.h"

#include <bit>
#include <cstring>

#include "color/row_pack.h"
#include "kernels/interleave.h"

namespace imagepacker {
namespace {

template <class Sample>
void put_together(const std::array<const std::byte*, 4>& lanes, int components, std::size_t count, std::byte* to) {
  std::array<const Sample*, 4> rows{};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i] = reinterpret_cast<const Sample*>(lanes[i]);
  }
  interleave(rows.data(), components, count, reinterpret_cast<Sample*>(to));
}

/// 0 for layouts that pack_row() has to fill: bit fields and packed 4:2:2.
int regular_sample_bytes(const PixelFormatInfo& info) {
  if (info.plane_count == 1 && info.log2_chroma_w != 0) {
    return 0;
  }
  switch (info.packing) {
    case Packing::bytes:
      return 1;
    case Packing::words_le:
    case Packing::words_be:
      return 2;
    case Packing::dwords_le:
    case Packing::v210:
      break;
  }
  return 0;
}

}  // namespace

TargetCodes::TargetCodes(const MutableImageView& image)
    : image_(image), info_(image.format.info()), sample_bytes_(regular_sample_bytes(info_)) {
  if (sample_bytes_ == 0) {
    return;
  }
  bool needs_lanes = false;
  for (std::size_t c = 0; c < 4; ++c) {
    const PixelComponent& sample = info_.components[c];
    if (sample.step_bytes != 0) {
      pixel_samples_[sample.plane] = sample.step_bytes / sample_bytes_;
      needs_lanes = needs_lanes || sample.step_bytes != sample_bytes_;
    }
  }
  if (needs_lanes) {
    constexpr std::size_t kAlignment = 64;
    pitch_bytes_ =
        (static_cast<std::size_t>(image.format.size.width) * static_cast<std::size_t>(sample_bytes_) + kAlignment) /
        kAlignment * kAlignment;
    // A lane that no component fills is the x of RGBx.
    memory_.resize(pitch_bytes_ * kLanes, std::byte{0xFF});
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      lanes_[i] = own_lane(i);
    }
  }
}

bool TargetCodes::is_in_place(int component) const {
  return info_.components[static_cast<std::size_t>(component)].step_bytes == sample_bytes_;
}

std::byte* TargetCodes::own_lane(std::size_t index) {
  return memory_.data() + index * pitch_bytes_;
}

std::byte* TargetCodes::place(int component, int row) {
  if (sample_bytes_ == 0) {
    return nullptr;
  }
  const PixelComponent& sample = info_.components[static_cast<std::size_t>(component)];
  if (is_in_place(component)) {
    const MutablePlane& plane = image_.planes[sample.plane];
    return plane.bytes.data() + static_cast<std::size_t>(row) * plane.stride_bytes + sample.offset_bytes;
  }
  const auto index = static_cast<std::size_t>(sample.offset_bytes / sample_bytes_);
  std::byte* const own = own_lane(index);
  lanes_[index] = own;
  return own;
}

WordField TargetCodes::field(int component) const {
  const PixelComponent& sample = info_.components[static_cast<std::size_t>(component)];
  return {sample.shift, sample.bits,
          sample_bytes_ == 2 && (info_.packing == Packing::words_be) != (std::endian::native == std::endian::big)};
}

void TargetCodes::write(int component, int row, int count, const float* values, float offset) {
  std::byte* const to = place(component, row);
  if (to == nullptr) {
    pack_row(image_, component, row, count, values, offset);
  } else if (sample_bytes_ == 1) {
    floats_to_codes(values, static_cast<std::size_t>(count), offset, reinterpret_cast<std::uint8_t*>(to));
  } else {
    floats_to_codes(values, static_cast<std::size_t>(count), offset, field(component),
                    reinterpret_cast<std::uint16_t*>(to));
  }
}

void TargetCodes::copy(int component, int row, int count, const CodeRow& codes) {
  const PixelComponent& sample = info_.components[static_cast<std::size_t>(component)];
  const auto samples = static_cast<std::size_t>(count);
  if (!is_in_place(component) && (sample_bytes_ == 1 || codes.field == field(component))) {
    lanes_[static_cast<std::size_t>(sample.offset_bytes / sample_bytes_)] = codes.samples;
  } else if (sample_bytes_ == 1) {
    std::memcpy(place(component, row), codes.samples, samples);
  } else {
    move_codes(reinterpret_cast<const std::uint16_t*>(codes.samples), codes.field, samples, field(component),
               reinterpret_cast<std::uint16_t*>(place(component, row)));
  }
}

void TargetCodes::fill_with_highest(int component, int row, int count) {
  if (sample_bytes_ == 1) {
    std::memset(place(component, row), 0xFF, static_cast<std::size_t>(count));
    return;
  }
  if (highest_.empty()) {
    const int bits = info_.components[static_cast<std::size_t>(component)].bits;
    highest_.assign(static_cast<std::size_t>(count), static_cast<float>((1 << bits) - 1));
  }
  write(component, row, count, highest_.data(), 0.0F);
}

void TargetCodes::begin_row(int row) {
  if (sample_bytes_ == 0) {
    begin_packed_row(image_, row);
  }
}

void TargetCodes::finish_row(bool is_chroma, int row) {
  if (sample_bytes_ == 0) {
    return;
  }
  for (int p = 0; p < info_.plane_count; ++p) {
    const int samples = pixel_samples_[static_cast<std::size_t>(p)];
    if (samples < 2 || info_.is_chroma_plane(p) != is_chroma) {
      continue;
    }
    const MutablePlane& plane = image_.planes[static_cast<std::size_t>(p)];
    std::byte* const to = plane.bytes.data() + static_cast<std::size_t>(row) * plane.stride_bytes;
    const std::size_t count =
        plane_row_bytes(info_, p, image_.format.size) / static_cast<std::size_t>(samples * sample_bytes_);
    if (sample_bytes_ == 1) {
      put_together<std::uint8_t>(lanes_, samples, count, to);
    } else {
      put_together<std::uint16_t>(lanes_, samples, count, to);
    }
  }
}

}  // namespace imagepacker
