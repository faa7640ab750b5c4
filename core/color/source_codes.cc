// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/source_codes.h"

#include <bit>
#include <cstring>

#include "kernels/interleave.h"

namespace imagepacker {
namespace {

/// Lanes in PlaneRows: components of pixels in the order of memory; luma, chroma side by side, and the two chroma
/// components for 4:2:2; Y, Cb, Cr for v210.
constexpr int kLanes = 4;

int bytes_per_sample(Packing packing) {
  switch (packing) {
    case Packing::bytes:
      return 1;
    case Packing::words_le:
    case Packing::words_be:
    case Packing::v210:
      return 2;
    case Packing::dwords_le:
      break;
  }
  return 4;
}

bool is_swapped(Packing packing) {
  return (packing == Packing::words_be) != (std::endian::native == std::endian::big);
}

bool is_packed_422(const PixelFormatInfo& info) {
  return info.plane_count == 1 && info.log2_chroma_w == 1 && info.packing != Packing::v210;
}

void deinterleave_samples(int sample_bytes, const std::byte* from, int components, std::size_t count,
                          const std::array<std::byte*, kLanes>& to) {
  if (sample_bytes == 1) {
    std::array<std::uint8_t*, kLanes> rows{};
    for (std::size_t i = 0; i < kLanes; ++i) {
      rows[i] = reinterpret_cast<std::uint8_t*>(to[i]);
    }
    deinterleave(reinterpret_cast<const std::uint8_t*>(from), components, count, rows.data());
    return;
  }
  std::array<std::uint16_t*, kLanes> rows{};
  for (std::size_t i = 0; i < kLanes; ++i) {
    rows[i] = reinterpret_cast<std::uint16_t*>(to[i]);
  }
  deinterleave(reinterpret_cast<const std::uint16_t*>(from), components, count, rows.data());
}

std::uint32_t load_little_endian(const std::byte* at) {
  std::uint32_t word = 0;
  for (int i = 0; i < 4; ++i) {
    word |= std::to_integer<std::uint32_t>(at[i]) << (8 * i);
  }
  return word;
}

}  // namespace

SourceCodes::SourceCodes(const ImageView& image)
    : image_(image), info_(image.format.info()), sample_bytes_(bytes_per_sample(info_.packing)) {
  const PixelComponent& first = info_.components[0];
  field_ = {first.shift, first.bits, sample_bytes_ == 2 && info_.packing != Packing::v210 && is_swapped(info_.packing)};
  for (PlaneRows& rows : planes_) {
    rows.numbers.fill(-1);
  }
}

CodeRow SourceCodes::row(int component, int row) {
  const PixelComponent& sample = info_.components[static_cast<std::size_t>(component)];
  const Plane& plane = image_.planes[sample.plane];
  if (sample.step_bytes == sample_bytes_) {
    const std::byte* const begin =
        plane.bytes.data() + static_cast<std::size_t>(row) * plane.stride_bytes + sample.offset_bytes;
    WordField field = field_;
    field.shift = sample.shift;
    field.bits = sample.bits;
    return {begin, sample_bytes_, field};
  }
  PlaneRows& rows = planes_[sample.plane];
  const int slot = row % kRows;
  if (rows.numbers[static_cast<std::size_t>(slot)] != row) {
    take_apart(sample.plane, row, rows, slot);
    rows.numbers[static_cast<std::size_t>(slot)] = row;
  }
  int lane = sample.offset_bytes / sample_bytes_;
  if (is_packed_422(info_)) {
    const int first_chroma = info_.components[1].offset_bytes < info_.components[2].offset_bytes ? 1 : 2;
    lane = component == 0 ? 0 : component == first_chroma ? 2 : 3;
  } else if (info_.packing == Packing::v210) {
    lane = component;
  }
  return {place(rows, slot, lane), sample_bytes_, field_};
}

void SourceCodes::read(int component, int row, std::size_t count, float offset, float* out) {
  const CodeRow codes = this->row(component, row);
  switch (codes.sample_bytes) {
    case 1:
      codes_to_floats(reinterpret_cast<const std::uint8_t*>(codes.samples), count, offset, out);
      break;
    case 2:
      codes_to_floats(reinterpret_cast<const std::uint16_t*>(codes.samples), codes.field, count, offset, out);
      break;
    default:
      codes_to_floats(reinterpret_cast<const std::uint32_t*>(codes.samples), codes.field, count, offset, out);
      break;
  }
}

std::byte* SourceCodes::place(PlaneRows& rows, int slot, int lane) const {
  return rows.memory.get() + static_cast<std::size_t>(slot * kLanes + lane) * rows.pitch_bytes;
}

void SourceCodes::take_apart(int plane, int row, PlaneRows& rows, int slot) {
  const auto row_bytes = plane_row_bytes(info_, plane, image_.format.size);
  if (rows.memory == nullptr) {
    // Room for the longest of the component rows: luma of 4:2:2, chroma side by side, or two bytes for ten bits.
    constexpr std::size_t kAlignment = 64;
    const auto columns = (static_cast<std::size_t>(image_.format.size.width) + 5) / 6 * 6;
    rows.pitch_bytes = (columns * static_cast<std::size_t>(sample_bytes_) + kAlignment) / kAlignment * kAlignment;
    rows.memory.reset(new std::byte[rows.pitch_bytes * kLanes * kRows]);
  }
  const std::byte* const from =
      image_.planes[static_cast<std::size_t>(plane)].bytes.data() +
      static_cast<std::size_t>(row) * image_.planes[static_cast<std::size_t>(plane)].stride_bytes;
  if (info_.packing == Packing::v210) {
    take_apart_v210(from, rows, slot);
  } else if (is_packed_422(info_)) {
    take_apart_422(from, rows, slot);
  } else {
    const PixelComponent& any = info_.components[info_.components[0].plane == plane ? 0 : 1];
    const int components = any.step_bytes / sample_bytes_;
    deinterleave_samples(sample_bytes_, from, components, row_bytes / any.step_bytes,
                         {place(rows, slot, 0), place(rows, slot, 1), place(rows, slot, 2), place(rows, slot, 3)});
  }
}

void SourceCodes::take_apart_422(const std::byte* from, PlaneRows& rows, int slot) {
  const auto groups = (static_cast<std::size_t>(image_.format.size.width) + 1) / 2;
  std::byte* const luma = place(rows, slot, 0);
  std::byte* const chroma = place(rows, slot, 1);
  const bool luma_first = info_.components[0].offset_bytes == 0;
  deinterleave_samples(sample_bytes_, from, 2, 2 * groups,
                       {luma_first ? luma : chroma, luma_first ? chroma : luma, nullptr, nullptr});
  deinterleave_samples(sample_bytes_, chroma, 2, groups,
                       {place(rows, slot, 2), place(rows, slot, 3), nullptr, nullptr});
}

void SourceCodes::take_apart_v210(const std::byte* from, PlaneRows& rows, int slot) {
  // A stream of ten-bit values Cb Y Cr Y …, three to a little-endian word.
  constexpr std::array<int, 4> kLaneOf = {1, 0, 2, 0};
  std::array<std::byte*, 3> next = {place(rows, slot, 0), place(rows, slot, 1), place(rows, slot, 2)};
  const auto words = (static_cast<std::size_t>(image_.format.size.width) + 5) / 6 * 4;
  std::size_t position = 0;
  for (std::size_t w = 0; w < words; ++w) {
    std::uint32_t word = load_little_endian(from + 4 * w);
    for (int i = 0; i < 3; ++i, ++position, word >>= 10) {
      const auto code = static_cast<std::uint16_t>(word & 0x3FF);
      std::byte*& to = next[static_cast<std::size_t>(kLaneOf[position % 4])];
      std::memcpy(to, &code, sizeof code);
      to += sizeof code;
    }
  }
}

}  // namespace imagepacker
