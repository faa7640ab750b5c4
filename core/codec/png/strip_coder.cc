// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/strip_coder.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "codec/png/row_filter.h"

namespace imagepacker {
namespace {

void append_filtered_row(const std::uint8_t* row, const std::uint8_t* above, std::size_t count, int pixel_bytes,
                         std::vector<std::uint8_t>& trial, std::vector<std::uint8_t>& filtered) {
  const std::size_t start = filtered.size();
  filtered.resize(start + 1 + count);
  std::uint64_t least = UINT64_MAX;
  for (int f = 0; f < kRowFilterCount; ++f) {
    filter_row_scalar(static_cast<RowFilter>(f), row, above, count, pixel_bytes, trial.data());
    const std::uint64_t sum = sum_of_magnitudes_scalar(trial.data(), count);
    if (sum < least) {
      least = sum;
      filtered[start] = static_cast<std::uint8_t>(f);
      std::copy_n(trial.data(), count, filtered.data() + start + 1);
    }
  }
}

Status deflate_all(std::vector<std::uint8_t>& filtered, bool is_last, int level, Bytes& out) {
  constexpr int kRawDeflate = -15;
  constexpr int kMemory = 8;
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, kRawDeflate, kMemory, Z_FILTERED) != Z_OK) {
    return make_error(Errc::out_of_memory, "no memory for deflate");
  }
  constexpr std::size_t kFlushBytes = 16;
  out.resize(deflateBound(&stream, filtered.size()) + kFlushBytes);
  stream.next_in = filtered.data();
  stream.avail_in = static_cast<uInt>(filtered.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, is_last ? Z_FINISH : Z_SYNC_FLUSH);
  out.resize(stream.total_out);
  const bool is_complete = result == (is_last ? Z_STREAM_END : Z_OK) && stream.avail_in == 0;
  deflateEnd(&stream);
  if (!is_complete) {
    return make_error(Errc::codec_failed, text("deflate returned ", result));
  }
  return {};
}

}  // namespace

Result<CodedStrip> code_strip(const ImageView& rows, bool has_row_above, bool is_last, int effort) {
  const std::size_t row_bytes = plane_row_bytes(rows.format.info(), 0, rows.format.size);
  const int pixel_bytes = rows.format.info().components[0].step_bytes;
  const Plane& plane = rows.planes[0];
  std::vector<std::uint8_t> trial(row_bytes);
  std::vector<std::uint8_t> filtered;
  filtered.reserve((row_bytes + 1) * static_cast<std::size_t>(rows.format.size.height));
  const std::uint8_t* above = nullptr;
  for (int y = 0; y < rows.format.size.height; ++y) {
    const auto* const row =
        reinterpret_cast<const std::uint8_t*>(plane.bytes.data()) + static_cast<std::size_t>(y) * plane.stride_bytes;
    if (y > 0 || !has_row_above) {
      append_filtered_row(row, above, row_bytes, pixel_bytes, trial, filtered);
    }
    above = row;
  }
  CodedStrip strip;
  strip.adler32 = static_cast<std::uint32_t>(adler32_z(1, filtered.data(), filtered.size()));
  strip.filtered_bytes = filtered.size();
  if (Status status = deflate_all(filtered, is_last, std::clamp(effort, 1, 9), strip.deflate); !status.has_value()) {
    return std::move(status).error();
  }
  return strip;
}

}  // namespace imagepacker
