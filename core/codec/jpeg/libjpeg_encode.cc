// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/jpeg/libjpeg_encode.h"

#include <cstdio>
// libjpeg's header needs the one above.
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <vector>

#include "base/longjmp_shield.h"
#include "base/text.h"
#include "base/try.h"
#include "codec/jpeg/jpeg_layout.h"

namespace imagepacker::jpeg {
namespace {

constexpr std::size_t kFirstBufferBytes = 1 << 16;
constexpr std::size_t kStartOfImageBytes = 2;

/// libjpeg's error manager, which finds the shield through itself.
struct ErrorExit {
  jpeg_error_mgr base;
  LongjmpShield* shield;
};

[[noreturn]] void leave(j_common_ptr codec) {
  char message[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, message);
  reinterpret_cast<ErrorExit*>(codec->err)->shield->fail(message);
}

void ignore_message(j_common_ptr) {}

/// Memory that libjpeg fills; belongs to the C++ side, so an error exit can't lose it.
struct Destination {
  jpeg_destination_mgr base;
  Bytes bytes;

  /// False when there is no memory.
  bool grow(std::size_t size) noexcept {
    try {
      bytes.resize(size);
      return true;
    } catch (...) {
      return false;
    }
  }
};

Destination& destination_of(j_compress_ptr codec) {
  return *reinterpret_cast<Destination*>(codec->dest);
}

void offer_space(j_compress_ptr codec, std::size_t used) {
  Destination& destination = destination_of(codec);
  if (!destination.grow(std::max(kFirstBufferBytes, 2 * used))) {
    ERREXIT1(codec, JERR_OUT_OF_MEMORY, 0);
  }
  destination.base.next_output_byte = reinterpret_cast<JOCTET*>(destination.bytes.data()) + used;
  destination.base.free_in_buffer = destination.bytes.size() - used;
}

void init_destination(j_compress_ptr codec) {
  offer_space(codec, 0);
}

boolean empty_output_buffer(j_compress_ptr codec) {
  offer_space(codec, destination_of(codec).bytes.size());
  return TRUE;
}

void term_destination(j_compress_ptr codec) {
  Destination& destination = destination_of(codec);
  destination.grow(destination.bytes.size() - destination.base.free_in_buffer);
}

/// A libjpeg compressor with all that it points to.
class Compressor {
 public:
  Compressor() {
    codec_.err = jpeg_std_error(&error_.base);
    error_.base.error_exit = leave;
    error_.base.output_message = ignore_message;
    error_.shield = &shield_;
    destination_.base.init_destination = init_destination;
    destination_.base.empty_output_buffer = empty_output_buffer;
    destination_.base.term_destination = term_destination;
  }
  ~Compressor() { jpeg_destroy_compress(&codec_); }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  Status start(const JpegLayout& layout, const LibjpegSettings& settings) {
    return guarded([&] {
      jpeg_create_compress(&codec_);
      codec_.dest = &destination_.base;
      codec_.image_width = static_cast<JDIMENSION>(layout.size.width);
      codec_.image_height = static_cast<JDIMENSION>(layout.size.height);
      codec_.input_components = layout.component_count;
      codec_.in_color_space = layout.component_count == 1 ? JCS_GRAYSCALE : JCS_YCbCr;
      jpeg_set_defaults(&codec_);
      set_tables(settings);
      for (int c = 0; c < layout.component_count; ++c) {
        codec_.comp_info[c].h_samp_factor = layout.components[c].h;
        codec_.comp_info[c].v_samp_factor = layout.components[c].v;
      }
      codec_.dct_method = JDCT_ISLOW;
      codec_.raw_data_in = TRUE;
      codec_.write_JFIF_header = FALSE;
      codec_.write_Adobe_marker = FALSE;
      codec_.optimize_coding = settings.optimal_huffman ? TRUE : FALSE;
      codec_.restart_interval = static_cast<unsigned>(settings.restart_interval);
      if (settings.progressive) {
        jpeg_simple_progression(&codec_);
      }
      jpeg_start_compress(&codec_, TRUE);
    });
  }

  Status write(JSAMPIMAGE rows, int count) {
    return guarded([&] { jpeg_write_raw_data(&codec_, rows, static_cast<JDIMENSION>(count)); });
  }

  Result<Bytes> finish() {
    IP_TRY(guarded([&] { jpeg_finish_compress(&codec_); }));
    Bytes& bytes = destination_.bytes;
    bytes.erase(bytes.begin(), bytes.begin() + kStartOfImageBytes);
    return std::move(bytes);
  }

 private:
  void set_tables(const LibjpegSettings& settings) {
    for (int table = 0; table < 2; ++table) {
      std::array<unsigned, 64> steps;
      std::ranges::copy(settings.quant_tables[static_cast<std::size_t>(table)], steps.begin());
      jpeg_add_quant_table(&codec_, table, steps.data(), 100, TRUE);
    }
  }

  template <class Body>
  Status guarded(Body&& body) {
    if (shield_.run(body)) {
      return {};
    }
    const bool no_memory = error_.base.msg_code == JERR_OUT_OF_MEMORY;
    return make_error(no_memory ? Errc::out_of_memory : Errc::codec_failed,
                      text("libjpeg failed: ", shield_.message()));
  }

  LongjmpShield shield_;
  ErrorExit error_{};
  Destination destination_{};
  jpeg_compress_struct codec_{};
};

/// One MCU row of samples as libjpeg wants them: whole blocks, filled up with copies of the last column and row.
class PaddedRows {
 public:
  explicit PaddedRows(const JpegLayout& layout) : layout_(layout) {
    for (int c = 0; c < layout.component_count; ++c) {
      const ComponentLayout& component = layout.components[c];
      const auto rows = static_cast<std::size_t>(component.v * kBlockSize);
      const auto stride = static_cast<std::size_t>(layout.mcu_columns * component.h * kBlockSize);
      samples_[c].resize(rows * stride);
      rows_[c].resize(rows);
      for (std::size_t y = 0; y < rows; ++y) {
        rows_[c][y] = samples_[c].data() + y * stride;
      }
      image_[c] = rows_[c].data();
    }
  }

  void fill(const ImageView& band) {
    for (int c = 0; c < layout_.component_count; ++c) {
      const Plane& plane = band.planes[band.format.info().components[c].plane];
      const auto width = static_cast<std::size_t>(layout_.components[c].samples.width);
      const auto last_row = static_cast<std::size_t>(
          plane_height(band.format.info(), band.format.info().components[c].plane, band.format.size) - 1);
      const auto stride = samples_[c].size() / rows_[c].size();
      for (std::size_t y = 0; y < rows_[c].size(); ++y) {
        JSAMPROW const row = rows_[c][y];
        std::memcpy(row, plane.bytes.data() + std::min(y, last_row) * plane.stride_bytes, width);
        std::memset(row + width, row[width - 1], stride - width);
      }
    }
  }

  JSAMPIMAGE image() { return image_.data(); }

 private:
  const JpegLayout& layout_;
  std::array<std::vector<JSAMPLE>, 3> samples_;
  std::array<std::vector<JSAMPROW>, 3> rows_;
  std::array<JSAMPARRAY, 3> image_{};
};

}  // namespace

Result<Bytes> encode_with_libjpeg(const LibjpegSettings& settings, const RowSource& image,
                                  const std::stop_token& stop) {
  const JpegLayout layout = JpegLayout::of(image.format());
  Compressor compressor;
  IP_TRY(compressor.start(layout, settings));
  PaddedRows rows(layout);
  ImageBuffer scratch;
  for (int first = 0; first < layout.size.height; first += layout.mcu_height) {
    if (stop.stop_requested()) {
      return make_error(Errc::cancelled, "packing was cancelled");
    }
    IP_ASSIGN(const ImageView band,
              image.rows(first, std::min(layout.mcu_height, layout.size.height - first), scratch));
    rows.fill(band);
    IP_TRY(compressor.write(rows.image(), layout.mcu_height));
  }
  return compressor.finish();
}

}  // namespace imagepacker::jpeg
