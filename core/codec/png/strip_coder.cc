// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/strip_coder.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>

#include "codec/png/zero_runs.h"

namespace imagepacker {
namespace {

/// Filtered bytes that share one Huffman code: enough to pay for its description, and the second cache holds them from
/// the filter to the entropy coder.
constexpr std::size_t kBlockBytes = std::size_t{1} << 17;

/// Deflate, 32 KiB window, no dictionary; the level that is stated means nothing to a reader.
constexpr std::array<std::uint8_t, 2> kZlibHeader = {0x78, 0x5E};

}  // namespace

void StripCoder::set_row_bytes(std::size_t row_bytes) {
  row_bytes_ = row_bytes;
  const std::size_t padded = kMaxPixelBytes + row_bytes + kFilterPaddingBytes;
  row_.assign(padded, 0);
  above_.assign(padded, 0);
  const std::size_t rows_in_block = kBlockBytes / (row_bytes + 1) + 1;
  block_.resize(std::max(block_.size(), rows_in_block * (row_bytes + 1) + kFilterPaddingBytes));
}

void StripCoder::load_row(const std::uint8_t* row) {
  std::swap(row_, above_);
  std::copy_n(row, row_bytes_, row_.data() + kMaxPixelBytes);
}

void StripCoder::append_filtered_row(std::size_t pixel_bytes) {
  const FilterInput input{row_.data() + kMaxPixelBytes, above_.data() + kMaxPixelBytes, row_bytes_, pixel_bytes};
  const RowFilter filter = least_magnitude_filter(input);
  std::uint8_t* const out = block_.data() + block_bytes_;
  *out = static_cast<std::uint8_t>(filter);
  filter_row(filter, input, out + 1);
  block_bytes_ += 1 + row_bytes_;
}

void StripCoder::write_block(bool is_final) {
  const std::span<const std::uint8_t> bytes(block_.data(), block_bytes_);
  adler32_ = libdeflate_adler32(adler32_, bytes.data(), bytes.size());
  filtered_bytes_ += bytes.size();
  find_zero_runs(bytes, sequences_);
  deflate_.write_block(bytes, sequences_, is_final);
  block_bytes_ = 0;
}

void StripCoder::code(const ImageView& rows, bool has_row_above, StripPlace place) {
  const PixelFormatInfo& info = rows.format.info();
  const Plane& plane = rows.planes[0];
  set_row_bytes(plane_row_bytes(info, 0, rows.format.size));
  deflate_.clear();
  if (place.is_first) {
    deflate_.append(kZlibHeader);
  }
  adler32_ = 1;
  filtered_bytes_ = 0;
  const int height = rows.format.size.height;
  for (int y = 0; y < height; ++y) {
    load_row(reinterpret_cast<const std::uint8_t*>(plane.bytes.data()) +
             static_cast<std::size_t>(y) * plane.stride_bytes);
    if (y == 0 && has_row_above) {
      continue;
    }
    append_filtered_row(info.components[0].step_bytes);
    const bool is_bottom = y + 1 == height;
    if (is_bottom || block_bytes_ >= kBlockBytes) {
      write_block(is_bottom && place.is_last);
    }
  }
  if (!place.is_last) {
    deflate_.flush_to_byte();
  }
}

std::uint32_t combine_adler32(std::uint32_t first, std::uint32_t second, std::uint64_t second_bytes) {
  // With sums a of bytes (from 1) and b of those sums: a = a1 + a2 - 1, b = b1 + b2 + n (a1 - 1).
  constexpr std::uint64_t kBase = 65521;
  const std::uint64_t a1 = first & 0xFFFF;
  const std::uint64_t b1 = first >> 16;
  const std::uint64_t a2 = second & 0xFFFF;
  const std::uint64_t b2 = second >> 16;
  const std::uint64_t a = (a1 + a2 + kBase - 1) % kBase;
  const std::uint64_t b = (b1 + b2 + second_bytes % kBase * ((a1 + kBase - 1) % kBase)) % kBase;
  return static_cast<std::uint32_t>(b << 16 | a);
}

}  // namespace imagepacker
