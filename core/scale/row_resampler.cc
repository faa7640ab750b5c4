// SPDX-License-Identifier: LGPL-2.1-or-later
#include "scale/row_resampler.h"

#include <zimg.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <new>
#include <utility>

#include "base/text.h"
#include "base/try.h"

namespace imagepacker {
namespace {

constexpr std::size_t kAlignmentBytes = 64;
/// The half width of Spline36.
constexpr double kFilterSupport = 3;

struct FreeAligned {
  void operator()(void* memory) const { ::operator delete (memory, std::align_val_t{kAlignmentBytes}); }
};
using AlignedMemory = std::unique_ptr<void, FreeAligned>;

Result<AlignedMemory> allocate(std::size_t bytes) {
  AlignedMemory memory(
      ::operator new (std::max<std::size_t>(bytes, 1), std::align_val_t{kAlignmentBytes}, std::nothrow));
  if (memory == nullptr) {
    return make_error(Errc::out_of_memory, text("no memory for ", bytes, " bytes of rows to scale"));
  }
  return memory;
}

Error zimg_error() {
  char message[256] = "";
  const zimg_error_code_e code = zimg_get_last_error(message, sizeof message);
  zimg_clear_last_error();
  return make_error(code == ZIMG_ERROR_OUT_OF_MEMORY ? Errc::out_of_memory : Errc::codec_failed,
                    text("zimg: ", message));
}

zimg_image_format gray16(int width, int height) {
  zimg_image_format format;
  zimg_image_format_default(&format, ZIMG_API_VERSION);
  format.width = static_cast<unsigned>(width);
  format.height = static_cast<unsigned>(height);
  format.pixel_type = ZIMG_PIXEL_WORD;
  format.color_family = ZIMG_COLOR_GREY;
  format.depth = 16;
  format.pixel_range = ZIMG_RANGE_FULL;
  return format;
}

/// A ring of rows that zimg reads or writes.
struct RowRing {
  AlignedMemory memory;
  std::ptrdiff_t stride_bytes = 0;
  unsigned mask = 0;
  std::size_t bytes = 0;

  [[nodiscard]] std::uint16_t* row(unsigned index) const {
    return reinterpret_cast<std::uint16_t*>(static_cast<std::byte*>(memory.get()) +
                                            static_cast<std::ptrdiff_t>(index & mask) * stride_bytes);
  }
};

Result<RowRing> make_ring(unsigned rows, int height, int width) {
  unsigned mask = zimg_select_buffer_mask(rows);
  std::size_t count = static_cast<std::size_t>(mask) + 1;
  if (mask == ZIMG_BUFFER_MAX) {
    count = static_cast<std::size_t>(height);
  }
  const std::size_t stride = (static_cast<std::size_t>(width) * sizeof(std::uint16_t) + kAlignmentBytes - 1) /
                             kAlignmentBytes * kAlignmentBytes;
  IP_ASSIGN(AlignedMemory memory, allocate(stride * count));
  return RowRing{std::move(memory), static_cast<std::ptrdiff_t>(stride), mask, stride * count};
}

/// What zimg calls for a row of a ring.
template <class Callback>
struct RowCall {
  const Callback& callback;
  const RowRing& ring;
  bool& is_out_of_memory;

  /// 0, or what makes zimg give up. No exception may pass through its C interface.
  static int call(void* user, unsigned row, unsigned, unsigned) noexcept {
    const auto& self = *static_cast<const RowCall*>(user);
    try {
      self.callback(static_cast<int>(row), self.ring.row(row));
      return 0;
    } catch (const std::bad_alloc&) {
      self.is_out_of_memory = true;
      return 1;
    }
  }
};

}  // namespace

void RowResampler::FreeGraph::operator()(zimg_filter_graph* graph) const {
  zimg_filter_graph_free(graph);
}

int RowResampler::reach(double ratio) {
  return static_cast<int>(std::ceil(kFilterSupport * std::max(ratio, 1.0))) + 2;
}

Result<RowResampler> RowResampler::create(const AxisScaling& horizontal, const AxisScaling& vertical) {
  zimg_image_format source = gray16(horizontal.source_count, vertical.source_count);
  source.active_region.left = horizontal.begin;
  source.active_region.width = horizontal.extent;
  source.active_region.top = vertical.begin;
  source.active_region.height = vertical.extent;
  const zimg_image_format target = gray16(horizontal.target_count, vertical.target_count);
  zimg_graph_builder_params params;
  zimg_graph_builder_params_default(&params, ZIMG_API_VERSION);
  params.resample_filter = ZIMG_RESIZE_SPLINE36;
  params.cpu_type = ZIMG_CPU_AUTO_64B;
  Graph graph(zimg_filter_graph_build(&source, &target, &params));
  if (graph == nullptr) {
    return zimg_error();
  }
  return RowResampler(std::move(graph), horizontal.source_count, horizontal.target_count, vertical.source_count,
                      vertical.target_count);
}

Status RowResampler::run(const ReadRow& read, const WriteRow& write) const {
  unsigned read_rows = 0;
  unsigned written_rows = 0;
  std::size_t work_bytes = 0;
  if (zimg_filter_graph_get_input_buffering(graph_.get(), &read_rows) != 0 ||
      zimg_filter_graph_get_output_buffering(graph_.get(), &written_rows) != 0 ||
      zimg_filter_graph_get_tmp_size(graph_.get(), &work_bytes) != 0) {
    return zimg_error();
  }
  IP_ASSIGN(const RowRing in, make_ring(read_rows, source_height_, source_width_));
  IP_ASSIGN(const RowRing out, make_ring(written_rows, target_height_, target_width_));
  IP_ASSIGN(const AlignedMemory work, allocate(work_bytes));
  // zimg reads whole vectors and multiplies what is behind a row by zero.
  std::memset(in.memory.get(), 0, in.bytes);
  std::memset(work.get(), 0, work_bytes);
  zimg_image_buffer_const from{};
  from.version = ZIMG_API_VERSION;
  from.plane[0] = {in.memory.get(), in.stride_bytes, in.mask};
  zimg_image_buffer to{};
  to.version = ZIMG_API_VERSION;
  to.plane[0] = {out.memory.get(), out.stride_bytes, out.mask};
  bool is_out_of_memory = false;
  RowCall<ReadRow> reader{read, in, is_out_of_memory};
  RowCall<WriteRow> writer{write, out, is_out_of_memory};
  if (zimg_filter_graph_process(graph_.get(), &from, &to, work.get(), reader.call, &reader, writer.call, &writer) !=
      0) {
    return is_out_of_memory ? make_error(Errc::out_of_memory, "no memory for a row to scale") : zimg_error();
  }
  return {};
}

}  // namespace imagepacker
